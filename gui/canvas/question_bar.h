#pragma once
#include <QWidget>
#include <functional>

class QLabel;
class QPushButton;

namespace lorikeet {

/// A row that asks one question without stopping the work: a sentence, the offer, and a way out.
class QuestionBar : public QWidget {
  Q_OBJECT
 public:
  explicit QuestionBar(QWidget* parent = nullptr);
  void ask(const QString& sentence, const QString& offer, std::function<void()> accepted);
  QString text() const;

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QLabel* text_;
  QPushButton* offer_;
  std::function<void()> accepted_;
};

}  // namespace lorikeet
