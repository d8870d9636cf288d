#include "cli/option_types.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace lorikeet::cli {

template <class Value>
CLI::Option* addOption(CLI::App& command, const std::string& flags, Value& target, const std::string& help) {
  return command.add_option(flags, target, help);
}

template <class Value>
CLI::Option* addFlag(CLI::App& command, const std::string& flags, Value& target, const std::string& help) {
  return command.add_flag(flags, target, help);
}

CLI::Option* addTextOption(CLI::App& command, const std::string& flags,
                           const std::function<void(const std::string&)>& set, const std::string& help) {
  return command.add_option_function<std::string>(flags, set, help);
}

CLI::App* addSubcommand(CLI::App& parent, const std::string& name, const std::string& help) {
  return parent.add_subcommand(name, help);
}

template CLI::Option* addFlag(CLI::App&, const std::string&, bool&, const std::string&);

#define LORIKEET_OPTION_OF(...) \
  template CLI::Option* addOption(CLI::App&, const std::string&, __VA_ARGS__&, const std::string&)
LORIKEET_OPTION_OF(int);
LORIKEET_OPTION_OF(int64_t);
LORIKEET_OPTION_OF(uint64_t);
LORIKEET_OPTION_OF(float);
LORIKEET_OPTION_OF(double);
LORIKEET_OPTION_OF(std::string);
LORIKEET_OPTION_OF(std::filesystem::path);
LORIKEET_OPTION_OF(std::optional<int>);
LORIKEET_OPTION_OF(std::optional<int64_t>);
LORIKEET_OPTION_OF(std::optional<uint64_t>);
LORIKEET_OPTION_OF(std::optional<float>);
LORIKEET_OPTION_OF(std::optional<double>);
LORIKEET_OPTION_OF(std::optional<std::filesystem::path>);
LORIKEET_OPTION_OF(std::vector<std::string>);
LORIKEET_OPTION_OF(std::vector<std::filesystem::path>);
LORIKEET_OPTION_OF(std::vector<float>);
LORIKEET_OPTION_OF(std::vector<double>);
#undef LORIKEET_OPTION_OF

}  // namespace lorikeet::cli
