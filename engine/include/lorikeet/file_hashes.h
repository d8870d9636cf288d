#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>

#include "lorikeet/picture_settings.h"
#include "lorikeet/request.h"

namespace lorikeet {

/// The hashes by which A1111, Civitai and others know a file, as hexadecimal digits. Each file is read once: an index
/// on disk keeps the hashes while path, size and time of change stay the same. Safe on any thread; one that asks for a
/// file which another one is reading waits for it. Where a stop is asked for, the hash is empty.
class FileHashes {
 public:
  /// `index`: where they are kept; empty: hashes.json in userCacheFolder(). A damaged index is begun anew, and one that
  /// cannot be written costs time and nothing else.
  explicit FileHashes(std::filesystem::path index = {});

  /// A1111's "Model hash": the first ten digits of the checkpoint's SHA-256. Of a diffusers folder that of its UNet's
  /// first weight file. An empty path is the starter model. Throws Error(NotFound | Io).
  std::string model(const std::filesystem::path& model, const std::stop_token& stop = {});
  /// A1111's "Lora hashes": twelve digits of the hash without the safetensors header, or what the file states as such.
  /// Throws Error as inspectAdapter does.
  std::string adapter(const std::filesystem::path& file, const std::stop_token& stop = {});
  /// A1111's "TI hashes": the first twelve digits of the file's SHA-256. Throws Error(NotFound | Io).
  std::string embedding(const std::filesystem::path& file, const std::stop_token& stop = {});

 private:
  enum class Kind { File, Adapter };
  struct Entry {
    uint64_t size = 0;
    int64_t changed = 0;
    std::string hash;
  };
  std::string find(Kind kind, const std::filesystem::path& file, const std::stop_token& stop);
  void load();
  void save();

  std::filesystem::path index_;
  std::mutex mutex_;
  bool isLoaded_ = false;
  std::map<std::string, Entry> entries_;  ///< by kind and absolute path
};

/// The facts that a picture's settings hold. `picture` is the request of one picture; embeddings count where its
/// prompts name them. A file that cannot be read any more has no hash. May take seconds for files that were never
/// hashed.
PictureFacts factsOf(const GenerateRequest& picture, int width, int height, const std::string& modelName,
                     FileHashes& hashes);

}  // namespace lorikeet
