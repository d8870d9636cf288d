#pragma once
#include "lorikeet/request.h"

namespace lorikeet {

/// Throws what requestOfPicture() would throw for any picture of the request, so that a mistake is found before the
/// first one is made.
void checkChoices(const GenerateRequest& request);

}  // namespace lorikeet
