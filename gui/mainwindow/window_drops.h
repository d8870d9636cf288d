#pragma once
#include <QObject>
#include <QStringList>

class QMimeData;
class QWidget;

namespace lorikeet {

class MessageBar;
class Studio;

/// Lets files be dropped anywhere on the window: over fields that would take their names as text as well, but not over
/// parts that accept them themselves. Shows that they are welcome and hands them to the DropDispatcher, whose sentences
/// it puts into the message bar. A dropped model becomes the current one.
class WindowDrops : public QObject {
  Q_OBJECT
 public:
  WindowDrops(Studio& studio, MessageBar& messages, QWidget* window);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void setWelcomeShown(bool shown);

  Studio& studio_;
  QWidget* window_;
  QWidget* welcome_;
};

/// The local files and folders of a drag, empty if it brings none.
QStringList localFilesOf(const QMimeData* data);

}  // namespace lorikeet
