#pragma once
#include <QListView>
#include <vector>

namespace lorikeet {

class ActionTable;
class HistoryModel;

/// The pictures of the history in a grid: click a star or press 0 to 5 to rate, drag pictures out as files; Space
/// compares, Return takes the settings, Del moves to the trash, Ctrl+Z brings back.
class HistoryView : public QListView {
  Q_OBJECT
 public:
  HistoryView(HistoryModel& model, const ActionTable& actions, QWidget* parent = nullptr);

  /// In the order of the list.
  std::vector<qint64> selectedPictures() const;
  /// What an empty list says.
  void setEmptyText(const QString& text);

  QSize sizeHint() const override { return {600, 116}; }
  QSize minimumSizeHint() const override { return {110, 72}; }

 signals:
  void selectionWasChanged();
  void ratingWanted(const std::vector<qint64>& ids, int stars);
  void problem(const QString& sentence);

 protected:
  void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void startDrag(Qt::DropActions actions) override;

 private:
  QMenu* makeStarsMenu(QWidget* parent);

  HistoryModel& history_;
  const ActionTable& actions_;
  QString emptyText_;
};

}  // namespace lorikeet
