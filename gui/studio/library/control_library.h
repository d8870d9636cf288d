#pragma once
#include <QObject>
#include <atomic>
#include <memory>
#include <vector>

#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// A ControlNet that can be chosen.
struct ControlNetEntry {
  QString path;
  QString name;

  bool operator==(const ControlNetEntry&) const = default;
};

/// The ControlNets of the model folder, found by content with sub-folders included and off the window's thread, and
/// those that were added by hand.
class ControlLibrary : public QObject {
  Q_OBJECT
 public:
  explicit ControlLibrary(QObject* parent = nullptr);
  ~ControlLibrary() override;

  const std::vector<ControlNetEntry>& entries() const { return entries_; }
  void setFolder(const QString& folder);
  void rescan();
  /// Adds one from elsewhere. It is not looked into: the job says what is wrong with it.
  void add(const QString& path);

 signals:
  void changed();

 private:
  void show(const QStringList& found);

  QString folder_;
  QStringList opened_;  ///< paths outside the folder
  std::vector<ControlNetEntry> entries_;
  quint64 generation_ = 0;
  std::shared_ptr<std::atomic<bool>> cancelled_;
  BackgroundQueue queue_;
};

/// Paths below a folder that hold a ControlNet, sorted, at most four folders deep. Gives up when `cancelled` is true.
QStringList findControlNets(const QString& folder, const std::atomic<bool>& cancelled);
/// What to call it: the file's name, or the folder's for names that say nothing.
QString controlNetName(const QString& path);

}  // namespace lorikeet
