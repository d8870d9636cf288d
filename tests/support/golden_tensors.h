#pragma once
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/golden_json.h"

namespace lorikeet::testing {

/// The path of a file under tests/golden.
inline std::filesystem::path goldenPath(const std::string& name) {
  return std::filesystem::path(LORIKEET_SOURCE_DIR) / "tests/golden" / name;
}

/// A golden safetensors file read whole, f32 and f64 only, as doubles. Stands apart from the engine's own reader.
class GoldenTensors {
 public:
  explicit GoldenTensors(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("no golden file " + file.string());
    uint64_t headerSize = 0;
    in.read(reinterpret_cast<char*>(&headerSize), sizeof(headerSize));
    std::string text(headerSize, ' ');
    in.read(text.data(), static_cast<std::streamsize>(headerSize));
    header_ = parseGoldenJson(std::move(text));
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
  }
  bool contains(const std::string& name) const { return header_.contains(name); }
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& [key, entry] : header_.items())
      if (key != "__metadata__") result.push_back(key);
    return result;
  }
  std::vector<double> values(const std::string& name) const {
    const auto& entry = header_.at(name);
    const size_t begin = entry.at("data_offsets").at(0);
    const size_t end = entry.at("data_offsets").at(1);
    if (entry.at("dtype") == "F32") return read<float>(begin, end);
    if (entry.at("dtype") == "F64") return read<double>(begin, end);
    throw std::runtime_error(name + " is neither F32 nor F64");
  }
  std::vector<float> floats(const std::string& name) const {
    const auto all = values(name);
    return {all.begin(), all.end()};
  }
  std::vector<int64_t> shape(const std::string& name) const { return header_.at(name).at("shape"); }

 private:
  template <class T>
  std::vector<double> read(size_t begin, size_t end) const {
    std::vector<double> result;
    for (size_t at = begin; at < end; at += sizeof(T)) {
      T value;
      std::copy_n(bytes_.data() + at, sizeof(T), reinterpret_cast<char*>(&value));
      result.push_back(value);
    }
    return result;
  }
  nlohmann::json header_;
  std::vector<char> bytes_;
};

}  // namespace lorikeet::testing
