#include <lorikeet/adapter_tags.h>
#include <lorikeet/error.h>
#include <lorikeet/file_hashes.h>
#include <lorikeet/prompt.h>
#include <lorikeet/starter_parts.h>

#include <algorithm>
#include <set>

#include "pipeline/infotext_text.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

/// Calls a hash function; empty for files that are gone or broken by now.
template <class Hash>
std::string hashOrNothing(Hash hash) {
  try {
    return hash();
  } catch (const Error&) {
    return {};
  }
}

void addHash(PictureFacts::Hashes& hashes, const std::string& name, const std::string& hash) {
  const std::pair entry(name, hash);
  if (!hash.empty() && std::find(hashes.begin(), hashes.end(), entry) == hashes.end()) hashes.push_back(entry);
}

/// The stack, and what the prompt names.
std::vector<AdapterUse> adaptersOf(const GenerateRequest& picture) {
  std::vector<AdapterUse> adapters = picture.adapters;
  try {
    for (AdapterUse& use : adaptersInPrompt(picture.prompt, picture.prompting.adapterFolders))
      adapters.push_back(std::move(use));
  } catch (const Error&) {
    // The folder was changed after the picture was made.
  }
  return adapters;
}

/// The files of the textual inversions that may be named, by name.
std::map<std::string, fs::path> embeddingFiles(const GenerateRequest& picture) {
  std::map<std::string, fs::path> files;
  for (const fs::path& file : picture.embeddings) files.emplace(inspectEmbedding(file).name, file);
  if (const fs::path folder = embeddingFolderOf(picture); !folder.empty())
    for (const EmbeddingInfo& info : listEmbeddings(folder)) files.emplace(info.name, info.path);
  return files;
}

void addEmbeddings(const GenerateRequest& picture, FileHashes& hashes, PictureFacts& facts) {
  if (picture.embeddings.empty() && embeddingFolderOf(picture).empty()) return;
  std::set<std::string> used;
  for (const PromptRole role : {PromptRole::Positive, PromptRole::Negative})
    for (const std::string& name : readPrompt(picture, role).embeddings) used.insert(name);
  if (used.empty()) return;
  const auto files = embeddingFiles(picture);
  for (const std::string& name : used)
    if (const auto file = files.find(name); file != files.end())
      addHash(facts.embeddingHashes, name, hashOrNothing([&] { return hashes.embedding(file->second); }));
}

}  // namespace

PictureFacts factsOf(const GenerateRequest& picture, int width, int height, const std::string& modelName,
                     FileHashes& hashes) {
  PictureFacts facts;
  facts.width = width;
  facts.height = height;
  facts.modelName = modelName;
  facts.modelHash = hashOrNothing([&] { return hashes.model(picture.model); });
  for (const AdapterUse& use : adaptersOf(picture))
    if (use.enabled)
      addHash(facts.adapterHashes, bareName(use.file).stem().string(),
              hashOrNothing([&] { return hashes.adapter(use.file); }));
  try {
    addEmbeddings(picture, hashes, facts);
  } catch (const Error&) {
    // The folder went away after the picture was made.
  }
  return facts;
}

}  // namespace lorikeet
