#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "lorikeet/request.h"
#include "text/clip_tokenizer.h"
#include "text/embedding_folder.h"
#include "text/textual_inversion.h"

namespace lorikeet {

/// Vectors, [n, width] or [width], by the word that stands for them.
using EmbeddedInversions = std::map<std::string, RawTensor>;

/// The textual inversions that a request's texts name: of the files it lists, of its folder and of
/// its adapters' files.
struct NamedEmbeddings {
  std::vector<EmbeddingEntry> entries;  ///< in the order of the tokenizer's ids
  ClipTokenizer tokenizer;              ///< knows their triggers
};

/// Looks for the embeddings that the texts name. Listed files are taken whether named or not where `all` is set, as
/// they should not be broken. `embedded` come with adapters; a listed file of the same trigger is preferred. Throws
/// Error for a listed file or a folder that cannot be read.
NamedEmbeddings namedEmbeddings(const GenerateRequest& request, std::span<const std::string> texts,
                                const ClipTokenizer& tokenizer, bool all, const EmbeddedInversions& embedded = {});

/// Reads the vectors of an entry. Throws Error with its problem, or Error(Mismatch) with both widths if it does not fit
/// a text encoder of this width.
TextualInversion openEmbedding(const EmbeddingEntry& entry, int encoderWidth);

}  // namespace lorikeet
