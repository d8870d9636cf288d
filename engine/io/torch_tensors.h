#pragma once
#include <functional>
#include <string>

#include "io/pickle_document.h"
#include "io/zip_archive.h"

namespace lorikeet {

/// Fetches the bytes of a storage; they must be exactly its element count times its type.
using StorageReader = std::function<ZipArchive::Content(const PickleDocument::Storage&)>;

/// Fills document.tensors: views that are contiguous stay where the storage is, others (transposed, expanded) are
/// copied into C order. Reads only storages that a tensor uses. Throws Error(Corrupt) for views that leave their
/// storage, whose message begins with `source`.
void resolveTensors(PickleDocument& document, const StorageReader& readStorage, const std::string& source);

}  // namespace lorikeet
