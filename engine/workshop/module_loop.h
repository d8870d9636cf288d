#pragma once
#include <cstdint>
#include <string>

#include "core/function_ref.h"
#include "lorikeet/workshop.h"

namespace lorikeet {

/// Does something for each of many modules, spread over threads, with progress. Throws Stopped when the control's token
/// asks for it. Tasks take a second at most and poll the token themselves where they take longer than 0.1 s.
void forEachModule(const WorkshopControl& control, int64_t count, FunctionRef<std::string(int64_t index)> nameOf,
                   FunctionRef<void(int64_t index)> task);

}  // namespace lorikeet
