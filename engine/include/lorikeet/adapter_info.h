#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lorikeet {

/// What is known of an adapter file; with a model also how well it fits.
struct AdapterInfo {
  std::filesystem::path path;
  std::string name;                  ///< file or folder name without extension
  std::string title;                 ///< what its maker called it, may be empty
  std::string outputName;            ///< "ss_output_name": what its trainer called it, another name for tags
  std::vector<std::string> formats;  ///< "LoRA", "LoHa", "LoKr", "DoRA", "(IA)3" ... most frequent first
  /// "SD 1.x", "SD 2.x", "SDXL", "FLUX", "SD 3"; empty if neither shapes nor metadata tell.
  std::string family;
  std::string precision;  ///< "F16", "BF16", "mixed" ...
  int64_t byteSize = 0;
  std::string sha256;
  std::string shortHash;  ///< as A1111 shows it

  int tensorCount = 0;
  int moduleCount = 0;
  int64_t lowestRank = 0;  ///< 0 where the format has none
  int64_t highestRank = 0;
  std::optional<double> lowestAlpha, highestAlpha;  ///< empty: the file has none, the scale is 1
  std::vector<std::string> variants;                ///< names of several adapters in one file (PEFT)
  std::vector<std::string> embeddings;              ///< textual inversions that the file brings along

  std::vector<std::string> triggerWords;
  std::vector<std::pair<std::string, int>> tags;  ///< of the training captions with their counts, most frequent first

  /// The rest only after a comparison with a model.
  bool compared = false;
  int matchedTensors = 0;
  int matchedModules = 0;
  int textEncoderModules = 0;  ///< of matchedModules
  int unetModules = 0;         ///< of matchedModules
  std::vector<std::string> unmatchedKeys;
  /// What a person should know though the adapter can be used: partial match, modules that do not fit.
  std::vector<std::string> warnings;
};

/// Reads what an adapter is, by its content. Safe on any thread. Throws Error; Unsupported if it is no adapter.
AdapterInfo inspectAdapter(const std::filesystem::path& file);
/// The same without reading all of the file, in milliseconds: no hashes but a short one that its metadata states.
AdapterInfo skimAdapter(const std::filesystem::path& file);
/// What inspectAdapter() tells, compared with a model (empty path: the starter model) without loading it. Of a file
/// that holds several, `variant` chooses one (empty: as in an AdapterUse). Throws Error(Mismatch) with the reason if
/// nothing fits or the adapter was made for another family, Error(NotFound) that lists the variants for one that is not
/// there.
AdapterInfo inspectAdapter(const std::filesystem::path& file, const std::filesystem::path& model,
                           const std::string& variant = {});
/// True for files and folders that hold an adapter, by content.
bool isAdapter(const std::filesystem::path& path);

}  // namespace lorikeet
