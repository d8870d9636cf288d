// Which networks a request for the starter model uses without naming them.
#include <gtest/gtest.h>
#include <lorikeet/engine.h>
#include <lorikeet/file_kind.h>
#include <lorikeet/starter_parts.h>

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

ControlUnit unitOf(ControlType type, const fs::path& model = {}) {
  ControlUnit unit;
  unit.type = type;
  unit.model = model;
  return unit;
}

TEST(StarterParts, TheControlNetIsInstalledAndServesEdgesAlone) {
  const fs::path own = starterControlNet();
  EXPECT_EQ(own, findResources() / "starter" / "controlnet");
  EXPECT_EQ(recogniseFile(own).kind, FileKind::ControlNet);
  const GenerateRequest request;
  for (const ControlType type : {ControlType::Canny, ControlType::Map})
    EXPECT_EQ(controlNetOf(request, unitOf(type)), own);
  for (const ControlType type : {ControlType::Depth, ControlType::Pose, ControlType::LineArt, ControlType::SoftEdge})
    EXPECT_EQ(controlNetOf(request, unitOf(type)), fs::path());
}

TEST(StarterParts, AControlNetThatIsNamedIsUsed) {
  EXPECT_EQ(controlNetOf({}, unitOf(ControlType::Depth, "other")), "other");
  GenerateRequest request;
  request.model = "sd15.safetensors";
  EXPECT_EQ(controlNetOf(request, unitOf(ControlType::Canny, "other")), "other");
  EXPECT_EQ(controlNetOf(request, {}), fs::path());  // the starter's would not fit
}

TEST(StarterParts, RequestsForOtherModelsNeedAControlNet) {
  GenerateRequest request;
  ControlUnit unit;
  unit.picture = fs::path("picture.png");
  request.controls = {unit};
  EXPECT_NO_THROW(validate(request));
  request.model = "sd15.safetensors";
  EXPECT_THROW(validate(request), Error);
}

TEST(StarterParts, PaintingUnderAMaskHasAModelOfItsOwn) {
  const fs::path starter = findResources() / "starter";
  const ModelInfo inpainting = inspectModel(starterInpainting());
  EXPECT_EQ(inpainting.family, inspectModel(starter).family + " inpainting");
  GenerateRequest request;
  EXPECT_EQ(modelOf(request), starter);
  request.mask.file = "mask.png";
  EXPECT_EQ(modelOf(request), starter);  // of no picture: refused elsewhere
  request.init.file = "picture.png";
  EXPECT_EQ(modelOf(request), starterInpainting());
  request.maskOptions.soft = true;
  EXPECT_EQ(modelOf(request), starter);
  request.mask = {};
  request.maskOptions = {};
  EXPECT_EQ(modelOf(request), starter);
  request.outpaint.left = 64;
  EXPECT_EQ(modelOf(request), starterInpainting());
  request.model = "sd15.safetensors";
  EXPECT_EQ(modelOf(request), request.model);
}

}  // namespace
}  // namespace lorikeet
