#include "cli/picture_writer.h"

#include "lorikeet/engine.h"

namespace lorikeet::cli {

void PictureWriter::write(const std::filesystem::path& file, const GenerateRequest& picture, const Image& image) {
  if (options_.isPrivate) return savePicture(file, image, {}, options_.quality);
  writeWith(file, image, toInfotext(picture, 0, factsFor(picture, image.width, image.height)));
}

void PictureWriter::writeWith(const std::filesystem::path& file, const Image& image, const std::string& settings) {
  const PictureText text{settings, true};
  savePicture(file, image, options_.isPrivate ? PictureText() : text, options_.quality);
}

PictureFacts PictureWriter::factsFor(const GenerateRequest& picture, int width, int height) {
  return factsOf(picture, width, height, model(picture).name, hashes_);
}

const ModelInfo& PictureWriter::model(const GenerateRequest& request) {
  const auto known = models_.find(request.model);
  if (known != models_.end()) return known->second;
  return models_.emplace(request.model, inspectModel(request.model)).first->second;
}

}  // namespace lorikeet::cli
