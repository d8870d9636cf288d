#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "lorikeet/file_hashes.h"
#include "lorikeet/image.h"
#include "lorikeet/model_info.h"
#include "lorikeet/request.h"

namespace lorikeet::cli {

/// Writes finished pictures with the settings that made them.
class PictureWriter {
 public:
  /// `picture` is the request of this picture alone (requestOfPicture). Complete or absent. Throws Error(Io).
  void write(const std::filesystem::path& file, const GenerateRequest& picture, const Image& image);
  /// What a request's model is; looked up once for each.
  const ModelInfo& model(const GenerateRequest& request);

 private:
  std::map<std::filesystem::path, ModelInfo> models_;
  FileHashes hashes_;
};

}  // namespace lorikeet::cli
