#pragma once
#include <cstdint>
#include <filesystem>
#include <span>

#include "core/shape.h"
#include "lorikeet/workshop.h"

namespace lorikeet {

/// How many threads an operation uses.
int threadsOf(const WorkshopControl& control);

/// Bytes of files and of folders with all that is in them.
int64_t bytesOnDisk(std::span<const std::filesystem::path> paths);

/// Bytes that one module's randomised decomposition holds at a time, for a weight of so many elements. Without a limit
/// of the rank the decomposition is an exact one.
int64_t decompositionBytes(int64_t elements, const RankRule& rule);

/// Bytes of the factors that a weight [outputs, inputs...] gets by a rule; without a limit of the rank a quarter of the
/// full one is assumed. `most`: the change itself has no higher rank; 0: that is not known.
int64_t factorBytes(const Shape& weight, const RankRule& rule, WeightType type, int64_t most = 0);

/// How often all matrices of an adapter are in memory while it is written.
int64_t copiesOf(AdapterForm form);

/// An operation's estimate: the program itself and `bytes` more. Throws Error(OutOfMemory) if that does not fit;
/// `verb` says what was to be done ("Merging").
WorkshopEstimate fittingEstimate(std::string_view verb, int64_t modules, int64_t bytes, const WorkshopControl& control);

}  // namespace lorikeet
