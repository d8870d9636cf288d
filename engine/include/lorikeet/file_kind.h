#pragma once
#include <filesystem>
#include <string_view>

namespace lorikeet {

/// What a file or folder that somebody hands to Lorikeet turns out to be.
/// LineDetector: M-LSD tiny, which finds straight lines for control maps.
enum class FileKind { Adapter, TextualInversion, Model, Vae, ControlNet, LineDetector, Upscaler, Picture };

/// For sentences, with its article: "an adapter", "a picture".
std::string_view describe(FileKind kind);

struct RecognisedFile {
  FileKind kind = FileKind::Picture;
  bool hasSettings = false;  ///< a picture that says how it was made (readPictureSettings)
};

/// Tells what a file or a folder (diffusers, PEFT) is by its content; names and extensions do not count. Reads headers
/// and names of tensors only, except for pictures, whose pixels may hide settings; safe on any thread. That it is a
/// model does not say that Lorikeet can run it: opening it will. Throws Error(NotFound | Io | Corrupt) for what cannot
/// be read and Error(Unsupported) for what is none of these.
RecognisedFile recogniseFile(const std::filesystem::path& path);

}  // namespace lorikeet
