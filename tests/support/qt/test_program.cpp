#include "support/qt/test_program.h"

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#ifdef LORIKEET_TEST_WIDGETS
#include <QApplication>
using TestApplication = QApplication;
#else
#include <QGuiApplication>
using TestApplication = QGuiApplication;
#endif

namespace lorikeet {
namespace {

using Entries = std::map<std::string, std::function<int(int, char**)>>;

Entries& entries() {
  static Entries entries;
  return entries;
}

int runEntry(int argc, char** argv) {
  const auto found = argc > 1 ? entries().find(argv[1]) : entries().end();
  if (found == entries().end()) {
    std::fprintf(stderr, "usage: %s NAME [functions]\n", argv[0]);
    for (const auto& [name, run] : entries()) std::fprintf(stderr, "  %s\n", name.c_str());
    return 2;
  }
  std::vector<char*> rest(argv, argv + argc + 1);
  rest.erase(rest.begin() + 1);
  return found->second(argc - 1, rest.data());
}

}  // namespace

TestEntry::TestEntry(const char* name, std::function<int(int, char**)> run) { entries().emplace(name, std::move(run)); }

}  // namespace lorikeet

int main(int argc, char** argv) {
  TestApplication app(argc, argv);
  app.setAttribute(Qt::AA_Use96Dpi);
  return lorikeet::runEntry(argc, argv);
}
