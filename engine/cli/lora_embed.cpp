#include <memory>

#include "cli/lora_commands.h"

namespace lorikeet::cli {
namespace {

struct EmbedOptions {
  EmbedAdapterRequest request;
  std::string adapter;
};

void addEmbed(CommandLine& line, CLI::App& group) {
  CLI::App* command = addSubcommand(
      group, "embed", "Put an adapter's matrices beside the weights of a model, as lora_wrapper keeps them");
  auto options = std::make_shared<EmbedOptions>();
  addOption(*command, "model", options->request.model, "Checkpoint or diffusers folder")
      ->type_name("MODEL")
      ->required();
  addOption(*command, "adapter", options->adapter, "Adapter, FILE#VARIANT for one of several in a file")
      ->type_name("FILE")
      ->required();
  addOption(*command, "output", options->request.output, "File to write (.safetensors); of a folder a new folder")
      ->type_name("OUT")
      ->required();
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer("Example:\n  lorikeet-cli lora embed model.safetensors ink.safetensors both.safetensors");
  command->callback([&line, options] {
    line.run = [&line, options](std::stop_token stop) {
      EmbedAdapterRequest request = options->request;
      request.adapter = adapterSource(options->adapter);
      return runWorkshop("writing", std::move(stop), 0, line.json,
                         [&](const WorkshopControl& control) { return embedAdapter(request, control); });
    };
  });
}

void addUnembed(CommandLine& line, CLI::App& group) {
  CLI::App* command = addSubcommand(
      group, "unembed", "Write a model without the adapter that embed put into it (extract takes the adapter out)");
  auto request = std::make_shared<RemoveEmbeddedRequest>();
  addOption(*command, "input", request->checkpoint, "Checkpoint or diffusers folder with an adapter inside")
      ->type_name("IN")
      ->required();
  addOption(*command, "output", request->output, "File to write (.safetensors); of a folder a new folder")
      ->type_name("OUT")
      ->required();
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer("Example:\n  lorikeet-cli lora unembed both.safetensors model.safetensors");
  command->callback([&line, request] {
    line.run = [&line, request](std::stop_token stop) {
      return runWorkshop("writing", std::move(stop), 0, line.json,
                         [&](const WorkshopControl& control) { return removeEmbedded(*request, control); });
    };
  });
}

}  // namespace

void addLoraEmbedCommands(CommandLine& line, CLI::App& group) {
  addEmbed(line, group);
  addUnembed(line, group);
}

}  // namespace lorikeet::cli
