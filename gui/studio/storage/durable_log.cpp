#include "studio/storage/durable_log.h"

#include <fcntl.h>
#include <lorikeet/error.h>
#include <unistd.h>

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <cerrno>
#include <cstring>

namespace lorikeet {
namespace {

constexpr int kChecksumDigits = 16;

QByteArray checksumOf(const QByteArray& record) {
  return QCryptographicHash::hash(record, QCryptographicHash::Sha1).toHex().left(kChecksumDigits);
}

QByteArray lineOf(const QByteArray& record) {
  Q_ASSERT(!record.contains('\n'));
  return checksumOf(record) + ' ' + record + '\n';
}

bool writeAll(int descriptor, const QByteArray& bytes) {
  qsizetype done = 0;
  while (done < bytes.size()) {
    const ssize_t written = ::write(descriptor, bytes.constData() + done, size_t(bytes.size() - done));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    done += written;
  }
  return true;
}

}  // namespace

DurableLog::~DurableLog() {
  if (descriptor_ >= 0) close(descriptor_);
}

LogContents DurableLog::read(const QString& name) {
  LogContents contents;
  QFile file(name);
  if (!file.exists()) return contents;
  if (!file.open(QIODevice::ReadOnly))
    throw Error(ErrorKind::Io, QStringLiteral("Cannot read \"%1\": %2.").arg(name, file.errorString()).toStdString());
  const QByteArray bytes = file.readAll();
  qsizetype begin = 0;
  while (begin < bytes.size()) {
    const qsizetype end = bytes.indexOf('\n', begin);
    if (end < 0) {
      contents.cutOff = true;
      break;
    }
    const QByteArray line = bytes.mid(begin, end - begin);
    const QByteArray record = line.mid(kChecksumDigits + 1);
    const bool isWhole = line.size() > kChecksumDigits && line[kChecksumDigits] == ' ' &&
                         line.left(kChecksumDigits) == checksumOf(record);
    if (isWhole) {
      contents.records << record;
    } else {
      ++contents.damaged;
    }
    begin = end + 1;
  }
  if (contents.cutOff && contents.records.isEmpty()) ++contents.damaged;  // no log at all, or its very first line
  return contents;
}

void DurableLog::append(const QByteArray& record) {
  open();
  const off_t before = lseek(descriptor_, 0, SEEK_END);
  if (writeAll(descriptor_, lineOf(record)) && fdatasync(descriptor_) == 0) return;
  const int code = errno;
  if (before < 0 || ftruncate(descriptor_, before) != 0) {  // a torn line is left out when reading
    close(descriptor_);
    descriptor_ = -1;
  }
  fail(code);
}

void DurableLog::rewrite(const QList<QByteArray>& records) {
  const QString folder = QFileInfo(file_).absolutePath();
  if (!QDir().mkpath(folder)) fail(errno);
  QSaveFile fresh(file_);
  bool written = fresh.open(QIODevice::WriteOnly);
  for (const QByteArray& record : records) written = written && fresh.write(lineOf(record)) >= 0;
  if (!written || !fresh.commit())  // commit() flushes to disk before it renames
    throw Error(ErrorKind::Io,
                QStringLiteral("Cannot write \"%1\": %2.").arg(file_, fresh.errorString()).toStdString());
  syncFolder(folder);
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
}

void DurableLog::open() {
  if (descriptor_ >= 0) return;
  const QString folder = QFileInfo(file_).absolutePath();
  if (!QDir().mkpath(folder)) fail(errno);
  const bool isNew = !QFile::exists(file_);
  descriptor_ = ::open(QFile::encodeName(file_).constData(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail(errno);
  if (isNew) syncFolder(folder);
  const off_t size = lseek(descriptor_, 0, SEEK_END);
  char last = '\n';
  if (size > 0 && pread(descriptor_, &last, 1, size - 1) == 1 && last != '\n' && !writeAll(descriptor_, "\n"))
    fail(errno);  // ends a torn line, so that the next record is not lost with it
}

void DurableLog::fail(int code) const {
  throw Error(
      ErrorKind::Io,
      QStringLiteral("Cannot write \"%1\": %2.").arg(file_, QString::fromLocal8Bit(std::strerror(code))).toStdString());
}

QString keepAside(const QString& file) {
  const QString stem =
      file + QStringLiteral(".damaged-") + QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
  QString target = stem;
  for (int i = 2; QFile::exists(target) && i < 100; ++i) target = QStringLiteral("%1-%2").arg(stem).arg(i);
  return QFile::rename(file, target) ? target : QString();
}

void syncFolder(const QString& folder) {
  const int descriptor = ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace lorikeet
