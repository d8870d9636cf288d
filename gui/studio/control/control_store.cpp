#include "studio/control/control_store.h"

#include <lorikeet/error.h>
#include <lorikeet/request.h>

#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QSet>
#include <algorithm>
#include <tuple>

#include "studio/document/picture_file.h"
#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

const QString kUnitsFile = QStringLiteral("units.json");

QJsonObject unitToJson(const ControlEntry& entry, const QString& ownFile) {
  const ControlUnit& unit = entry.unit;
  return {{QStringLiteral("enabled"), entry.enabled},
          {QStringLiteral("type"), toQString(name(unit.type))},
          {QStringLiteral("mode"), toQString(name(unit.mode))},
          {QStringLiteral("model"), pathToQString(unit.model)},
          {QStringLiteral("picture"), pathToQString(unit.picture.file)},
          {QStringLiteral("own_picture"), ownFile},
          {QStringLiteral("scale"), unit.scale},
          {QStringLiteral("start"), unit.start},
          {QStringLiteral("end"), unit.end},
          {QStringLiteral("low"), unit.canny.lowThreshold},
          {QStringLiteral("high"), unit.canny.highThreshold},
          {QStringLiteral("lines_network"), pathToQString(unit.lines.network)},
          {QStringLiteral("lines_score"), unit.lines.score},
          {QStringLiteral("lines_length"), unit.lines.length}};
}

double within(const QJsonObject& json, const char* key, double low, double high, double otherwise) {
  const double value = json[QLatin1String(key)].toDouble(otherwise);
  return value >= low && value <= high ? value : otherwise;
}

/// What is missing or out of range becomes the default.
ControlEntry entryFromJson(const QJsonObject& json) {
  ControlEntry entry;
  ControlUnit& unit = entry.unit;
  entry.enabled = json[u"enabled"].toBool(true);
  try {
    unit.type = controlTypeFromName(json[u"type"].toString().toStdString());
    unit.mode = controlModeFromName(json[u"mode"].toString().toStdString());
  } catch (const Error&) {
    return entry;
  }
  unit.model = toPath(json[u"model"].toString());
  unit.scale = within(json, "scale", 0, 2, unit.scale);
  unit.start = within(json, "start", 0, 1, unit.start);
  unit.end = within(json, "end", 0, 1, unit.end);
  if (unit.start >= unit.end) std::tie(unit.start, unit.end) = std::pair(0.0, 1.0);
  constexpr double kMaxThreshold = 2000;
  unit.canny.lowThreshold = within(json, "low", 0, kMaxThreshold, unit.canny.lowThreshold);
  unit.canny.highThreshold = within(json, "high", 0, kMaxThreshold, unit.canny.highThreshold);
  unit.lines.network = toPath(json[u"lines_network"].toString());
  unit.lines.score = within(json, "lines_score", 0, 1, unit.lines.score);
  unit.lines.length = within(json, "lines_length", 0, 1000, unit.lines.length);
  return entry;
}

/// Empty, or why it failed.
QString writeFile(const QString& path, const QByteArray& bytes) {
  QSaveFile file(path);
  const bool written = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
  return written ? QString() : file.errorString();
}

QByteArray pngOf(const QImage& picture) {
  constexpr int kFast = 85;  // Qt's quality that means zlib level 1
  QBuffer png;
  png.open(QIODevice::WriteOnly);
  picture.save(&png, "png", kFast);
  return png.data();
}

void removeOthers(const QString& folder, const QSet<QString>& used) {
  QDir dir(folder);
  for (const QString& file : dir.entryList({QStringLiteral("*.png")}, QDir::Files))
    if (!used.contains(file)) dir.remove(file);
}

}  // namespace

ControlStore::ControlStore(const QString& folder, QObject* parent)
    : QObject(parent), folder_(folder.isEmpty() ? QString() : folder + QStringLiteral("/control")), queue_(this) {
  constexpr int kDelayMs = 300;
  soon_.setSingleShot(true);
  soon_.setInterval(kDelayMs);
  connect(&soon_, &QTimer::timeout, this, &ControlStore::write);
}

ControlStore::~ControlStore() { finish(); }

void ControlStore::finish() {
  if (soon_.isActive()) write();
  queue_.finish();
}

std::vector<ControlEntry> ControlStore::load() {
  std::vector<ControlEntry> entries;
  QFile file(QDir(folder_).filePath(kUnitsFile));
  if (folder_.isEmpty() || !file.open(QIODevice::ReadOnly)) return entries;
  QSet<QString> used;
  for (const QJsonValue value : QJsonDocument::fromJson(file.readAll()).array()) {
    const QJsonObject json = value.toObject();
    ControlEntry entry = entryFromJson(json);
    const QString own = json[u"own_picture"].toString();
    const QString from = json[u"picture"].toString();
    try {
      if (!own.isEmpty()) setPictureOf(entry, readPicture(QDir(folder_).filePath(own)));
      if (own.isEmpty() && !from.isEmpty()) setPictureOf(entry, readPicture(from), from);
    } catch (const Error&) {  // gone or broken: the unit asks for another one
    }
    if (!own.isEmpty()) {
      used << own;
      names_[entry.picture.cacheKey()] = own;
      last_ = std::max(last_, own.section(QLatin1Char('.'), 0, 0).toInt());
    }
    entries.push_back(entry);
  }
  removeOthers(folder_, used);
  return entries;
}

QString ControlStore::nameFor(const QImage& picture) {
  const QString known = names_.value(picture.cacheKey());
  return known.isEmpty() ? QStringLiteral("%1.png").arg(++last_) : known;
}

void ControlStore::save(const std::vector<ControlEntry>& entries) {
  if (folder_.isEmpty()) return;
  pending_ = entries;
  soon_.start();
}

void ControlStore::write() {
  soon_.stop();
  QJsonArray units;
  std::vector<std::pair<QString, QImage>> pictures;
  for (const ControlEntry& entry : pending_) {
    QString own;
    if (entry.unit.picture.pixels) {
      own = nameFor(entry.picture);
      if (!names_.contains(entry.picture.cacheKey())) pictures.emplace_back(own, entry.picture);
      names_[entry.picture.cacheKey()] = own;
    }
    units.append(unitToJson(entry, own));
  }
  const auto work = [folder = folder_, pictures, json = QJsonDocument(units).toJson()]() -> QString {
    if (!QDir().mkpath(folder)) return tr("Its folder cannot be made.");
    for (const auto& [name, picture] : pictures) {
      QString reason = writeFile(QDir(folder).filePath(name), pngOf(picture));
      if (!reason.isEmpty()) return reason;
    }
    return writeFile(QDir(folder).filePath(kUnitsFile), json);
  };
  queue_.run(work, [this](const QString& reason) {
    if (!reason.isEmpty()) emit problem(tr("The control units are not kept: %1").arg(reason));
  });
}

}  // namespace lorikeet
