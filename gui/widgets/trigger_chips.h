#pragma once
#include <QWidget>

class QToolButton;

namespace lorikeet {

/// Words that an adapter reacts to, as buttons: a click puts one into the prompt. Shows the first few and a button for
/// the rest.
class TriggerChips : public QWidget {
  Q_OBJECT
 public:
  explicit TriggerChips(QWidget* parent = nullptr);

  void setWords(const QStringList& words);
  const QStringList& words() const { return words_; }

 signals:
  void wordClicked(const QString& word);

 private:
  void rebuild();
  QToolButton* addChip(const QString& text, const QString& toolTip);

  QStringList words_;
  bool all_ = false;
};

}  // namespace lorikeet
