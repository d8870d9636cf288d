#pragma once
#include <filesystem>

#include "lorikeet/request.h"

namespace lorikeet {

/// The ControlNet that comes with the starter model and knows Canny edges; empty where it is not installed.
std::filesystem::path starterControlNet();

/// The adapters that come with the starter model, looked in after the default folder by a person who chose none; empty
/// where they are not installed.
std::filesystem::path starterAdapterFolder();

/// The model that a path means: itself, or the starter model where it is empty.
/// Throws Error(NotFound) where it is empty and there are no resources.
std::filesystem::path starterIfEmpty(const std::filesystem::path& model);

/// The starter model with the UNet that sees a mask and what is around it, a diffusers folder whose other parts are
/// links to the starter's; empty where it is not installed.
std::filesystem::path starterInpainting();

/// The model of a request: the one that it names; else the starter, or, where a request paints under a mask, the
/// starter for that. A soft mask, whose shares only the base's latents can follow, is the base's.
/// Throws Error(NotFound) where there are no resources.
std::filesystem::path modelOf(const GenerateRequest& request);

/// The textual inversions that come with the starter model, offered to a person who chose no folder of their own; empty
/// where they are not installed.
std::filesystem::path starterEmbeddingFolder();

/// The folder whose textual inversions a request's prompts may name: its own, or the starter's where it has none and
/// is for the starter model. Empty: there is none.
std::filesystem::path embeddingFolderOf(const GenerateRequest& request);

/// The ControlNet of a unit: the one that it names; where it names none and the request is for the starter model, the
/// starter's own for units that show it edges (canny, map). Empty: there is none.
std::filesystem::path controlNetOf(const GenerateRequest& request, const ControlUnit& unit);

}  // namespace lorikeet
