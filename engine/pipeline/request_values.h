#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "lorikeet/request.h"

namespace lorikeet {

/// The JSON form of a request (lorikeet/request_json.h) as a value. Throws Error(InvalidArgument) for a picture that is
/// in memory alone.
nlohmann::ordered_json requestToValue(const GenerateRequest& request);

/// Sets the fields that the object has. Each one that is unknown or cannot be read adds a sentence to `problems`.
void readRequestValue(const nlohmann::ordered_json& object, GenerateRequest& request,
                      std::vector<std::string>& problems);

}  // namespace lorikeet
