#pragma once
#include <QScrollArea>

namespace lorikeet {

/// A scroll area for a panel in a dock: scrolls up and down only and is never narrower than the panel needs.
class ColumnScrollArea : public QScrollArea {
  Q_OBJECT
 public:
  explicit ColumnScrollArea(QWidget* content, QWidget* parent = nullptr);

  QSize minimumSizeHint() const override;
  QSize sizeHint() const override;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace lorikeet
