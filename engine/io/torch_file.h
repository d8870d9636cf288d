#pragma once
#include <filesystem>
#include <span>

#include "io/pickle_value.h"

namespace lorikeet {

/// Reads what torch.save() wrote (.pt, .ckpt, .bin, .pth), in the zip form and in the older one of bare pickles. Only
/// tensors and plain containers are read; any other object is refused by its name, and no code of the file ever runs.
/// Tensors stay in the mapped file where the archive stores them unpacked and contiguous. Throws Error(NotFound | Io |
/// Corrupt | Unsupported).
PickleValue readTorchFile(const std::filesystem::path& path);

/// True if the file begins as either form does.
bool looksLikeTorchFile(std::span<const std::byte> start);

}  // namespace lorikeet
