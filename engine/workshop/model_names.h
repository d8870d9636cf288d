#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "adapters/key_table.h"
#include "adapters/matched_adapter.h"
#include "io/model_files.h"
#include "io/name_table.h"
#include "lorikeet/workshop.h"
#include "pipeline/sd_inventory.h"

namespace lorikeet {

/// The modules of a model in every spelling, with the weights themselves where they come from a model's files.
class ModelNames {
 public:
  /// The published networks of a family; there are no weights.
  ModelNames(const SdArchitecture& architecture, std::string label);
  /// Throws Error for what is no model.
  explicit ModelNames(const std::filesystem::path& model);

  const std::string& label() const { return label_; }
  const KeyTable& table() const { return table_; }
  /// Null where the model does not have the tensor.
  const Shape* shapeOf(NetworkPart part, const std::string& tensor) const { return table_.shapeOf(part, tensor); }
  bool hasWeights() const { return files_.has_value(); }
  /// A tensor's values in the file; nothing for a published family.
  std::optional<RawTensor> weight(NetworkPart part, const std::string& tensor) const;
  /// "input_blocks.1.1.proj_in" for a UNet module; empty if the table does not know it.
  std::optional<std::string> originalName(const std::string& unetModule) const {
    return originals_.toOriginal(unetModule);
  }
  const ModelFiles* files() const { return files_ ? &*files_ : nullptr; }

 private:
  std::string label_;
  std::optional<ModelFiles> files_;
  KeyTable table_;
  NameTable originals_;
};

/// Adapters with their modules resolved against one model.
struct NamedAdapters {
  std::shared_ptr<const ModelNames> names;
  std::vector<AdapterFile> files;
  std::vector<MatchedAdapter> adapters;
};

/// Opens adapters against a model, or against the published family that the first one fits. Throws Error(Mismatch) with
/// the first tensors that match nothing, unless `partial`.
NamedAdapters openAdapters(std::span<const AdapterSource> sources, const std::filesystem::path& model, bool partial);

}  // namespace lorikeet
