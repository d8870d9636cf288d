#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <new>
#include <system_error>

#include "cli/command_line.h"
#include "cli/json_report.h"
#include "cli/stop_signals.h"

namespace lorikeet::cli {
namespace {

/// One line on stderr whatever the message holds; with --json also an object on stdout.
int fail(const CommandLine& line, const std::string& kind, std::string message) {
  if (line.json) std::puts(errorReport(kind, message).c_str());
  for (char& c : message)
    if (c == '\n') c = ' ';
  fmt::print(stderr, "lorikeet-cli: {}\n", message);
  return kFailed;
}

int wrongUsage(const CommandLine& line, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return line.app.exit(error);  // --help and --version
  std::string command = "lorikeet-cli";
  for (const CLI::App* chosen : line.app.get_subcommands()) command += " " + chosen->get_name();
  std::string message = error.what();
  if (const auto words = line.app.remaining(); line.app.get_subcommands().empty() && !words.empty())
    message = fmt::format("There is no command \"{}\"", words.front());
  fmt::print(stderr, "lorikeet-cli: {} (see {} --help)\n", message, command);
  return kWrongUsage;
}

int runCommand(CommandLine& line, int argc, char** argv) {
  try {
    line.app.parse(argc, argv);
    const StopSignals signals;
    const int code = line.run(signals.token());
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
      return fail(line, errorKindName(ErrorKind::Io), "The output could not be written completely.");
    return code;
  } catch (const CLI::ParseError& error) {
    return wrongUsage(line, error);
  } catch (const Error& error) {
    return fail(line, errorKindName(error.kind()), error.what());
  } catch (const std::bad_alloc&) {
    return fail(line, errorKindName(ErrorKind::OutOfMemory), "There is not enough memory for this.");
  } catch (const std::system_error& error) {
    return fail(line, errorKindName(ErrorKind::Io), fmt::format("The output could not be written: {}.", error.what()));
  } catch (const std::exception& error) {
    return fail(line, "internal", fmt::format("Something unexpected went wrong: {}", error.what()));
  }
}

}  // namespace
}  // namespace lorikeet::cli

int main(int argc, char** argv) try {
  // A full disk, a size limit and a closed pipe are reported by the write that fails.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  lorikeet::cli::CommandLine line;
  return lorikeet::cli::runCommand(line, argc, argv);
} catch (...) {  // not even the message could be put together
  std::fputs("lorikeet-cli: there is not enough memory for this.\n", stderr);
  return 1;
}
