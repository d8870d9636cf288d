#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lorikeet/error.h"
#include "lorikeet/image.h"
#include "lorikeet/request.h"

namespace lorikeet {

/// How a picture was made, as the program that made it wrote into its file. Names of samplers, schedules and models are
/// the program's own words.
struct PictureSettings {
  std::string program;  ///< "Lorikeet", "AUTOMATIC1111", "Forge", "stable-diffusion.cpp", "ComfyUI", "InvokeAI" ...
  std::string prompt;
  std::string negativePrompt;
  std::optional<uint64_t> seed;
  std::optional<int> steps;
  std::optional<double> guidanceScale;
  std::optional<int> width;   ///< pixels of the first pass
  std::optional<int> height;  ///< pixels of the first pass
  std::string sampler;
  std::string schedule;
  std::optional<int> clipSkip;  ///< counted as in GenerateRequest
  std::string model;
  std::string modelHash;
  ImageText other;  ///< everything else by its own name
};

/// What is known of a finished picture beside its request.
struct PictureFacts {
  using Hashes = std::vector<std::pair<std::string, std::string>>;  ///< name and hash
  int width = 0;                                                    ///< pixels
  int height = 0;                                                   ///< pixels
  std::string modelName;
  std::string modelHash;   ///< ten digits, as FileHashes::model gives it; may be empty
  Hashes adapterHashes;    ///< of the adapters in use, twelve digits
  Hashes embeddingHashes;  ///< of the textual inversions in use, twelve digits
};

/// The settings of image `imageIndex` of a request as A1111 writes them into a PNG's "parameters" text. What A1111 has
/// no field for stands in one quoted value "Lorikeet", so that toRequest() gives the whole request back; files appear
/// without their folders.
std::string toInfotext(const GenerateRequest& request, int imageIndex, const PictureFacts& facts);

/// Reads the settings that AUTOMATIC1111, Forge, stable-diffusion.cpp, ComfyUI, InvokeAI, NovelAI, Fooocus, Unpaint and
/// Lorikeet leave in PNG texts, in EXIF comments (JPEG, WebP) or in the lowest bits of the pixels ("stealth"). Of a
/// workflow with several passes the first one counts. Empty where the picture has none. Throws Error(NotFound | Io |
/// Corrupt) for files that cannot be read.
std::optional<PictureSettings> readPictureSettings(const std::filesystem::path& file);

/// What Lorikeet wrote beyond A1111's fields, one line for each value: {"sampling.sde_noise", "brownian"}. Prompts and
/// what an adapter's tag says are left out, they stand elsewhere.
ImageText ownSettingsOf(const PictureSettings& settings);

/// Reads an infotext, as A1111 keeps it in PNGs and people paste it. Empty where there are no parameters in it.
std::optional<PictureSettings> parseInfotext(std::string_view text);

/// The request that settings ask for, as far as Lorikeet knows it.
struct SettingsRequest {
  GenerateRequest request;         ///< without a model: that is looked up by name or hash
  std::vector<std::string> notes;  ///< a sentence for each setting that could not be taken over
};
/// A request for the same picture. Of a picture that Lorikeet made, the request is the one that made it.
SettingsRequest toRequest(const PictureSettings& settings);

}  // namespace lorikeet
