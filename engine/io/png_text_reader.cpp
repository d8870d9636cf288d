#include <fmt/format.h>

#include <lorikeet/error.h>
#include <optional>
#include <string>

#include "io/byte_reader.h"
#include "io/inflate.h"
#include "io/mapped_file.h"
#include "io/png_chunks.h"
#include "io/png_text.h"
#include "io/utf8.h"

namespace lorikeet {
namespace {

constexpr size_t kMaxTextBytes = size_t{64} << 20;

/// Takes the text up to the next NUL off the front; empty if there is none.
std::optional<std::string_view> takeField(std::string_view& data) {
  const size_t end = data.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view field = data.substr(0, end);
  data.remove_prefix(end + 1);
  return field;
}

class TextReader {
 public:
  ImageText texts;

  /// Texts that are damaged are left out: one program's mistake should not hide the others.
  void read(const PngChunk& chunk) {
    if (!chunk.isIntact) return;
    std::string_view data = asText(chunk.data);
    const auto key = takeField(data);
    if (!key || key->empty()) return;
    std::optional<std::string> value;
    if (chunk.type == "tEXt") value = decoded(std::string(data));
    if (chunk.type == "zTXt") value = readCompressed(data);
    if (chunk.type == "iTXt") value = readInternational(data);
    if (!value) return;
    charge(key->size() + value->size());
    texts.emplace_back(decoded(std::string(*key)), *std::move(value));
  }

 private:
  /// Latin-1 by the rules, but many programs write UTF-8; text that is valid as such is hardly ever meant otherwise.
  static std::string decoded(std::string text) { return isValidUtf8(text) ? std::move(text) : latin1ToUtf8(text); }

  std::optional<std::string> readCompressed(std::string_view data) {
    if (data.empty() || data[0] != 0) return std::nullopt;
    auto text = inflated(data.substr(1), kMaxTextBytes);
    if (!text) return std::nullopt;
    return decoded(*std::move(text));
  }

  std::optional<std::string> readInternational(std::string_view data) {
    if (data.size() < 2) return std::nullopt;
    const bool isCompressed = data[0] == 1;
    if (isCompressed && data[1] != 0) return std::nullopt;
    data.remove_prefix(2);
    if (!takeField(data) || !takeField(data)) return std::nullopt;  // language and translated key
    auto text = isCompressed ? inflated(data, kMaxTextBytes) : std::string(data);
    if (!text) return std::nullopt;
    return decoded(*std::move(text));
  }

  void charge(size_t bytes) {
    usedBytes_ += bytes;
    if (usedBytes_ > kMaxTextBytes) throw Error(ErrorKind::Corrupt, "The picture carries more than 64 MiB of text.");
  }

  size_t usedBytes_ = 0;
};

}  // namespace

ImageText readPngText(std::span<const std::byte> bytes) {
  if (!hasPngSignature(bytes)) throw Error(ErrorKind::Corrupt, "The file is not a PNG picture.");
  TextReader reader;
  size_t offset = kPngSignatureSize;
  for (auto chunk = pngChunkAt(bytes, offset);; chunk = pngChunkAt(bytes, offset)) {
    if (!chunk && reader.texts.empty()) throw Error(ErrorKind::Corrupt, "The PNG picture is cut off.");
    if (!chunk || chunk->type == "IEND") return std::move(reader.texts);
    reader.read(*chunk);
    offset = chunk->end;
  }
}

ImageText readPngText(const std::filesystem::path& file) {
  const auto mapped = MappedFile::open(file);
  try {
    return readPngText(mapped->bytes());
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("Cannot read the texts of \"{}\": {}", file.string(), error.what()));
  }
}

}  // namespace lorikeet
