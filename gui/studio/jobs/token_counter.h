#pragma once
#include <lorikeet/engine.h>

#include <QObject>
#include <QTimer>
#include <optional>

#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// Counts a prompt's tokens a moment after the last change, off the window's thread.
class TokenCounter : public QObject {
  Q_OBJECT
 public:
  explicit TokenCounter(QObject* parent = nullptr);

  void setModel(const std::filesystem::path& model);
  void setPrompt(const QString& prompt);

 signals:
  /// Nothing where the model's tokenizer could not be read.
  void counted(const std::optional<TokenCount>& count);

 private:
  void count();

  std::filesystem::path model_;
  QString prompt_;
  QTimer delay_;
  quint64 generation_ = 0;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
