#include "cli/command_line.h"

#include "lorikeet/engine.h"

namespace lorikeet::cli {

CommandLine::CommandLine() : app("Makes pictures with Stable Diffusion models on the CPU.", "lorikeet-cli") {
  app.require_subcommand(1);
  app.set_version_flag("--version", "lorikeet-cli " + std::string(version()));
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.get_formatter()->column_width(34);
  addGenerateCommand(*this);
  addPromptCommand(*this);
  addBatchCommand(*this);
  addSweepCommand(*this);
  addAnnotateCommand(*this);
  addUpscaleCommand(*this);
  addInspectCommand(*this);
  addLoraCommands(*this);
  addBenchCommand(*this);
  addCacheCommand(*this);
  addCompletionCommand(*this);
  addManpageCommand(*this);
}

}  // namespace lorikeet::cli
