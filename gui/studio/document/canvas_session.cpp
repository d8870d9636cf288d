#include "studio/document/canvas_session.h"

#include <QDir>
#include <QStandardPaths>

namespace lorikeet {
namespace {
constexpr int kMaxSessions = 64;
}

CanvasSession::CanvasSession(const QString& parentFolder) {
  for (int i = 1; i <= kMaxSessions; ++i) {
    const QString folder = QStringLiteral("%1/%2").arg(parentFolder).arg(i);
    if (!QDir().mkpath(folder)) return;
    auto lock = std::make_unique<QLockFile>(folder + QStringLiteral("/lock"));
    lock->setStaleLockTime(0);  // a lock is stale only when its program is gone
    if (lock->tryLock(0)) {
      lock_ = std::move(lock);
      folder_ = folder;
      return;
    }
    if (lock->error() != QLockFile::LockFailedError) return;
  }
}

QString CanvasSession::defaultParent() {
  return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/canvas");
}

}  // namespace lorikeet
