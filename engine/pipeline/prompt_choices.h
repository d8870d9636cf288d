#pragma once
#include <vector>

#include "lorikeet/request.h"

namespace lorikeet {

/// Throws what requestOfPicture() would throw for any picture of the request, so that a mistake is found before the
/// first one is made; so are the adapters that prompts name.
void checkChoices(const GenerateRequest& request);

/// The adapters that the prompt of a picture names beside those of its stack. Throws like adaptersInPrompt().
std::vector<AdapterUse> adaptersOfPicture(const GenerateRequest& picture);

}  // namespace lorikeet
