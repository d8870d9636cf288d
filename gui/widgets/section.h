#pragma once
#include <QWidget>

class QLabel;
class QToolButton;

namespace lorikeet {

/// A part of a form that is folded away until it is wanted. Its title stays, and beside it in a word what differs from
/// the usual, so that nothing hidden decides a picture.
class Section : public QWidget {
  Q_OBJECT
 public:
  explicit Section(const QString& title, QWidget* parent = nullptr);

  /// What is folded away; becomes a child.
  void setContent(QWidget* content);
  void setSummary(const QString& summary);
  QString summary() const;
  bool isOpen() const;
  void setOpen(bool open);

 private:
  QToolButton* title_;
  QLabel* summary_;
  QWidget* content_ = nullptr;
};

}  // namespace lorikeet
