#pragma once
#include <lorikeet/file_kind.h>

#include <QObject>
#include <QPointer>
#include <functional>
#include <map>
#include <vector>

#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// One thing that was handed to the window.
struct DroppedFile {
  QString path;
  FileKind kind = FileKind::Picture;
  bool hasSettings = false;  ///< a picture that says how it was made
};

/// Finds out what dropped files are, by their content and off the window's thread, and hands them to whoever takes that
/// kind. A feature says so once, in its controller:
///
///   studio.drops.addTaker(FileKind::Picture, this, [this](const std::vector<DroppedFile>& files) { open(files); });
///
/// All takers of a kind are called, in the order in which they came; one call brings every file of that kind from one
/// drop. What nobody takes, and what cannot be read or used, is said in one sentence by refused(). A folder that is
/// neither a model nor an adapter stands for the files in it.
class DropDispatcher : public QObject {
  Q_OBJECT
 public:
  using Taker = std::function<void(const std::vector<DroppedFile>& files)>;

  explicit DropDispatcher(QObject* parent = nullptr);
  ~DropDispatcher() override;

  /// `taker` is called in the window's thread as long as `owner` lives.
  void addTaker(FileKind kind, QObject* owner, Taker taker);
  /// Files and folders by their paths. Answers at once; takers are called when the files are recognised.
  void drop(const QStringList& paths);
  bool isBusy() const { return pending_ > 0; }

 signals:
  /// One sentence for the message bar, and a line for each file where there are several.
  void refused(const QString& sentence, const QString& details);

 private:
  struct Recognised {
    std::vector<DroppedFile> files;
    QStringList problems;
  };
  struct Owned {
    QPointer<QObject> owner;
    Taker taker;
  };
  static Recognised recognise(const QStringList& paths, const std::atomic<bool>& cancelled);
  void handOut(const Recognised& found);
  /// False where nobody is left for the kind.
  bool handOut(FileKind kind, const std::vector<DroppedFile>& files);

  std::multimap<FileKind, Owned> takers_;
  int pending_ = 0;
  std::atomic<bool> cancelled_ = false;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
