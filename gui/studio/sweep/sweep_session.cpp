#include "studio/sweep/sweep_session.h"

#include <lorikeet/engine.h>
#include <lorikeet/picture_io.h>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QSaveFile>
#include <algorithm>

#include "studio/jobs/convert.h"
#include "studio/sweep/sweep_picture.h"

namespace lorikeet {
namespace {

constexpr int kThumbnailSide = SessionResults::kThumbnailSize;

QImage readThumbnail(const QString& file) {
  QImageReader reader(file);
  reader.setAutoTransform(true);
  const QSize size = reader.size();
  if (size.isValid() && std::max(size.width(), size.height()) > kThumbnailSide)
    reader.setScaledSize(size.scaled(kThumbnailSide, kThumbnailSide, Qt::KeepAspectRatio));
  return reader.read();
}

QString writeRecord(const QString& file, const SweepRecord& record, const PictureVault& vault) {
  try {
    SweepRecord stored = record;
    stored.base = vault.withFiles(record.base);
    QDir().mkpath(QFileInfo(file).path());
    QSaveFile target(file);
    const QByteArray json = toJson(stored);
    if (target.open(QIODevice::WriteOnly) && target.write(json) == json.size() && target.commit()) return {};
    return target.errorString();
  } catch (const std::exception& error) {
    return toQString(error.what());
  }
}

/// Saves the grid beside the first of its pictures; its file, or why it could not be saved.
std::pair<QString, QString> writeGrid(const SweepPlan& plan, const SweepRecord& record, const QString& modelName,
                                      FileHashes* hashes) {
  try {
    const auto first = std::ranges::find_if(record.files, [](const QString& file) { return !file.isEmpty(); });
    const QImage grid = drawSweepGrid(plan, record.files);
    if (first == record.files.end() || grid.isNull())
      return {{}, SweepSession::tr("The grid was not made: none of its pictures can be read.")};
    PictureText text;
    if (hashes) {
      const QSize size = QImageReader(*first).size();
      const PictureFacts facts = factsOf(record.base, size.width(), size.height(), modelName.toStdString(), *hashes);
      text = {sweepInfotext(record.base, record.x, record.y, facts), true};
    }
    const QString file = QFileInfo(*first).dir().filePath(QStringLiteral("sweep-%1.png").arg(record.id));
    savePicture(toPath(file), fromQImage(grid), text);
    return {file, {}};
  } catch (const std::exception& error) {
    return {{}, toQString(error.what())};
  }
}

/// The model's name as its pictures carry it; empty where it cannot be read.
QString nameOfModel(const std::filesystem::path& model) {
  try {
    return toQString(inspectModel(model).name);
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace

SweepSession::SweepSession(JobQueue& queue, const SessionResults& results, FileHashes& hashes, const QString& folder,
                           QObject* parent)
    : QObject(parent),
      jobs_(queue),
      results_(results),
      hashes_(hashes),
      file_(QDir(folder).filePath(QStringLiteral("sweep.json"))),
      vault_(QDir(folder).filePath(QStringLiteral("pictures"))),
      queue_(this) {
  connect(&jobs_, &JobQueue::changed, this, &SweepSession::follow);
}

void SweepSession::open() {
  QFile file(file_);
  if (!isEmpty() || !file.open(QIODevice::ReadOnly)) return;
  const std::optional<SweepRecord> record = sweepFromJson(file.readAll());
  if (!record) return;
  try {
    plan_ = planSweep(record->base, record->x, record->y);
  } catch (const Error&) {
    return;  // an adapter's range or the like was different then
  }
  record_ = *record;
  record_.files.resize(qsizetype(plan_.cells.size()));
  pictures_.assign(plan_.cells.size(), {});
  for (size_t i = 0; i < pictures_.size(); ++i) {
    QString& made = record_.files[qsizetype(i)];
    if (!QFileInfo::exists(made)) made.clear();
    pictures_[i].file = made;
    if (!made.isEmpty()) pictures_[i].state = SweepCellState::Done;
  }
  if (!QFileInfo::exists(record_.grid)) record_.grid.clear();
  loadThumbnails();
  follow();
  if (record_.grid.isEmpty()) finishIfComplete();
  emit changed();
}

void SweepSession::start(const GenerateRequest& base, const SweepAxis& x, const std::optional<SweepAxis>& y) {
  SweepPlan plan = planSweep(base, x, y);
  stop();
  plan_ = std::move(plan);
  record_ = {QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-hhmmss-zzz")), base, x, y, {}, {}};
  record_.files.resize(qsizetype(plan_.cells.size()));
  pictures_.assign(plan_.cells.size(), {});
  savingGrid_ = false;
  write();
  for (size_t cell = 0; cell < pictures_.size(); ++cell) add(cell);
  jobs_.setPaused(false);
  emit changed();
}

void SweepSession::add(size_t cell) {
  pictures_[cell] = {};
  pictures_[cell].state = SweepCellState::Waiting;
  jobs_.add(plan_.cells[cell].request, {record_.id, int(cell), toQString(plan_.labelOf(plan_.cells[cell]))});
}

void SweepSession::stop() {
  if (isEmpty()) return;
  std::vector<quint64> waiting;
  quint64 running = 0;
  for (int row = 0; row < jobs_.rowCount(); ++row) {
    const QueueJob& job = jobs_.at(row);
    if (job.place.sweep != record_.id) continue;
    job.state == QueueState::Running ? void(running = job.id) : waiting.push_back(job.id);
  }
  for (const quint64 id : waiting) jobs_.remove(id);
  if (running != 0) jobs_.remove(running);  // last, so that none of the others begins
}

void SweepSession::resume() {
  if (isActive()) return;
  stop();  // failed jobs begin as new ones
  for (size_t cell = 0; cell < pictures_.size(); ++cell)
    if (pictures_[cell].state == SweepCellState::Missing || pictures_[cell].state == SweepCellState::Failed) add(cell);
  jobs_.setPaused(false);
  emit changed();
}

int SweepSession::count(SweepCellState state) const {
  return int(std::ranges::count(pictures_, state, &SweepPicture::state));
}

double SweepSession::secondsLeft() const {
  double seconds = 0;
  for (size_t i = 0; i < pictures_.size(); ++i)
    if (pictures_[i].state == SweepCellState::Waiting || pictures_[i].state == SweepCellState::Running)
      seconds += jobs_.secondsOf(plan_.cells[i].request);
  return seconds;
}

double SweepSession::secondsOf(const SweepPlan& plan) const {
  double seconds = 0;
  for (const SweepCell& cell : plan.cells) seconds += jobs_.secondsOf(cell.request);
  return seconds;
}

/// Takes the states of unfinished pictures over from the queue.
void SweepSession::follow() {
  if (isEmpty()) return;
  std::vector<const QueueJob*> jobs(pictures_.size(), nullptr);
  for (int row = 0; row < jobs_.rowCount(); ++row) {
    const QueueJob& job = jobs_.at(row);
    if (job.place.sweep == record_.id && job.place.cell >= 0 && size_t(job.place.cell) < jobs.size())
      jobs[size_t(job.place.cell)] = &job;
  }
  bool isChanged = false;
  for (size_t i = 0; i < pictures_.size(); ++i) {
    SweepPicture& picture = pictures_[i];
    const QueueJob* job = jobs[i];
    if (picture.state == SweepCellState::Done || picture.result != 0) continue;
    const bool isOver = !job && picture.state == SweepCellState::Failed;
    const SweepCellState state = isOver                              ? picture.state
                                 : !job                              ? SweepCellState::Missing
                                 : job->state == QueueState::Running ? SweepCellState::Running
                                 : job->state == QueueState::Waiting ? SweepCellState::Waiting
                                 : job->state == QueueState::Failed  ? SweepCellState::Failed
                                                                     : SweepCellState::Missing;
    if (state == picture.state) continue;
    isChanged = true;
    picture.state = state;
    if (job && state == SweepCellState::Failed) picture.problem = job->message;
  }
  if (!isChanged) return;
  finishIfComplete();
  emit changed();
}

bool SweepSession::take(quint64 result, const JobPicture& made) {
  const QueueJob* job = jobs_.running();
  const bool isOurs = job && !isEmpty() && job->place.sweep == record_.id && job->place.cell >= 0 &&
                      size_t(job->place.cell) < pictures_.size();
  if (!isOurs) return false;
  SweepPicture& picture = pictures_[size_t(job->place.cell)];
  picture.result = result;
  if (const SessionResult* shown = results_.find(result)) picture.thumbnail = shown->thumbnail;
  modelName_ = made.modelName;
  emit changed();
  return true;
}

qsizetype SweepSession::cellOf(quint64 result) const {
  const auto found = std::ranges::find(pictures_, result, &SweepPicture::result);
  return result == 0 || found == pictures_.end() ? -1 : found - pictures_.begin();
}

void SweepSession::setSaved(quint64 result, const QString& file) {
  const qsizetype cell = cellOf(result);
  if (cell < 0) return;
  SweepPicture& picture = pictures_[size_t(cell)];
  picture.result = 0;
  picture.state = SweepCellState::Done;
  picture.problem.clear();
  picture.file = file;
  record_.files[cell] = file;
  write();
  finishIfComplete();
  emit changed();
}

void SweepSession::setSaveFailed(quint64 result, const QString& message) {
  const qsizetype cell = cellOf(result);
  if (cell < 0) return;
  SweepPicture& picture = pictures_[size_t(cell)];
  picture.result = 0;
  picture.state = SweepCellState::Failed;
  picture.problem = message;
  finishIfComplete();
  emit changed();
}

/// The grid is made when nothing is left to wait for; pictures that failed leave their cell blank.
void SweepSession::finishIfComplete() {
  const bool isComplete = count(SweepCellState::Done) > 0 && count(SweepCellState::Missing) == 0 && !isActive();
  if (isComplete && !savingGrid_) saveGrid();
}

void SweepSession::saveGrid() {
  savingGrid_ = true;
  queue_.run(
      [plan = plan_, record = record_, name = modelName_, hashes = writesInfotext_ ? &hashes_ : nullptr] {
        return writeGrid(plan, record, name.isEmpty() ? nameOfModel(record.base.model) : name, hashes);
      },
      [this, id = record_.id](const std::pair<QString, QString>& outcome) {
        if (id != record_.id) return;
        savingGrid_ = false;
        if (outcome.first.isEmpty()) {
          emit problem(outcome.second);
          return;
        }
        record_.grid = outcome.first;
        write();
        emit gridSaved(outcome.first);
        emit changed();
      });
}

void SweepSession::write() {
  queue_.run([file = file_, record = record_, vault = vault_] { return writeRecord(file, record, vault); },
             [this](const QString& reason) {
               if (!reason.isEmpty()) emit problem(tr("The sweep would not survive a crash: %1").arg(reason));
             });
}

void SweepSession::loadThumbnails() {
  for (size_t i = 0; i < pictures_.size(); ++i) {
    if (pictures_[i].file.isEmpty()) continue;
    queue_.run([file = pictures_[i].file] { return readThumbnail(file); },
               [this, i, id = record_.id](const QImage& thumbnail) {
                 if (id != record_.id || i >= pictures_.size()) return;
                 pictures_[i].thumbnail = thumbnail;
                 emit changed();
               });
  }
}

}  // namespace lorikeet
