#include <lorikeet/adapter_info.h>
#include <lorikeet/engine.h>
#include <lorikeet/starter_parts.h>

#include "adapters/describe_adapter_file.h"
#include "adapters/matched_adapter.h"
#include "io/model_files.h"

namespace lorikeet {
namespace {

TensorShapes shapesOf(const WeightStore& store) {
  TensorShapes shapes;
  for (const std::string& name : store.names()) shapes.emplace(name, store.root().find(name)->shape);
  return shapes;
}

}  // namespace

AdapterInfo inspectAdapter(const std::filesystem::path& file) { return describeAdapterFile(readAdapterFile(file)); }

AdapterInfo skimAdapter(const std::filesystem::path& file) {
  AdapterInfo info = describeAdapterFile(readAdapterFile(file, FileHash::Skip));
  std::error_code ignored;
  const bool isFile = std::filesystem::is_regular_file(file, ignored);
  if (isFile) info.byteSize = static_cast<int64_t>(std::filesystem::file_size(file, ignored));
  return info;
}

AdapterInfo inspectAdapter(const std::filesystem::path& file, const std::filesystem::path& model,
                           const std::string& variant) {
  const ModelFiles files = openModel(starterIfEmpty(model));
  const KeyTable table(shapesOf(files.textEncoder), shapesOf(files.unet));
  return matchAdapter(readAdapterFile(file), table, variant).info;
}

bool isAdapter(const std::filesystem::path& path) {
  try {
    describeAdapterFile(readAdapterFile(path, FileHash::Skip));  // a checkpoint of gigabytes is not read for this
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace lorikeet
