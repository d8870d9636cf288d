#include "studio/history/history_files.h"

#include <lorikeet/picture_io.h>
#include <lorikeet/picture_settings.h>

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include "studio/adapters/adapter_tag.h"
#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

QString sayFile(const char* text) { return QCoreApplication::translate("lorikeet::PictureHistory", text); }

constexpr qint64 kHeaderBytes = 1 << 18;  ///< enough for the sizes in any header

/// The names in A1111's <lora:name:weight> and <lyco:...>, which Lorikeet writes as well.
QStringList adapterNames(const QString& prompt) {
  QStringList names;
  for (auto found = adapterTagBegin().globalMatch(prompt); found.hasNext();)
    names << found.next().captured(1).trimmed();
  names.removeDuplicates();
  return names;
}

void readSize(const QString& name, HistoryEntry& entry) {
  QFile file(name);
  if (!file.open(QIODevice::ReadOnly))
    throw Error(ErrorKind::Io, QStringLiteral("Cannot read \"%1\".").arg(name).toStdString());
  const QByteArray head = file.read(kHeaderBytes);
  const PictureInfo info =
      inspectPicture({reinterpret_cast<const uint8_t*>(head.constData()), size_t(head.size())}, name.toStdString());
  entry.width = info.width;
  entry.height = info.height;
}

}  // namespace

HistoryEntry readHistoryEntry(const QString& name) {
  const QFileInfo info(name);
  HistoryEntry entry;
  entry.file = info.absoluteFilePath();
  entry.made = info.lastModified();
  entry.byteSize = info.size();
  readSize(name, entry);
  const std::optional<PictureSettings> settings = readPictureSettings(toPath(name));
  if (!settings) return entry;
  entry.prompt = toQString(settings->prompt);
  entry.negativePrompt = toQString(settings->negativePrompt);
  entry.model = toQString(settings->model);
  entry.sampler = toQString(settings->sampler);
  entry.adapters = adapterNames(entry.prompt);
  return entry;
}

QStringList pictureFilesBelow(const QStringList& folders) {
  QStringList files;
  for (const QString& folder : folders) {
    QDirIterator found(
        folder, {QStringLiteral("*.png"), QStringLiteral("*.jpg"), QStringLiteral("*.jpeg"), QStringLiteral("*.webp")},
        QDir::Files, QDirIterator::Subdirectories);
    while (found.hasNext()) files << QFileInfo(found.next()).absoluteFilePath();
  }
  files.removeDuplicates();
  return files;
}

QString moveToTrash(const QString& file) {
  QString trashFile;
  if (!QFile::exists(file))
    throw Error(ErrorKind::NotFound, sayFile("The file %1 is no longer there.").arg(file).toStdString());
  if (!QFile::moveToTrash(file, &trashFile) || trashFile.isEmpty())
    throw Error(
        ErrorKind::Io,
        sayFile("The picture %1 cannot be moved to the trash; it was left where it is.").arg(file).toStdString());
  return trashFile;
}

void restoreFromTrash(const QString& trashFile, const QString& file) {
  if (!QFile::exists(trashFile))
    throw Error(ErrorKind::NotFound, sayFile("The picture %1 is no longer in the trash.").arg(file).toStdString());
  QDir().mkpath(QFileInfo(file).absolutePath());
  if (!QFile::rename(trashFile, file))
    throw Error(ErrorKind::Io, sayFile("The picture cannot be put back to %1.").arg(file).toStdString());
  const QFileInfo info(trashFile);  // the note beside it, by the freedesktop.org trash specification
  QFile::remove(QStringLiteral("%1/../info/%2.trashinfo").arg(info.absolutePath(), info.fileName()));
}

}  // namespace lorikeet
