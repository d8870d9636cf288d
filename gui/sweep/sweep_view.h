#pragma once
#include <QWidget>

#include "studio/sweep/sweep_session.h"

namespace lorikeet {

/// The grid of a sweep as it fills: labels, pictures, and what the missing ones wait for. A cell is chosen with a click
/// or the arrow keys, and used with a double click or Return.
class SweepView : public QWidget {
  Q_OBJECT
 public:
  explicit SweepView(const SweepSession& session, QWidget* parent = nullptr);

  /// The number of the chosen cell in the plan; -1: none.
  int current() const { return current_; }
  void setCurrent(int cell);
  /// Where a cell is drawn.
  QRect rectOf(int cell) const;
  QSize sizeHint() const override;

 public slots:
  /// The sweep changed.
  void follow();

 signals:
  void currentChanged();
  void activated();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  struct Layout {
    int left = 0;
    int top = 0;
    QSize cell;
  };
  Layout layoutFor(QSize size) const;
  QRect placeOf(const Layout& layout, int column, int row) const;
  void paintLabels(QPainter& painter, const Layout& layout) const;
  void paintCell(QPainter& painter, const QRect& place, int cell) const;
  QString textOf(int cell) const;
  int cellAt(QPoint position) const;
  int cellIn(int column, int row) const;

  const SweepSession& session_;
  QString shown_;  ///< the sweep that is shown
  int current_ = -1;
};

}  // namespace lorikeet
