#pragma once
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "lorikeet/adapter_info.h"
#include "lorikeet/model_info.h"
#include "lorikeet/picture_settings.h"
#include "lorikeet/prompt.h"

namespace lorikeet::cli {

/// What `inspect` found out about one file.
struct FileReport {
  std::filesystem::path file;
  std::variant<ModelInfo, AdapterInfo, EmbeddingInfo, PictureSettings> content;
};

std::string inspectJson(const std::vector<FileReport>& reports);
std::string inspectText(const std::vector<FileReport>& reports);

}  // namespace lorikeet::cli
