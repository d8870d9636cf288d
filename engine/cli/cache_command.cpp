#include <fmt/format.h>
#include <lorikeet/prepared_weights.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command_line.h"
#include "cli/json_text.h"

namespace lorikeet::cli {
namespace {

constexpr double kGigabyte = 1e9;
constexpr double kMostGigabytes = 1e6;

std::string report(const PreparedFolder& kept, bool asJson) {
  if (asJson)
    return jsonText({{"folder", kept.folder.string()},
                     {"files", kept.fileCount},
                     {"bytes", kept.byteSize},
                     {"limit_bytes", kept.limitBytes}});
  return fmt::format("{}: {} files, {:.2f} of at most {:.2f} GB", kept.folder.string(), kept.fileCount,
                     static_cast<double>(kept.byteSize) / kGigabyte, static_cast<double>(kept.limitBytes) / kGigabyte);
}

}  // namespace

void addCacheCommand(CommandLine& line) {
  CLI::App* command =
      addSubcommand(line.app, "cache",
                    "Show, limit or empty the folder of prepared models, which load at once instead of in seconds");
  const auto clear = std::make_shared<bool>(false);
  addFlag(*command, "--clear", *clear, "Delete the files; models are prepared again when they are next used");
  const auto limit = std::make_shared<std::optional<double>>();
  addOption(*command, "--limit", *limit, "Gigabytes that may be kept from now on, 0 for none; the window heeds it, too")
      ->type_name("GB")
      ->check(CLI::Range(0.0, kMostGigabytes));
  addFlag(*command, "--json", line.json, "Print a JSON object");
  command->callback([&line, clear, limit] {
    line.run = [&line, clear, limit](std::stop_token) {
      if (*limit) setPreparedLimit(static_cast<int64_t>(**limit * kGigabyte));
      if (*clear) clearPrepared();
      fmt::print("{}\n", report(preparedFolder(), line.json));
      return kDone;
    };
  });
}

}  // namespace lorikeet::cli
