#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "lorikeet/adapter_use.h"

namespace lorikeet {

/// The library folder of a person who chose none: lorikeet/adapters in $XDG_DATA_HOME or ~/.local/share. It need not
/// exist.
std::filesystem::path defaultAdapterFolder();

/// An adapter that a prompt may name: <lora:NAME:0.8>.
struct NamedAdapter {
  std::string name;              ///< of the file without its extension, or of the folder
  std::filesystem::path file;    ///< a file, or the folder of an adapter that is kept as one (PEFT, diffusers)
  std::filesystem::path folder;  ///< the library folder below which it lies

  /// Where it lies below the library folder, without its extension: "styles/ink".
  std::string place() const { return (file.lexically_relative(folder).parent_path() / name).string(); }

  bool operator==(const NamedAdapter&) const = default;
};
/// The adapters of library folders (none: the default one) and those below them, by folder and then by path, told by
/// their file names alone: a folder of thousands is listed in milliseconds. Links to folders are followed, each folder
/// once. Throws Error(NotFound | Io). Safe on any thread.
std::vector<NamedAdapter> listAdapters(const std::vector<std::filesystem::path>& folders);

/// The adapters that a prompt names with A1111's tags, looked up in library folders (none: the default one, then the
/// starter model's):
/// <lora:name>, <lora:name:weight>, <lora:name:text encoder weight:unet weight>, te= and unet= for either, and
/// <lyco:...>. NAME is, in this order: the path below a folder, the file's name, each with or without extension; or
/// what the adapter was made as ("ss_output_name"), as in A1111, where no file has the name. Of equal paths below
/// several folders the first counts. The tags stay in the prompt; they are no text to the encoder. Throws
/// Error(NotFound) with the nearest names for an adapter that is not there, Error(InvalidArgument) for a name that
/// several files have or a weight out of range, Error(Unsupported) for <hypernet:...>. Safe on any thread.
std::vector<AdapterUse> adaptersInPrompt(const std::string& prompt, const std::vector<std::filesystem::path>& folders);

/// A stack as A1111 writes it behind a prompt: " <lora:name:weight>" for each adapter that is on, with two weights the
/// text encoder's first. Blocks and steps have no place there.
std::string adapterTags(const std::vector<AdapterUse>& adapters);

}  // namespace lorikeet
