#pragma once
#include <QHash>
#include <QObject>
#include <QTimer>
#include <vector>

#include "studio/control/control_entry.h"
#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// Keeps the control units in a folder over a restart: units.json, and a PNG for each picture that is no file. Written
/// off the window's thread a moment after they change; a file is complete or not there at all.
class ControlStore : public QObject {
  Q_OBJECT
 public:
  /// An empty folder keeps nothing.
  explicit ControlStore(const QString& folder, QObject* parent = nullptr);
  ~ControlStore() override;

  /// What was kept; units whose picture is gone come without one.
  std::vector<ControlEntry> load();
  /// Soon; several changes in a row are written once.
  void save(const std::vector<ControlEntry>& entries);
  /// Waits until everything is on disk.
  void finish();

 signals:
  void problem(const QString& sentence);

 private:
  void write();
  QString nameFor(const QImage& picture);

  QString folder_;
  QHash<qint64, QString> names_;  ///< of pictures that are on disk, by their cache key
  int last_ = 0;
  std::vector<ControlEntry> pending_;
  QTimer soon_;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
