#include <lorikeet/engine.h>
#include <lorikeet/error.h>
#include <lorikeet/starter_parts.h>

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

bool isInstalled(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder, ignored);
}

fs::path starterPart(const char* name) {
  try {
    fs::path folder = findResources() / "starter" / name;
    if (isInstalled(folder)) return folder;
  } catch (const Error&) {  // an installation without resources has no such part either
  }
  return {};
}

}  // namespace

fs::path starterControlNet() { return starterPart("controlnet"); }

fs::path starterAdapterFolder() { return starterPart("adapters"); }

fs::path starterIfEmpty(const fs::path& model) { return model.empty() ? findResources() / "starter" : model; }

fs::path starterInpainting() { return starterPart("inpainting"); }

fs::path modelOf(const GenerateRequest& request) {
  const bool paintsUnderMask =
      !request.init.empty() && (!request.mask.empty() || request.outpaint.any()) && !request.maskOptions.soft;
  if (request.model.empty() && paintsUnderMask)
    if (fs::path inpainting = starterInpainting(); !inpainting.empty()) return inpainting;
  return starterIfEmpty(request.model);
}

fs::path starterEmbeddingFolder() { return starterPart("embeddings"); }

fs::path embeddingFolderOf(const GenerateRequest& request) {
  const fs::path& own = request.prompting.embeddingFolder;
  return own.empty() && request.model.empty() ? starterEmbeddingFolder() : own;
}

fs::path controlNetOf(const GenerateRequest& request, const ControlUnit& unit) {
  if (!unit.model.empty()) return unit.model;
  const bool showsEdges = unit.type == ControlType::Canny || unit.type == ControlType::Map;
  return request.model.empty() && showsEdges ? starterControlNet() : fs::path();
}

}  // namespace lorikeet
