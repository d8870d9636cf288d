#include "workshop/adapter_writer.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <array>
#include <nlohmann/json.hpp>

#include "adapters/adapter_format.h"
#include "io/atomic_file.h"
#include "io/json_text.h"
#include "io/onnx_writer.h"
#include "io/safetensors.h"
#include "workshop/adapter_spelling.h"
#include "workshop/output_folder.h"
#include "workshop/peft_settings.h"
#include "workshop/peft_tuner.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

using json = nlohmann::ordered_json;
using TensorsByName = std::map<std::string, RawTensor>;
using Metadata = std::map<std::string, std::string>;

/// What diffusers keeps PEFT's settings under; it describes one file alone.
constexpr const char* kDiffusersSettings = "lora_adapter_metadata";

class AdapterWriter {
 public:
  AdapterWriter(const AdapterDraft& draft, AdapterForm form, const ModelNames& names)
      : draft_(draft), form_(form), names_(names), metadata_(draft.metadata) {
    metadata_.erase(kDiffusersSettings);
    for (const AdapterModule& module : draft.modules) {
      const Shape* weight = names.shapeOf(module.part, module.name + ".weight");
      CHECK(weight != nullptr);
      modules_[static_cast<size_t>(module.part)].push_back(moduleInForm(module, form, *weight, changes_));
      statesAlpha_ = statesAlpha_ || module.alpha || module.statedScale;
    }
    if (form != AdapterForm::Peft) return;
    for (const size_t part : {size_t{0}, size_t{1}})
      if (!modules_[part].empty()) configurations_[part] = peftConfiguration(modules_[part], names, changes_);
  }

  WorkshopResult write(const fs::path& output) {
    requireName(output);
    if (form_ == AdapterForm::Peft)
      writePeft(output);
    else
      writeFile(output);
    result_.output = output;
    result_.modules = static_cast<int>(draft_.modules.size());
    addNotes();
    return std::move(result_);
  }

 private:
  void requireName(const fs::path& output) const {
    const std::string end = output.extension().string();
    const auto fail = [&](const char* what) {
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("\"{}\" should end in {}, so that programs know what it is.", output.string(), what));
    };
    if (form_ == AdapterForm::Peft) return;
    if (form_ == AdapterForm::Onnx && end != ".lora" && end != ".onnx") fail(".lora or .onnx");
    if (form_ != AdapterForm::Onnx && end != ".safetensors") fail(".safetensors");
  }

  const std::vector<AdapterModule>& modulesOf(NetworkPart part) const { return modules_[static_cast<size_t>(part)]; }

  TensorsByName tensorsOf(NetworkPart part) {
    TensorsByName tensors;
    for (const AdapterModule& module : modulesOf(part)) {
      const std::string start = spelledModule(form_, part, module.name, names_);
      for (const auto& [role, tensor] : module.tensors) {
        const auto ending = spelledRole(form_, part, role);
        if (!ending)
          throw Error(
              ErrorKind::Unsupported,
              fmt::format("The module {} has a tensor \"{}\", which this form has no name for.", module.key, role));
        tensors.emplace(start + *ending, tensor);
        if (tensor.shape.rank() > 0 && role != "alpha" && role != "on_input")
          result_.parameters += tensor.shape.elementCount();
      }
    }
    return tensors;
  }

  void writeFile(const fs::path& output) {
    TensorsByName tensors = tensorsOf(NetworkPart::UNet);
    tensors.merge(tensorsOf(NetworkPart::TextEncoder));
    if (form_ == AdapterForm::Kohya || form_ == AdapterForm::Ldm)
      for (const auto& [word, vectors] : draft_.embeddings)
        tensors.emplace(fmt::format("bundle_emb.{}.string_to_param.*", word), vectors);
    if (form_ == AdapterForm::Diffusers && statesAlpha_) addDiffusersSettings();
    if (form_ == AdapterForm::Onnx)
      writeOnnxTensors(output, tensors, metadata_);
    else
      writeSafetensors(output, tensors, metadata_);
  }

  void addDiffusersSettings() {
    json all = json::object();
    for (const auto& [part, prefix] : kParts) {
      if (modulesOf(part).empty()) continue;
      const json settings = peftSettings(modulesOf(part));
      for (const auto& [key, value] : settings.items()) all[fmt::format("{}.{}", prefix, key)] = value;
    }
    metadata_["format"] = "pt";
    metadata_[kDiffusersSettings] = dumpJson(all, 2);
  }

  void writePeft(const fs::path& output) {
    OutputFolder folder(output);
    for (const auto& [part, name] : kParts) {
      if (modulesOf(part).empty()) continue;
      const fs::path target = folder.path() / name;
      fs::create_directory(target);
      Metadata metadata = metadata_;
      metadata["format"] = "pt";
      writeSafetensors(target / "adapter_model.safetensors", tensorsOf(part), metadata);
      const std::string text = dumpJson(configurations_[static_cast<size_t>(part)], 2) + "\n";
      writeFileAtomically(target / "adapter_config.json", std::as_bytes(std::span(text)));
    }
    folder.commit();
  }

  void addNotes() {
    const auto note = [&](bool holds, std::string text) {
      if (holds) result_.notes.push_back(std::move(text));
    };
    note(changes_.foldedScales > 0,
         fmt::format("The scale of {} modules was multiplied into their matrices, since this form has none for them.",
                     changes_.foldedScales));
    note(changes_.joinedCores > 0,
         fmt::format("The Tucker core of {} modules was multiplied into a matrix, since this form has no cores there.",
                     changes_.joinedCores));
    note(changes_.joinedFactors > 0,
         fmt::format("The matrices of {} modules were multiplied out, since this form would not keep them apart.",
                     changes_.joinedFactors));
    note(!draft_.embeddings.empty() && form_ != AdapterForm::Kohya && form_ != AdapterForm::Ldm,
         fmt::format("{} textual inversions of the file were left out, since this form has no place for them.",
                     draft_.embeddings.size()));
  }

  static constexpr std::array<std::pair<NetworkPart, const char*>, 2> kParts{
      {{NetworkPart::UNet, "unet"}, {NetworkPart::TextEncoder, "text_encoder"}}};
  const AdapterDraft& draft_;
  AdapterForm form_;
  const ModelNames& names_;
  Metadata metadata_;
  std::array<std::vector<AdapterModule>, 2> modules_;
  std::array<json, 2> configurations_;  ///< for Peft
  bool statesAlpha_ = false;
  FormChanges changes_;
  WorkshopResult result_;
};

}  // namespace

WorkshopResult writeAdapter(const AdapterDraft& draft, AdapterForm form, const ModelNames& names,
                            const fs::path& output) {
  return AdapterWriter(draft, form, names).write(output);
}

void requireApart(const fs::path& output, std::span<const fs::path> inputs) {
  std::error_code ignored;
  const fs::path target = fs::weakly_canonical(output, ignored);
  for (const fs::path& input : inputs) {
    const fs::path source = fs::weakly_canonical(input, ignored);
    const auto [end, rest] = std::mismatch(source.begin(), source.end(), target.begin(), target.end());
    if (end == source.end() && !source.empty())
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("The output \"{}\" is the input \"{}\" or lies in it; choose another name.",
                              output.string(), input.string()));
  }
}

}  // namespace lorikeet
