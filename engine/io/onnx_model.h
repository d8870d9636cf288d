#pragma once
#include <filesystem>

#include "io/canonical_names.h"

namespace lorikeet {

/// The weights of a network that torch's exporter wrote as an ONNX model, under the names that they had in torch.
/// Initializers that kept their name are taken as they are; those that the exporter renamed ("onnx::MatMul_7077") are
/// named after the node that uses them ("/down_blocks.0/.../to_q/MatMul"), with matrices of linear layers turned back
/// and the scales of group norms made vectors; copies that were found equal are told apart again. The graph itself is
/// not run. Throws Error(NotFound | Io | Corrupt), and Error(Unsupported) for files whose nodes do not tell what their
/// weights are.
TensorMap readOnnxModel(const std::filesystem::path& path);

}  // namespace lorikeet
