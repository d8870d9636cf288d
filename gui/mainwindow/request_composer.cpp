#include "mainwindow/request_composer.h"

#include "generate/generate_panel.h"
#include "studio/jobs/convert.h"

namespace lorikeet {

GenerateRequest RequestComposer::request() const { return filled(form_.request()); }

GenerateRequest RequestComposer::nextRequest() { return filled(form_.nextRequest()); }

void RequestComposer::show(const GenerateRequest& request) {
  studio_.models.setCurrent(pathToQString(request.model));
  form_.setRequest(request);
  form_.setSeedLocked(true);
  for (RequestPart* part : parts_) part->show(request);
}

void RequestComposer::restore() {
  const GenerateRequest request = studio_.settings.request();
  form_.setRequest(request);
  form_.setSeedLocked(studio_.settings.seedLocked());
  for (RequestPart* part : parts_) part->show(request);
}

void RequestComposer::remember() const {
  studio_.settings.setRequest(request());
  studio_.settings.setSeedLocked(form_.isSeedLocked());
}

GenerateRequest RequestComposer::filled(GenerateRequest request) const {
  for (const RequestPart* part : parts_) part->fill(request);
  if (!request.init.empty()) request.hires = HiresOptions();  // the second pass is for pictures from text
  return request;
}

}  // namespace lorikeet
