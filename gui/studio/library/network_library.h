#pragma once
#include <lorikeet/file_kind.h>

#include <QObject>
#include <atomic>
#include <memory>
#include <vector>

#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// A ControlNet, an upscaler or another network beside the model that can be chosen.
struct NetworkEntry {
  QString path;
  QString name;

  bool operator==(const NetworkEntry&) const = default;
};

/// The networks of one kind in the model folder, found by content with sub-folders included and off the window's
/// thread, and those that were added by hand.
class NetworkLibrary : public QObject {
  Q_OBJECT
 public:
  explicit NetworkLibrary(FileKind kind, QObject* parent = nullptr);
  ~NetworkLibrary() override;

  const std::vector<NetworkEntry>& entries() const { return entries_; }
  void setFolder(const QString& folder);
  void rescan();
  /// Adds one from elsewhere. It is not looked into: the job says what is wrong with it.
  void add(const QString& path);

 signals:
  void changed();

 private:
  void show(const QStringList& found);

  FileKind kind_;
  QString folder_;
  QStringList opened_;  ///< paths outside the folder
  std::vector<NetworkEntry> entries_;
  quint64 generation_ = 0;
  std::shared_ptr<std::atomic<bool>> cancelled_;
  BackgroundQueue queue_;
};

/// Paths below a folder that hold a network of this kind, sorted, at most four folders deep. Gives up when `cancelled`
/// is true.
QStringList findNetworks(FileKind kind, const QString& folder, const std::atomic<bool>& cancelled);
/// What to call it: the file's name, or the folder's for names that say nothing.
QString networkName(const QString& path);

}  // namespace lorikeet
