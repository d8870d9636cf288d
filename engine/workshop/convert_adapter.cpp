#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "lorikeet/workshop.h"
#include "workshop/adapter_writer.h"
#include "workshop/workshop_memory.h"

namespace lorikeet {
namespace {

/// Metadata that an adapter had before it was put into a model, or the file's own.
std::map<std::string, std::string> metadataOf(const AdapterFile& file) {
  const auto embedded = file.metadata.find(kEmbeddedMetadata);
  if (embedded == file.metadata.end()) return file.metadata;
  const nlohmann::json entries = parseJson(embedded->second);
  std::map<std::string, std::string> metadata;
  if (entries.is_object())
    for (const auto& [key, value] : entries.items())
      if (value.is_string()) metadata[key] = value.get<std::string>();
  return metadata;
}

/// What is read; forms that turn matrices have copies of them.
WorkshopEstimate convertEstimate(const ConvertAdapterRequest& request, size_t modules, const WorkshopControl& control) {
  return fittingEstimate("Converting", static_cast<int64_t>(modules),
                         copiesOf(request.form) * bytesOnDisk(std::span(&request.input.file, 1)), control);
}

}  // namespace

WorkshopEstimate estimateWorkshop(const ConvertAdapterRequest& request, const WorkshopControl& control) {
  requireApart(request.output, std::span(&request.input.file, 1));
  const NamedAdapters opened = openAdapters(std::span(&request.input, 1), request.model, request.partial);
  return convertEstimate(request, opened.adapters.front().modules.size(), control);
}

WorkshopResult convertAdapter(const ConvertAdapterRequest& request, const WorkshopControl& control) {
  requireApart(request.output, std::span(&request.input.file, 1));
  NamedAdapters opened = openAdapters(std::span(&request.input, 1), request.model, request.partial);
  MatchedAdapter& adapter = opened.adapters.front();
  convertEstimate(request, adapter.modules.size(), control);
  if (control.stop.stop_requested()) {
    WorkshopResult stopped;
    stopped.status = Status::Stopped;
    return stopped;
  }
  const AdapterDraft draft{std::move(adapter.modules), std::move(adapter.embeddings), metadataOf(opened.files.front())};
  WorkshopResult result = writeAdapter(draft, request.form, *opened.names, request.output);
  result.notes.insert(result.notes.begin(), adapter.info.warnings.begin(), adapter.info.warnings.end());
  return result;
}

}  // namespace lorikeet
