#include "studio/jobs/prompt_reader.h"

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

PromptReading readingOf(const GenerateRequest& request, PromptRole role) {
  PromptReading reading;
  reading.prompt = toQString(role == PromptRole::Positive ? request.prompt : request.negativePrompt);
  try {
    reading.report = readPrompt(request, role);
  } catch (const std::exception& error) {
    reading.problem = toQString(error.what());
  }
  return reading;
}

}  // namespace

PromptReader::PromptReader(PromptRole role, QObject* parent) : QObject(parent), role_(role), queue_(this) {
  constexpr int kDelayMs = 150;
  delay_.setSingleShot(true);
  delay_.setInterval(kDelayMs);
  connect(&delay_, &QTimer::timeout, this, &PromptReader::read);
}

void PromptReader::setRequest(const GenerateRequest& request) {
  if (request == request_ && generation_ > 0) return;
  request_ = request;
  delay_.start();
}

void PromptReader::read() {
  queue_.clear();
  const quint64 generation = ++generation_;
  queue_.run([request = request_, role = role_] { return readingOf(request, role); },
             [this, generation](const PromptReading& reading) {
               if (generation == generation_) emit done(reading);
             });
}

}  // namespace lorikeet
