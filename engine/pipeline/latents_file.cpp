#include <fmt/format.h>

#include <map>

#include "io/safetensors.h"
#include "lorikeet/error.h"
#include "lorikeet/result.h"

namespace lorikeet {
namespace {

void requireSameShape(const Latents& first, const Latents& other) {
  if (first.name == other.name && first.channels == other.channels && first.height == other.height &&
      first.width == other.width && first.values.size() == other.values.size())
    return;
  throw Error(
      ErrorKind::Mismatch,
      fmt::format("Latents of one file must be alike: expected {} [{}, {}, {}], found {} [{}, {}, {}].", first.name,
                  first.channels, first.height, first.width, other.name, other.channels, other.height, other.width));
}

}  // namespace

void saveLatents(const std::filesystem::path& file, const std::vector<std::vector<Latents>>& images) {
  std::map<std::string, std::shared_ptr<std::vector<float>>> joined;
  std::map<std::string, RawTensor> tensors;
  for (const auto& image : images) {
    if (image.size() != images.front().size())
      throw Error(ErrorKind::Mismatch, fmt::format("Latents of one file must be alike: expected {} steps, found {}.",
                                                   images.front().size(), image.size()));
    for (size_t i = 0; i < image.size(); ++i) {
      const Latents& latents = image[i];
      requireSameShape(images.front()[i], latents);
      auto& values = joined[latents.name];
      if (!values) values = std::make_shared<std::vector<float>>();
      values->insert(values->end(), latents.values.begin(), latents.values.end());
    }
  }
  for (const auto& latents : images.empty() ? std::vector<Latents>{} : images.front()) {
    const auto& values = joined[latents.name];
    tensors[latents.name] = {
        DType::F32, Shape{static_cast<int64_t>(images.size()), latents.channels, latents.height, latents.width},
        std::as_bytes(std::span(*values)), values};
  }
  writeSafetensors(file, tensors);
}

}  // namespace lorikeet
