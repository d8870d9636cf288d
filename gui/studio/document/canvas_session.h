#pragma once
#include <QLockFile>
#include <QString>
#include <memory>

namespace lorikeet {

/// The folder in which one running program autosaves its canvas. Locked while it is in use, so that a second program
/// takes a folder of its own; one that was left by a crash is taken over with what is in it.
class CanvasSession {
 public:
  /// Takes the first free of parentFolder/1, parentFolder/2 ... The default parent is canvas/ in the app data folder.
  /// folder() is empty where none can be locked (no disk, no permission): then there is no autosave.
  explicit CanvasSession(const QString& parentFolder = defaultParent());

  const QString& folder() const { return folder_; }
  static QString defaultParent();

 private:
  QString folder_;
  std::unique_ptr<QLockFile> lock_;
};

}  // namespace lorikeet
