#pragma once
#include <QFrame>

class QLabel;
class QPlainTextEdit;
class QToolButton;

namespace lorikeet {

/// One sentence above the work, without stopping it: what went wrong or was done, more lines on request, gone with a
/// click or Esc.
class MessageBar : public QFrame {
  Q_OBJECT
 public:
  enum class Kind { Info, Warning, Error };

  explicit MessageBar(QWidget* parent = nullptr);

  void showMessage(Kind kind, const QString& sentence, const QString& details = {});
  QString text() const;
  QString details() const;

 public slots:
  void dismiss();

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void setDetailsShown(bool shown);

  QLabel* icon_;
  QLabel* text_;
  QToolButton* detailsButton_;
  QToolButton* closeButton_;
  QPlainTextEdit* details_;
};

}  // namespace lorikeet
