#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lorikeet {

/// The modules of one network in two spellings: canonical (diffusers, transformers) and original (latent-diffusion,
/// OpenCLIP). A tensor belongs to the module that is the longest dotted beginning of its name in the table; what
/// follows
/// ("weight", "transformer_blocks.0.attn1.to_q.weight") is the same in both spellings. Nothing is guessed.
class NameTable {
 public:
  using Modules = std::map<std::string, std::string, std::less<>>;

  void add(std::string canonicalModule, std::string originalModule);

  /// The other spelling of a tensor or module; empty if no module of the table begins its name.
  std::optional<std::string> toCanonical(std::string_view originalName) const;
  std::optional<std::string> toOriginal(std::string_view canonicalName) const;

  /// Original module by canonical module.
  const Modules& modules() const { return original_; }

 private:
  Modules canonical_;
  Modules original_;
};

}  // namespace lorikeet
