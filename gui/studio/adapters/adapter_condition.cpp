#include "studio/adapters/adapter_condition.h"

#include <lorikeet/error.h>

#include "studio/jobs/convert.h"

namespace lorikeet {

AdapterCondition examineAdapter(const std::filesystem::path& file, const std::filesystem::path& model) {
  AdapterCondition condition;
  try {
    condition.info = std::make_shared<AdapterInfo>(inspectAdapter(file, model));
    condition.state = AdapterCondition::State::Ready;
    if (!condition.info->warnings.empty()) {
      condition.state = AdapterCondition::State::Warning;
      condition.sentence = toQString(condition.info->warnings.front());
    }
  } catch (const std::exception& error) {
    condition.state = AdapterCondition::State::Problem;
    condition.sentence = toQString(error.what());
  }
  if (condition.info) return condition;
  try {  // one that does not fit this model still has a name, trigger words and a report
    condition.info = std::make_shared<AdapterInfo>(inspectAdapter(file));
  } catch (const std::exception&) {
    condition.info.reset();
  }
  return condition;
}

}  // namespace lorikeet
