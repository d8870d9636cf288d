#pragma once
#include <QTest>
#include <functional>

namespace lorikeet::test {

/// How long a test waits for the engine before it fails. Sanitizers take ten times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kTimeoutMs = 300'000;
#else
inline constexpr int kTimeoutMs = 30'000;
#endif

}  // namespace lorikeet::test

namespace lorikeet {

/// What a Qt test program can be asked to do by its first argument; constructed once each, before main().
class TestEntry {
 public:
  /// `run` gets main()'s arguments without the name; what it returns is the program's exit code.
  TestEntry(const char* name, std::function<int(int argc, char** argv)> run);
};

/// A class of Qt Test as an entry: `test_gui NAME [functions and options of Qt Test]`. Tests of a folder share one
/// program, because building one each took a third of the time of a full build.
template <class Test>
class TestCase : TestEntry {
 public:
  explicit TestCase(const char* name)
      : TestEntry(name, [](int argc, char** argv) {
          Test test;
          return QTest::qExec(&test, argc, argv);
        }) {}
};

}  // namespace lorikeet
