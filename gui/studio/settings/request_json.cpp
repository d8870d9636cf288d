#include "studio/settings/request_json.h"

#include <lorikeet/request_json.h>

namespace lorikeet {
namespace {

bool isValid(const GenerateRequest& request) {
  try {
    validate(request);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

QByteArray toJson(const GenerateRequest& request) { return QByteArray::fromStdString(toRequestJson(request)); }

GenerateRequest requestFromJson(const QByteArray& text) {
  GenerateRequest request;
  try {
    std::vector<std::string> problems;  // what does not read keeps its default
    request = readRequestJson(text.toStdString(), {}, &problems);
  } catch (const Error&) {
    return {};
  }
  if (isValid(request)) return request;
  GenerateRequest safe;
  safe.prompt = request.prompt;
  safe.negativePrompt = request.negativePrompt;
  safe.model = request.model;
  return safe;
}

}  // namespace lorikeet
