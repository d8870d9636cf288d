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
  /// The same for an image with settings of its own, such as a grid.
  void writeWith(const std::filesystem::path& file, const Image& image, const std::string& settings);
  /// What the settings of a picture of this size hold besides its request.
  PictureFacts factsFor(const GenerateRequest& picture, int width, int height);
  /// What a request's model is; looked up once for each.
  const ModelInfo& model(const GenerateRequest& request);

 private:
  WritingOptions options_;
  std::map<std::filesystem::path, ModelInfo> models_;
  FileHashes hashes_;
};

}  // namespace lorikeet::cli
