#include "studio/jobs/token_counter.h"

namespace lorikeet {

TokenCounter::TokenCounter(QObject* parent) : QObject(parent), queue_(this) {
  delay_.setSingleShot(true);
  delay_.setInterval(180);
  connect(&delay_, &QTimer::timeout, this, &TokenCounter::count);
}

void TokenCounter::setModel(const std::filesystem::path& model) {
  model_ = model;
  delay_.start();
}

void TokenCounter::setPrompt(const QString& prompt) {
  prompt_ = prompt;
  delay_.start();
}

void TokenCounter::count() {
  queue_.clear();
  const quint64 generation = ++generation_;
  queue_.run(
      [model = model_, prompt = prompt_.toStdString()]() -> std::optional<TokenCount> {
        try {
          return countTokens(model, prompt);
        } catch (const std::exception&) {
          return std::nullopt;  // the job itself will say what is wrong with the model
        }
      },
      [this, generation](std::optional<TokenCount> result) {
        if (generation == generation_) emit counted(result);
      });
}

}  // namespace lorikeet
