#pragma once
#include <QWidget>

namespace lorikeet {

class AdapterStackModel;

/// The textual inversions that prompts may name: a click on a name puts it into the prompt, the cross takes it away.
class EmbeddingBar : public QWidget {
  Q_OBJECT
 public:
  explicit EmbeddingBar(AdapterStackModel& model, QWidget* parent = nullptr);

 signals:
  void wordClicked(const QString& word);

 private:
  void rebuild();
  QWidget* makeChip(const QString& file);

  AdapterStackModel& model_;
  QWidget* chips_;
};

}  // namespace lorikeet
