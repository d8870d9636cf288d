#include "studio/library/adapter_index.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace lorikeet {
namespace {

constexpr int kIndexVersion = 1;  ///< raised when what is read from files changes

/// The fields of an entry, named once: `visit(name, member)` for writing and for reading.
template <class Visit, class Adapter>
void visitAdapter(Visit& visit, Adapter& adapter) {
  visit("file", adapter.file);
  visit("size", adapter.byteSize);
  visit("modified", adapter.modified);
  visit("sidecarStamp", adapter.sidecarStamp);
  visit("other", adapter.contents.isOther);
  visit("problem", adapter.contents.problem);
  visit("family", adapter.contents.family);
  visit("formats", adapter.contents.formats);
  visit("title", adapter.contents.title);
  visit("outputName", adapter.contents.outputName);
  visit("shortHash", adapter.contents.shortHash);
  visit("triggers", adapter.contents.triggers);
  visit("sidecarTitle", adapter.sidecar.title);
  visit("description", adapter.sidecar.description);
  visit("notes", adapter.sidecar.notes);
  visit("sidecarFamily", adapter.sidecar.family);
  visit("sidecarTriggers", adapter.sidecar.triggers);
  visit("negativeText", adapter.sidecar.negativeText);
  visit("weight", adapter.sidecar.weight);
  visit("sidecarProblems", adapter.sidecar.problems);
}

class IndexWriter {
 public:
  void operator()(const char* name, const QString& text) {
    if (!text.isEmpty()) object_[QLatin1String(name)] = text;
  }
  void operator()(const char* name, const QStringList& list) {
    if (!list.isEmpty()) object_[QLatin1String(name)] = QJsonArray::fromStringList(list);
  }
  void operator()(const char* name, qint64 number) { object_[QLatin1String(name)] = QString::number(number); }
  void operator()(const char* name, bool flag) {
    if (flag) object_[QLatin1String(name)] = true;
  }
  void operator()(const char* name, const QDateTime& time) { operator()(name, time.toMSecsSinceEpoch()); }
  void operator()(const char* name, const std::optional<double>& number) {
    if (number) object_[QLatin1String(name)] = *number;
  }
  const QJsonObject& object() const { return object_; }

 private:
  QJsonObject object_;
};

class IndexReader {
 public:
  explicit IndexReader(const QJsonObject& object) : object_(object) {}

  void operator()(const char* name, QString& text) const { text = value(name).toString(); }
  void operator()(const char* name, QStringList& list) const {
    for (const QJsonValue item : value(name).toArray()) list << item.toString();
  }
  void operator()(const char* name, qint64& number) const { number = value(name).toString().toLongLong(); }
  void operator()(const char* name, bool& flag) const { flag = value(name).toBool(); }
  void operator()(const char* name, QDateTime& time) const {
    time = QDateTime::fromMSecsSinceEpoch(value(name).toString().toLongLong());
  }
  void operator()(const char* name, std::optional<double>& number) const {
    if (value(name).isDouble()) number = value(name).toDouble();
  }

 private:
  QJsonValue value(const char* name) const { return object_[QLatin1String(name)]; }
  const QJsonObject& object_;
};

}  // namespace

KnownAdapters readAdapterIndex(const QString& name) {
  KnownAdapters known;
  QFile file(name);
  if (!file.open(QIODevice::ReadOnly)) return known;
  const QJsonObject root = QJsonDocument::fromJson(file.readAll()).object();
  if (root[u"version"].toInt() != kIndexVersion) return known;
  for (const QJsonValue value : root[u"adapters"].toArray()) {
    const QJsonObject object = value.toObject();
    LibraryAdapter adapter;
    const IndexReader reader(object);
    visitAdapter(reader, adapter);
    adapter.contents.isRead = true;
    if (!adapter.file.isEmpty()) known.insert(adapter.file, adapter);
  }
  return known;
}

void writeAdapterIndex(const QString& name, const KnownAdapters& adapters) {
  QJsonArray list;
  for (const LibraryAdapter& adapter : adapters) {
    if (!adapter.contents.isRead) continue;
    IndexWriter writer;
    visitAdapter(writer, adapter);
    list << writer.object();
  }
  const QJsonObject root{{QStringLiteral("version"), kIndexVersion}, {QStringLiteral("adapters"), list}};
  QDir().mkpath(QFileInfo(name).absolutePath());
  QSaveFile file(name);
  if (file.open(QIODevice::WriteOnly) && file.write(QJsonDocument(root).toJson(QJsonDocument::Compact)) >= 0)
    file.commit();
}

}  // namespace lorikeet
