#pragma once
#include <QWidget>

#include "studio/library/adapter_list_model.h"

class QLabel;
class QLineEdit;
class QMenu;
class QSplitter;
class QStackedWidget;
class QToolButton;

namespace lorikeet {

class ActionTable;
class LibraryDetails;
class LibraryView;

/// The library of adapters: a search field, filters, the list, and what is known of the marked one.
class LibraryPanel : public QWidget {
  Q_OBJECT
 public:
  LibraryPanel(AdapterLibrary& library, const QString& thumbnailFolder, const ActionTable& actions,
               QWidget* parent = nullptr);

  AdapterListModel& model() { return model_; }
  LibraryView* view() const { return view_; }
  void focusSearch();
  /// A short line under the list.
  void setNote(const QString& text);

  QSize sizeHint() const override { return {320, 320}; }

 signals:
  void insertWanted(const QString& text);
  void folderRemoved(const QString& folder);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* makeBar(const ActionTable& actions);
  QWidget* makeEmptyPage(const ActionTable& actions);
  void makeFilterMenu();
  void fillFilterMenu();
  void fillFolderMenu(const ActionTable& actions);
  void connectView();
  void setDetailsShown(bool shown);
  void toggleFavourites(const QStringList& files);
  void change(const AdapterQuery& query);
  void showState();

  AdapterLibrary& library_;
  AdapterListModel model_;
  QLineEdit* search_ = nullptr;
  QToolButton* favourites_ = nullptr;
  QToolButton* filter_ = nullptr;
  QMenu* folderMenu_ = nullptr;
  QStackedWidget* pages_;
  QSplitter* splitter_;
  LibraryView* view_;
  LibraryDetails* details_;
  QLabel* note_;
};

}  // namespace lorikeet
