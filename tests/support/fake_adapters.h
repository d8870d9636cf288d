#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace lorikeet::test {

/// Writes a safetensors file that holds one LoRA module of rank 1 and says about itself what `metadata` does, as the
/// inside of a JSON object: "\"ss_output_name\": \"ink\"".
inline void writeFakeAdapter(const std::filesystem::path& file, const std::string& metadata = {}) {
  std::string header =
      R"({"__metadata__": {)" + metadata +
      R"(},)"
      R"("lora_unet_mid_block.lora_down.weight": {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 4]},)"
      R"("lora_unet_mid_block.lora_up.weight": {"dtype": "F32", "shape": [1, 1], "data_offsets": [4, 8]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const auto size = static_cast<uint64_t>(header.size());
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  for (int byte = 0; byte < 8; ++byte) out.put(static_cast<char>(size >> (8 * byte) & 0xff));
  out << header << std::string(8, '\0');
}

}  // namespace lorikeet::test
