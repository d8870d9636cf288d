#include "generate/request_section.h"

#include <QSignalBlocker>

namespace lorikeet {

void RequestSection::showRequest(const GenerateRequest& request) {
  {
    const QSignalBlocker quiet(this);
    showValues(request);
  }
  showSummary();
  if (!summary().isEmpty()) setOpen(true);
}

void RequestSection::noteChange() {
  showSummary();
  emit changed();
}

void RequestSection::showSummary() {
  GenerateRequest request;
  fill(request);
  setSummary(summaryOf(request));
}

}  // namespace lorikeet
