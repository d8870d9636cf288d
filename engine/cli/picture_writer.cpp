#include "cli/picture_writer.h"

#include "lorikeet/engine.h"

namespace lorikeet::cli {

void PictureWriter::write(const std::filesystem::path& file, const GenerateRequest& picture, const Image& image) {
  if (options_.isPrivate) return savePicture(file, image, {}, options_.quality);
  const PictureFacts facts = factsOf(picture, image.width, image.height, model(picture).name, hashes_);
  savePicture(file, image, {toInfotext(picture, 0, facts), true}, options_.quality);
}

const ModelInfo& PictureWriter::model(const GenerateRequest& request) {
  const auto known = models_.find(request.model);
  if (known != models_.end()) return known->second;
  return models_.emplace(request.model, inspectModel(request.model)).first->second;
}

}  // namespace lorikeet::cli
