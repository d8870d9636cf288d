#include "studio/jobs/queue_records.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <array>

#include "studio/settings/request_json.h"

namespace lorikeet {
namespace {

constexpr int kMaxAttempts = 1'000'000;

constexpr std::array<std::pair<QueueState, const char*>, 4> kStateNames{{{QueueState::Waiting, "waiting"},
                                                                         {QueueState::Running, "running"},
                                                                         {QueueState::Failed, "failed"},
                                                                         {QueueState::Stopped, "stopped"}}};

QLatin1String nameOf(QueueState state) {
  const auto* row = std::ranges::find(kStateNames, state, &std::pair<QueueState, const char*>::first);
  return QLatin1String(row->second);
}

QByteArray lineOf(const QJsonObject& json) { return QJsonDocument(json).toJson(QJsonDocument::Compact); }

QJsonObject recordOf(const char* kind, quint64 id) {
  return {{QStringLiteral("kind"), QLatin1String(kind)}, {QStringLiteral("id"), QString::number(id)}};
}

quint64 idOf(const QJsonValue& value) { return value.toString().toULongLong(); }

/// The state of a replay. Jobs stand in a list by their order; there are few of them.
class QueueReplay {
 public:
  void play(const QJsonObject& record) {
    const QString kind = record[u"kind"].toString();
    const quint64 id = idOf(record[u"id"]);
    if (kind == u"job") setJob(id, record);
    if (kind == u"state") setState(id, record);
    if (kind == u"removed") std::erase_if(contents.jobs, [id](const QueueJob& job) { return job.id == id; });
    if (kind == u"order") setOrder(record[u"ids"].toArray());
    if (kind == u"paused") contents.paused = record[u"value"].toBool();
  }

  QueueContents contents;

 private:
  void setJob(quint64 id, const QJsonObject& record) {
    const QByteArray request = record[u"request"].toString().toUtf8();
    if (id == 0 || request.isEmpty()) return;
    QueueJob* known = find(id);
    if (!known) known = &contents.jobs.emplace_back(QueueJob{id, {}, {}, {}, 0, {}});
    known->request = requestFromJson(request);
    known->place = {record[u"sweep"].toString(), record[u"cell"].toInt(-1), record[u"label"].toString()};
  }

  void setState(quint64 id, const QJsonObject& record) {
    QueueJob* job = find(id);
    if (!job) return;
    for (const auto& [state, name] : kStateNames)
      if (record[u"state"].toString() == QLatin1String(name)) job->state = state;
    job->message = record[u"message"].toString();
    job->attempts = std::clamp(record[u"attempts"].toInt(), 0, kMaxAttempts);
  }

  void setOrder(const QJsonArray& ids) {
    QHash<quint64, qsizetype> place;
    for (qsizetype i = 0; i < ids.size(); ++i) place.insert(idOf(ids[i]), i);
    std::ranges::stable_sort(contents.jobs, {},
                             [&place, last = ids.size()](const QueueJob& job) { return place.value(job.id, last); });
  }

  QueueJob* find(quint64 id) {
    const auto found = std::ranges::find(contents.jobs, id, &QueueJob::id);
    return found == contents.jobs.end() ? nullptr : &*found;
  }
};

}  // namespace

namespace queue_record {

QByteArray job(quint64 id, const GenerateRequest& request, const SweepPlace& place) {
  QJsonObject record = recordOf("job", id);
  record[u"request"] = QString::fromUtf8(toJson(request));  // as text: QJsonValue would round large seeds
  if (!place.sweep.isEmpty()) {
    record[u"sweep"] = place.sweep;
    record[u"cell"] = place.cell;
    record[u"label"] = place.label;
  }
  return lineOf(record);
}

QByteArray order(const std::vector<quint64>& ids) {
  QJsonArray list;
  for (const quint64 id : ids) list << QString::number(id);
  return lineOf({{QStringLiteral("kind"), QStringLiteral("order")}, {QStringLiteral("ids"), list}});
}

QByteArray state(const QueueJob& job) {
  QJsonObject record = recordOf("state", job.id);
  record[u"state"] = nameOf(job.state);
  record[u"message"] = job.message;
  record[u"attempts"] = job.attempts;
  return lineOf(record);
}

QByteArray removed(quint64 id) { return lineOf(recordOf("removed", id)); }

QByteArray paused(bool paused) {
  return lineOf({{QStringLiteral("kind"), QStringLiteral("paused")}, {QStringLiteral("value"), paused}});
}

}  // namespace queue_record

QList<QByteArray> toRecords(const QueueContents& contents) {
  QList<QByteArray> records;
  for (const QueueJob& job : contents.jobs) {
    records << queue_record::job(job.id, job.request, job.place);
    if (job.state != QueueState::Waiting || job.attempts > 0) records << queue_record::state(job);
  }
  if (contents.paused) records << queue_record::paused(true);
  return records;
}

QueueContents fromRecords(const QList<QByteArray>& records) {
  QueueReplay replay;
  for (const QByteArray& record : records) {
    const QJsonDocument document = QJsonDocument::fromJson(record);
    if (document.isObject()) replay.play(document.object());
  }
  return replay.contents;
}

}  // namespace lorikeet
