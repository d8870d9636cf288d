#pragma once
#include <QByteArray>
#include <QList>
#include <QString>

namespace lorikeet {

/// What a log held when it was read.
struct LogContents {
  QList<QByteArray> records;  ///< in the order in which they were written
  int damaged = 0;            ///< lines whose checksum is wrong
  bool cutOff = false;        ///< the last line is not whole: the writer was ended while it wrote
};

/// A file of records that survives a crash, a kill and a power cut: every record is one line with a checksum, at its
/// end once append() comes back, and on disk. Damaged lines are counted and left out when reading; they never take
/// others along. One writer at a time. All members throw Error(Io) with the file's path and the system's reason.
class DurableLog {
 public:
  explicit DurableLog(QString file) : file_(std::move(file)) {}
  ~DurableLog();
  DurableLog(const DurableLog&) = delete;
  DurableLog& operator=(const DurableLog&) = delete;

  /// Empty where there is no such file.
  static LogContents read(const QString& file);
  /// Records hold no line breaks. One that could not be written whole leaves the log as it was.
  void append(const QByteArray& record);
  /// Replaces everything; the old log stays as it is until the new one is complete on disk.
  void rewrite(const QList<QByteArray>& records);

 private:
  void open();
  [[noreturn]] void fail(int code) const;

  QString file_;
  int descriptor_ = -1;
};

/// Moves a file that cannot be used out of the way, to NAME.damaged-20250131-120000, and gives its new name; empty
/// where that did not work. Other files of the same moment are not replaced.
QString keepAside(const QString& file);
/// Makes a new or renamed entry of this folder durable, as far as the file system can.
void syncFolder(const QString& folder);

}  // namespace lorikeet
