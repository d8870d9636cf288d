#include "studio/styles/style_library.h"

#include <lorikeet/error.h>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <QStandardPaths>
#include <QTimer>
#include <algorithm>

#include "studio/styles/styles_csv.h"

namespace lorikeet {
namespace {

QString userStylesFile() {
  const QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
  return QDir(folder).filePath(QStringLiteral("lorikeet/styles.json"));
}

/// Complete or not at all.
void writeWhole(const QString& path, const QByteArray& bytes) {
  QDir().mkpath(QFileInfo(path).absolutePath());
  QSaveFile file(path);
  if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit()) return;
  throw Error(ErrorKind::Io,
              StyleLibrary::tr("\"%1\" could not be written: %2.").arg(path, file.errorString()).toStdString());
}

QString summaryOf(const PromptStyle& style) {
  QStringList lines;
  if (!style.prompt.isEmpty()) lines << style.prompt;
  if (!style.negativePrompt.isEmpty()) lines << StyleLibrary::tr("Not: %1").arg(style.negativePrompt);
  if (style.settings.any()) lines << StyleLibrary::tr("Sets parameters as well");
  return lines.join(u'\n').left(600);
}

}  // namespace

StyleLibrary::StyleLibrary(const QString& file, QObject* parent)
    : QAbstractListModel(parent), file_(file.isEmpty() ? userStylesFile() : file) {
  load();
}

int StyleLibrary::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(styles_.size()); }

QVariant StyleLibrary::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const PromptStyle& style = styles_[size_t(index.row())];
  if (role == Qt::DisplayRole) return style.name;
  if (role == Qt::ToolTipRole) return summaryOf(style);
  return {};
}

int StyleLibrary::find(const QString& name) const {
  const auto found = std::ranges::find(styles_, name, &PromptStyle::name);
  return found == styles_.end() ? -1 : int(found - styles_.begin());
}

int StyleLibrary::add(PromptStyle style) {
  style.name = freeName(style.name.trimmed());
  const int row = rowCount();
  beginInsertRows({}, row, row);
  styles_.push_back(std::move(style));
  endInsertRows();
  save();
  return row;
}

void StyleLibrary::replace(int row, const PromptStyle& style) {
  PromptStyle& target = styles_.at(size_t(row));
  PromptStyle wanted = style;
  wanted.name = wanted.name.trimmed();
  if (wanted.name.isEmpty()) wanted.name = target.name;
  if (wanted.name != target.name) wanted.name = freeName(wanted.name);
  if (wanted == target) return;
  target = std::move(wanted);
  emit dataChanged(index(row), index(row));
  save();
}

void StyleLibrary::remove(int row) {
  beginRemoveRows({}, row, row);
  styles_.erase(styles_.begin() + row);
  endRemoveRows();
  save();
}

void StyleLibrary::move(int from, int to) {
  if (from == to || from < 0 || to < 0 || from >= rowCount() || to >= rowCount()) return;
  beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
  PromptStyle style = std::move(styles_[size_t(from)]);
  styles_.erase(styles_.begin() + from);
  styles_.insert(styles_.begin() + to, std::move(style));
  endMoveRows();
  save();
}

int StyleLibrary::importCsv(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly))
    throw Error(ErrorKind::Io, tr("\"%1\" could not be read: %2.").arg(path, file.errorString()).toStdString());
  const std::vector<PromptStyle> read = readStylesCsv(file.readAll());
  QHash<QString, qsizetype> rows;
  for (const PromptStyle& style : styles_) rows.insert(style.name, qsizetype(rows.size()));
  const auto isKnown = [&](const PromptStyle& style) {
    const auto row = rows.constFind(style.name);
    if (row == rows.constEnd()) return false;
    const PromptStyle& known = styles_[size_t(*row)];
    return known.prompt == style.prompt && known.negativePrompt == style.negativePrompt;
  };
  const size_t before = styles_.size();
  beginResetModel();
  for (PromptStyle style : read) {
    if (isKnown(style)) continue;
    const QString base = style.name;
    for (int number = 2; rows.contains(style.name) && !isKnown(style); ++number)
      style.name = QStringLiteral("%1 %2").arg(base).arg(number);
    if (rows.contains(style.name)) continue;  // taken over under its number before
    rows.insert(style.name, qsizetype(styles_.size()));
    styles_.push_back(std::move(style));
  }
  endResetModel();
  save();
  return int(styles_.size() - before);
}

void StyleLibrary::exportCsv(const QString& path) const { writeWhole(path, writeStylesCsv(styles_)); }

void StyleLibrary::load() {
  QFile file(file_);
  if (!file.exists()) return;
  const bool opened = file.open(QIODevice::ReadOnly);
  const QJsonDocument json = opened ? QJsonDocument::fromJson(file.readAll()) : QJsonDocument();
  if (json.isObject() && json.object()[u"styles"].isArray()) {
    for (const QJsonValue value : json.object()[u"styles"].toArray()) {
      PromptStyle style = styleFromJson(value.toObject());
      if (!style.name.isEmpty() && find(style.name) < 0) styles_.push_back(std::move(style));
    }
    return;
  }
  file.close();
  const QString aside =
      file_ + QStringLiteral(".broken-%1").arg(QDateTime::currentDateTime().toString(u"yyyyMMdd-HHmmss"));
  mayWrite_ = QFile::rename(file_, aside);
  problem_ = mayWrite_ ? tr("Your styles could not be read; the file is kept as \"%1\".").arg(aside)
                       : tr("Your styles in \"%1\" could not be read; changes will not be kept.").arg(file_);
  QTimer::singleShot(0, this, [this] { emit failed(problem_); });
}

void StyleLibrary::save() {
  if (!mayWrite_) return;
  QJsonArray list;
  for (const PromptStyle& style : styles_) list.append(toJson(style));
  QJsonObject document;
  document[u"version"] = 1;
  document[u"styles"] = list;
  try {
    writeWhole(file_, QJsonDocument(document).toJson());
  } catch (const Error& error) {
    emit failed(QString::fromUtf8(error.what()));
  }
}

QString StyleLibrary::freeName(const QString& name) const {
  const QString base = name.isEmpty() ? tr("New style") : name;
  QString result = base;
  for (int number = 2; find(result) >= 0; ++number) result = QStringLiteral("%1 %2").arg(base).arg(number);
  return result;
}

}  // namespace lorikeet
