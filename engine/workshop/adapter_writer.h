#pragma once
#include <filesystem>
#include <span>

#include "workshop/adapter_draft.h"
#include "workshop/form_module.h"
#include "workshop/model_names.h"

namespace lorikeet {

/// Writes a draft in a form, complete or not at all. Returns counts and notes. Throws Error(Io), Error(Unsupported) for
/// what the form cannot hold, Error(InvalidArgument) for a name that does not suit the form and for a Peft folder that
/// is there already.
WorkshopResult writeAdapter(const AdapterDraft& draft, AdapterForm form, const ModelNames& names,
                            const std::filesystem::path& output);

/// Throws Error(InvalidArgument) if the output is one of the inputs or lies in one of them.
void requireApart(const std::filesystem::path& output, std::span<const std::filesystem::path> inputs);

}  // namespace lorikeet
