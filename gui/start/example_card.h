#pragma once
#include <QAbstractButton>

#include "studio/library/examples.h"

namespace lorikeet {

/// A picture with its prompt under it; a click makes it.
class ExampleCard : public QAbstractButton {
  Q_OBJECT
 public:
  explicit ExampleCard(const Example& example, QWidget* parent = nullptr);

  const Example& example() const { return example_; }
  QSize sizeHint() const override;
  /// The room under the picture.
  int captionHeight() const;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void enterEvent(QEnterEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  Example example_;
};

}  // namespace lorikeet
