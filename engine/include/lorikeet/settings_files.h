#pragma once
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "lorikeet/file_hashes.h"
#include "lorikeet/picture_settings.h"

namespace lorikeet {

/// Where the files that a picture's settings name may lie. Folders that are not there are passed over.
struct SettingsFolders {
  std::vector<std::filesystem::path> adapters;      ///< with all below them; none: defaultAdapterFolder()
  std::vector<std::filesystem::path> embeddings;    ///< with all below them
  std::vector<std::filesystem::path> networks;      ///< ControlNets, upscalers, autoencoders; with all below them
  std::vector<std::filesystem::path> networkFiles;  ///< single ones elsewhere, that were used before
  std::vector<std::filesystem::path> pictures;      ///< start pictures, masks, control pictures; not below them
};

/// Gives the files of a request their folders back: toRequest() leaves them by their bare names, as pictures tell them,
/// and adapters of other programs as tags in the prompt. Adapters and embeddings are looked up by name and then by the
/// hashes of the settings, for which every file of the folders is read once. What is not found gets a sentence in
/// `notes` and is left out; an adapter becomes a tag behind the prompt, where it can be seen. A file of the right name
/// and another hash is used, with a sentence. After a stop nothing more
/// is looked for by its hash. Throws Error where a folder cannot be listed.
void findSettingsFiles(GenerateRequest& request, const PictureSettings& settings, const SettingsFolders& folders,
                       FileHashes& hashes, std::vector<std::string>& notes, const std::stop_token& stop = {});

}  // namespace lorikeet
