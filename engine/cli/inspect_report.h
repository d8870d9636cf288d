#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "lorikeet/model_info.h"

namespace lorikeet::cli {

/// What `inspect` found out about one file.
struct FileReport {
  std::filesystem::path file;
  ModelInfo model;
};

std::string inspectJson(const std::vector<FileReport>& reports);
std::string inspectText(const std::vector<FileReport>& reports);

}  // namespace lorikeet::cli
