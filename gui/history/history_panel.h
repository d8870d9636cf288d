#pragma once
#include <QTimer>
#include <QWidget>
#include <vector>

#include "studio/history/history_model.h"

class QFrame;
class QLabel;
class QLineEdit;
class QToolButton;

namespace lorikeet {

class ActionTable;
class HistoryFilters;
class HistoryView;

/// The history with its search field and filters, and a bar that offers to bring back what went to the trash.
class HistoryPanel : public QWidget {
  Q_OBJECT
 public:
  HistoryPanel(PictureHistory& history, const QString& thumbnailFolder, const ActionTable& actions,
               QWidget* parent = nullptr);

  HistoryView* view() const { return view_; }
  HistoryModel& model() { return model_; }
  void focusSearch();

  QSize sizeHint() const override { return {600, 116}; }

 private:
  QWidget* makeBar(const ActionTable& actions);
  QFrame* makeTrashBar(const ActionTable& actions);
  void connectHistory();
  void search();
  void showCount(int count);
  void showProgress(int done, int total);

  PictureHistory& history_;
  HistoryModel model_;
  QLineEdit* search_ = nullptr;
  QToolButton* filterButton_ = nullptr;
  QLabel* count_ = nullptr;
  QLabel* progress_ = nullptr;
  QLabel* trashText_ = nullptr;
  QFrame* trashBar_ = nullptr;
  HistoryFilters* filters_ = nullptr;
  HistoryView* view_ = nullptr;
  QTimer choicesDelay_;
};

}  // namespace lorikeet
