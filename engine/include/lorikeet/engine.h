#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "lorikeet/error.h"
#include "lorikeet/model_info.h"
#include "lorikeet/request.h"
#include "lorikeet/result.h"
#include "lorikeet/run_memory.h"

namespace lorikeet {

struct EngineConfig {
  int threads = 0;  ///< 0: as many as the process may use
};

/// The diffusion engine: keeps the most recent model loaded and makes pictures with it. Owned and called by one thread
/// at a time; spreads its work over its own threads. Every call throws Error for what the user can fix and answers a
/// stop within 0.2 s.
class Engine {
 public:
  explicit Engine(const EngineConfig& config = {});
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Loads a model now, so that the first picture need not wait. An empty path means the starter model.
  ModelInfo load(const std::filesystem::path& model, std::stop_token stop = {}, Precision precision = Precision::F32);
  /// Makes the pictures of a request, loading its model first if another one is held. With a memory, steps that an
  /// earlier run has in common with this one are not computed again, and this run is remembered, also when it stops.
  GenerateResult generate(const GenerateRequest& request, const GenerateCallbacks& callbacks = {},
                          std::stop_token stop = {}, RunMemory* memory = nullptr);
  /// Enlarges a picture by any method but the latent ones, without a model; progress is told the finished share.
  UpscaleResult upscale(const Image& picture, const UpscaleRequest& request,
                        const std::function<void(double)>& progress = {}, std::stop_token stop = {});
  /// Frees the model and every cached buffer.
  void unload();

  int threadCount() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads what a model is without loading its weights. Safe on any thread. Throws Error.
ModelInfo inspectModel(const std::filesystem::path& model);
/// True for a folder with model_index.json and for a .safetensors or .ckpt that holds a UNet, by content.
bool isModel(const std::filesystem::path& path);
/// Throws what a job with this VAE (GenerateRequest::vae) would throw, whatever its model: Error(NotFound | Corrupt |
/// Unsupported). Reads no weights. Safe on any thread.
void checkVae(const std::filesystem::path& file);
/// The resources folder of every Engine: $LORIKEET_RESOURCES, resources/ beside
/// the program, ../share/lorikeet, the source tree. Throws Error(NotFound) that lists where it looked.
std::filesystem::path findResources();
/// "0.1.0"
std::string_view version();

}  // namespace lorikeet
