#include "studio/history/picture_store.h"

#include <lorikeet/error.h>
#include <lorikeet/picture_io.h>

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

struct Saved {
  QString file;
  QString message;
  QString details;
};

template <class Work>
Saved attempt(Work work) {
  try {
    return {work(), {}, {}};
  } catch (const Error& error) {
    return {{}, toQString(error.what()), toQString(error.details())};
  } catch (const std::exception& error) {
    return {{}, PictureStore::tr("The picture could not be saved."), toQString(error.what())};
  }
}

PictureText textFor(const SessionResult& result, const QImage& image, bool writeInfotext, FileHashes& hashes) {
  if (!writeInfotext) return {};
  const PictureFacts facts =
      factsOf(result.request, image.width(), image.height(), result.modelName.toStdString(), hashes);
  return {toInfotext(result.request, 0, facts), true};
}

int nextNumber(const QDir& folder) {
  int last = 0;
  const QStringList names =
      folder.entryList({QStringLiteral("*.png"), QStringLiteral("*.jpg"), QStringLiteral("*.webp")}, QDir::Files);
  for (const QString& name : names) last = std::max(last, name.section(QLatin1Char('-'), 0, 0).toInt());
  return last + 1;
}

QString fileName(int number, const SessionResult& result, const QString& end) {
  const QString words = fileNameWords(toQString(result.request.prompt));
  return QStringLiteral("%1-%2%3.%4")
      .arg(number, 4, 10, QLatin1Char('0'))
      .arg(words.isEmpty() ? QString() : words + QLatin1Char('-'))
      .arg(result.request.seed)
      .arg(end);
}

}  // namespace

QString fileNameWords(const QString& prompt) {
  static const QRegularExpression weight(QStringLiteral(":[0-9.]+\\)"));
  static const QRegularExpression other(QStringLiteral("[^\\p{L}\\p{N}]+"));
  constexpr qsizetype kMaxLength = 40;
  QString words = prompt.left(400).remove(weight).replace(other, QStringLiteral("-")).toLower();
  while (words.startsWith(QLatin1Char('-'))) words.remove(0, 1);
  if (words.size() > kMaxLength) words = words.left(kMaxLength).section(QLatin1Char('-'), 0, -2);
  while (words.endsWith(QLatin1Char('-'))) words.chop(1);
  return words;
}

QString savePicture(const SessionResult& result, const QImage& image, const SaveOptions& options, QDate day,
                    FileHashes& hashes) {
  const QDir folder(QDir(options.folder).filePath(day.toString(Qt::ISODate)));
  if (!folder.mkpath(QStringLiteral(".")))
    throw Error(ErrorKind::Io, PictureStore::tr("The picture could not be saved: the folder %1 cannot be made.")
                                   .arg(folder.path())
                                   .toStdString());
  const QString draft = folder.filePath(
      QStringLiteral(".%1-%2.%3").arg(result.made.toMSecsSinceEpoch()).arg(result.id).arg(options.fileEnd));
  savePicture(toPath(draft), fromQImage(image), textFor(result, image, options.writeInfotext, hashes));
  for (int number = nextNumber(folder); number < 1'000'000; ++number) {
    QString file = folder.filePath(fileName(number, result, options.fileEnd));
    if (QFile::rename(draft, file)) return file;  // never replaces a file, also not another program's
    if (!QFile::exists(file)) break;
  }
  QFile::remove(draft);
  throw Error(ErrorKind::Io,
              PictureStore::tr("The picture could not be saved in %1.").arg(folder.path()).toStdString());
}

void PictureStore::save(const SessionResult& result, const SaveOptions& options) {
  queue_.run(
      [result, options, &hashes = hashes_] {
        return attempt([&] { return savePicture(result, result.image, options, result.made.date(), hashes); });
      },
      [this, id = result.id](const Saved& saved) {
        if (saved.file.isEmpty()) {
          emit failed(id, saved.message, saved.details);
        } else {
          emit this->saved(id, saved.file);
        }
      });
}

void PictureStore::saveAs(const SessionResult& result, const QImage& image, const QString& file, bool writeInfotext) {
  queue_.run(
      [result, image, file, writeInfotext, &hashes = hashes_] {
        return attempt([&] {
          savePicture(toPath(file), fromQImage(image), textFor(result, image, writeInfotext, hashes));
          return file;
        });
      },
      [this, id = result.id](const Saved& saved) {
        if (saved.file.isEmpty()) {
          emit failed(id, saved.message, saved.details);
        } else {
          emit savedAs(id, saved.file);
        }
      });
}

}  // namespace lorikeet
