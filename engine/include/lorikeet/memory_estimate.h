#pragma once
#include <cstdint>
#include <string>

#include "lorikeet/request.h"

namespace lorikeet {

/// About what making the pictures of a request holds in memory at its peak, in bytes, and what there is for it. Meant
/// to be a little more than what is measured and not less (figures and sizes: tests/bench/REPORT.md); what decoding in
/// strips takes is fitted to few sizes.
struct MemoryEstimate {
  Precision precision = Precision::F32;  ///< of the weights, never Auto
  int width = 0;                         ///< of the larger pass
  int height = 0;
  int64_t program = 0;      ///< the library itself, its vocabulary and what threads work in
  int64_t weights = 0;      ///< of text encoder, UNet and autoencoder
  int64_t controlNets = 0;  ///< their weights
  int64_t adapters = 0;
  int64_t upscaler = 0;
  int64_t denoising = 0;   ///< maps of a step, those of ControlNets with them
  int64_t decoding = 0;    ///< maps of the autoencoder at work
  int64_t available = 0;   ///< free, with what this process would give back for it
  std::string suggestion;  ///< where it does not fit: what would ("8-bit weights would need 1.9 GB"), or empty

  int64_t peak() const {
    return program + weights + controlNets + adapters + upscaler + (denoising > decoding ? denoising : decoding);
  }
  bool fits() const { return peak() <= available; }
};

/// Reads the headers of the files that the request names, no weights; sizes of pictures that it starts from count as
/// the model's own size unless the request states one. LORIKEET_MEMORY_LIMIT (bytes) lowers what counts as available.
/// Safe on any thread. Throws Error as a job would for files that are missing or broken.
MemoryEstimate estimateMemory(const GenerateRequest& request);
/// Throws what a job would throw for a request that does not fit: Error(OutOfMemory) with what would.
void checkMemory(const GenerateRequest& request);

}  // namespace lorikeet
