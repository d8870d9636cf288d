#pragma once
#include <QListView>

class QMenu;

namespace lorikeet {

class AdapterListModel;
struct LibraryAdapter;

/// The adapters of the library below each other. Return or a double click puts the marked ones into the stack, Space
/// makes them favourites, F2 shows notes and weight, typing goes on in the search field; rows can be dragged out as
/// files.
class LibraryView : public QListView {
  Q_OBJECT
 public:
  explicit LibraryView(AdapterListModel& model, QWidget* parent = nullptr);

  /// Said in the middle where no row is shown.
  void setEmptyText(const QString& text);
  /// The adapter that has the focus; null where none has.
  const LibraryAdapter* current() const;
  QStringList selectedFiles() const;

 signals:
  void addWanted(const QStringList& files);
  /// Text for the prompt: trigger words or a tag.
  void insertWanted(const QString& text);
  void favouriteToggled(const QStringList& files);
  void detailsWanted();
  void folderWanted(const QString& file);
  void reportWanted(const QString& file);
  void rescanWanted();
  /// A letter was typed, or the search is wanted again.
  void searchWanted(const QString& typed);
  void currentAdapterChanged();

 protected:
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void startDrag(Qt::DropActions actions) override;

 private:
  void fillMenu(QMenu& menu, const LibraryAdapter& adapter);
  /// After another answer the same adapter is current again.
  void keepCurrent();

  AdapterListModel& library_;
  QString emptyText_;
  QString currentFile_;
};

}  // namespace lorikeet
