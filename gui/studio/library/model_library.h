#pragma once
#include <lorikeet/model_info.h>

#include <QAbstractListModel>
#include <QFileSystemWatcher>
#include <QSize>
#include <QTimer>
#include <atomic>
#include <memory>
#include <vector>

#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// One model that can be chosen.
struct ModelEntry {
  QString path;  ///< empty: the starter model
  QString name;
  QString family;
  QSize nativeSize{512, 512};  ///< pixels
  qint64 byteSize = 0;
  QString problem;         ///< why it cannot be used; empty: it can
  QString nameInPictures;  ///< what the settings in pictures call it (ModelInfo::name)

  bool operator==(const ModelEntry&) const = default;
};

/// The models of a chosen folder (found by content, sub-folders included), the starter model and what was opened by
/// hand; one of them is current. The folder is scanned off the window's thread and again when it changes.
class ModelLibrary : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { PathRole = Qt::UserRole, FamilyRole, ProblemRole };

  explicit ModelLibrary(QObject* parent = nullptr);
  ~ModelLibrary() override;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

  const std::vector<ModelEntry>& entries() const { return entries_; }
  const ModelEntry& current() const { return current_; }
  /// Chooses a model by its path; one that is not in the list is added to it. An empty path is the starter model.
  void setCurrent(const QString& path);

  QString folder() const { return folder_; }
  void setFolder(const QString& folder);
  void rescan();
  bool isScanning() const { return scanning_; }

 signals:
  void currentChanged(const ModelEntry& model);
  void scanFinished();

 private:
  void show(std::vector<ModelEntry> found);
  const ModelEntry* find(const QString& path) const;
  void watchFolder();

  QString folder_;
  std::vector<ModelEntry> entries_;
  std::vector<QString> opened_;  ///< paths outside the folder
  ModelEntry current_;
  bool scanning_ = false;
  quint64 generation_ = 0;
  std::shared_ptr<std::atomic<bool>> cancelled_;
  QFileSystemWatcher watcher_;
  QTimer rescanDelay_;
  BackgroundQueue queue_;
};

/// Paths below a folder that hold a model, sorted, at most four folders deep. Gives up when `cancelled` becomes true.
std::vector<QString> findModels(const QString& folder, const std::atomic<bool>& cancelled);
/// Reads what is known of a model; a broken one comes back with its problem.
ModelEntry readModelEntry(const QString& path);

}  // namespace lorikeet
