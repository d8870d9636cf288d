#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "lorikeet/file_hashes.h"
#include "lorikeet/image.h"
#include "lorikeet/model_info.h"
#include "lorikeet/picture_io.h"
#include "lorikeet/request.h"

namespace lorikeet::cli {

/// How pictures are written.
struct WritingOptions {
  bool isPrivate = false;       ///< no settings, nothing that says how it was made
  int quality = kUsualQuality;  ///< of JPEG and WebP
};

/// Writes finished pictures with the settings that made them.
class PictureWriter {
 public:
  explicit PictureWriter(const WritingOptions& options = {}) : options_(options) {}
  /// `picture` is the request of this picture alone (requestOfPicture). Complete or absent. Throws Error as savePicture
  /// does.
  void write(const std::filesystem::path& file, const GenerateRequest& picture, const Image& image);
  /// What a request's model is; looked up once for each.
  const ModelInfo& model(const GenerateRequest& request);

 private:
  WritingOptions options_;
  std::map<std::filesystem::path, ModelInfo> models_;
  FileHashes hashes_;
};

}  // namespace lorikeet::cli
