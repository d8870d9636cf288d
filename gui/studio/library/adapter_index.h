#pragma once
#include "studio/library/adapter_scan.h"

namespace lorikeet {

/// Reads what was known of adapters at the last start; nothing where the index is not there, is damaged or of another
/// version: it is only made again. Safe on any thread.
KnownAdapters readAdapterIndex(const QString& file);

/// Replaces the index. Does not throw: without one the next start takes longer.
void writeAdapterIndex(const QString& file, const KnownAdapters& adapters);

}  // namespace lorikeet
