#pragma once
#include <QByteArray>
#include <QList>

#include "studio/jobs/queue_job.h"

namespace lorikeet {

/// The lines of the queue's journal: each is one change, as JSON. Requests must have their pictures in files.
namespace queue_record {
/// A job that is new or was edited. A new one goes to the end.
QByteArray job(quint64 id, const GenerateRequest& request, const SweepPlace& place = {});
QByteArray order(const std::vector<quint64>& ids);
QByteArray state(const QueueJob& job);
QByteArray removed(quint64 id);
QByteArray paused(bool paused);
}  // namespace queue_record

/// The shortest list of records that gives these contents.
QList<QByteArray> toRecords(const QueueContents& contents);
/// Plays records back. What makes no sense (an unknown kind, a job that is not there) is left out, never an error.
QueueContents fromRecords(const QList<QByteArray>& records);

}  // namespace lorikeet
