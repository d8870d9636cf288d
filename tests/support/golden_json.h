#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lorikeet::testing {

/// The JSON of a text or file of the reference data, with null for the "-Infinity" that Python writes and JSON has not.
/// Stands apart from the engine's own reader. Throws std::exception where there is no such file or it is no JSON.
nlohmann::json parseGoldenJson(std::string text);
nlohmann::json readGoldenJson(const std::filesystem::path& file);

}  // namespace lorikeet::testing
