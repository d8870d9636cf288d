#pragma once
#include "adapters/adapter_file.h"
#include "lorikeet/adapter_info.h"

namespace lorikeet {

/// What the file tells by itself: formats, ranks, family, trigger words, hashes. Throws Error(Unsupported) if none of
/// its tensors belongs to an adapter.
AdapterInfo describeAdapterFile(const AdapterFile& file);

/// True if a tensor is named like a part of an adapter; nothing but names is read.
bool holdsAdapter(const AdapterFile& file);

}  // namespace lorikeet
