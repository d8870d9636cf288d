#include "io/torch_file.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <algorithm>
#include <array>

#include "io/byte_reader.h"
#include "io/pickle_machine.h"
#include "io/torch_tensors.h"
#include "io/zip_archive.h"

namespace lorikeet {
namespace {

/// A pickle of the magic number 0x1950a86a20f9469cfc6c (torch/serialization.py), with which the older form begins.
constexpr std::array<uint8_t, 15> kLegacyStart{0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                               0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e};

bool looksLegacy(std::span<const std::byte> start) {
  return start.size() >= kLegacyStart.size() &&
         std::equal(kLegacyStart.begin(), kLegacyStart.end(), start.begin(),
                    [](uint8_t a, std::byte b) { return static_cast<std::byte>(a) == b; });
}

/// "archive/" of "archive/data.pkl"; torch uses the name that the file was saved under.
std::string archiveFolder(const ZipArchive& archive, const std::string& source) {
  for (const auto& [name, entry] : archive.entries())
    if (name.ends_with("/data.pkl") && std::count(name.begin(), name.end(), '/') == 1)
      return name.substr(0, name.find('/') + 1);
  throw Error(ErrorKind::Unsupported, fmt::format("{}: the archive holds no data.pkl.", source));
}

PickleValue readZip(std::shared_ptr<const MappedFile> file, const std::string& source) {
  ZipArchive archive(std::move(file), source);
  const std::string folder = archiveFolder(archive, source);
  if (archive.entries().contains(folder + "byteorder") && asText(archive.read(folder + "byteorder").bytes) == "big")
    throw Error(ErrorKind::Unsupported, fmt::format("{}: it was written on a big-endian machine.", source));
  auto document = std::make_shared<PickleDocument>();
  const auto pickle = archive.read(folder + "data.pkl");
  PickleBuilder builder(*document, source);
  const uint32_t root = PickleMachine(pickle.bytes, builder).run();
  resolveTensors(
      *document,
      [&](const PickleDocument::Storage& storage) {
        return archive.read(fmt::format("{}data/{}", folder, storage.key));
      },
      source);
  return {std::move(document), root};
}

/// The storages behind the pickles of the older form: for each key of a list, the element count and the bytes.
std::map<std::string, ZipArchive::Content> legacyStorages(std::span<const std::byte> rest,
                                                          const PickleDocument& document, const PickleValue& keys,
                                                          const std::shared_ptr<const MappedFile>& file,
                                                          const std::string& source) {
  const auto fail = [&](const std::string& reason) {
    throw Error(ErrorKind::Corrupt, fmt::format("{}: {}.", source, reason));
  };
  std::map<std::string, const PickleDocument::Storage*> storages;
  for (const PickleDocument::Storage& storage : document.storages) storages[storage.key] = &storage;
  std::map<std::string, ZipArchive::Content> contents;
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::string key(keys.item(i).text().value_or(""));
    const auto storage = storages.find(key);
    if (storage == storages.end()) fail("its list of storages does not fit its contents");
    if (rest.size() < sizeof(uint64_t)) fail(fmt::format("it is cut off before the storage \"{}\"", key));
    const auto count = littleEndian<uint64_t>(rest);
    rest = rest.subspan(sizeof(uint64_t));
    const size_t size = byteSize(storage->second->dtype);
    if (count > rest.size() / size) fail(fmt::format("it is cut off within the storage \"{}\"", key));
    contents[key] = {rest.first(count * size), file};
    rest = rest.subspan(count * size);
  }
  return contents;
}

PickleValue readLegacy(const std::shared_ptr<const MappedFile>& file, const std::string& source) {
  auto document = std::make_shared<PickleDocument>();
  PickleBuilder builder(*document, source);
  auto rest = file->bytes();
  const auto next = [&] {
    PickleMachine machine(rest, builder);
    const uint32_t value = machine.run();
    rest = machine.rest();
    return value;
  };
  next();  // the magic number
  next();  // the version, 1001
  next();  // facts of the machine; little_endian is the only one that could matter
  const uint32_t root = next();
  const uint32_t keys = next();
  const auto contents = legacyStorages(rest, *document, PickleValue(document, keys), file, source);
  resolveTensors(
      *document,
      [&](const PickleDocument::Storage& storage) {
        const auto found = contents.find(storage.key);
        return found == contents.end() ? ZipArchive::Content{} : found->second;
      },
      source);
  return {std::move(document), root};
}

}  // namespace

bool looksLikeTorchFile(std::span<const std::byte> start) {
  return ZipArchive::looksLikeZip(start) || looksLegacy(start);
}

PickleValue readTorchFile(const std::filesystem::path& path) {
  const std::string source = fmt::format("\"{}\" is not a readable torch file", path.string());
  auto file = MappedFile::open(path);
  if (ZipArchive::looksLikeZip(file->bytes())) return readZip(std::move(file), source);
  if (looksLegacy(file->bytes())) return readLegacy(file, source);
  throw Error(ErrorKind::Unsupported, fmt::format("{}: it begins like no file of torch.", source));
}

}  // namespace lorikeet
