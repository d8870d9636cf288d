#pragma once
#include <filesystem>
#include <span>

#include "io/canonical_names.h"

namespace lorikeet {

/// The float constants of a frozen TensorFlow graph (GraphDef, .pb) by node name: the weights of a small network in the
/// order in which TensorFlow keeps them (height, width, inputs, outputs). Other nodes are passed over. Throws
/// Error(NotFound | Io | Corrupt | Unsupported).
TensorMap readTensorflowConstants(const std::filesystem::path& path);

/// True if the bytes begin as a serialised GraphDef does: a node with a name.
bool looksLikeTensorflowGraph(std::span<const std::byte> start);

}  // namespace lorikeet
