#include "studio/history/history_database.h"

#include <lorikeet/error.h>

#include <QDeadlineTimer>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSqlError>
#include <QSqlQuery>
#include <QThread>
#include <QUuid>
#include <QVariant>
#include <algorithm>
#include <functional>
#include <utility>

namespace lorikeet {
namespace {

constexpr int kSchemaVersion = 1;
constexpr int kBusyTimeoutMs = 5000;  ///< another program may be writing

/// SQLite's result codes for a file that is damaged or no database.
constexpr auto kCorruptCode = "11";
constexpr auto kNotADatabaseCode = "26";

[[noreturn]] void failWith(const QSqlError& error, const QString& file) {
  const QString code = error.nativeErrorCode();
  const bool isDamaged = code == QLatin1String(kCorruptCode) || code == QLatin1String(kNotADatabaseCode);
  throw Error(
      isDamaged ? ErrorKind::Corrupt : ErrorKind::Io,
      QStringLiteral("The history in \"%1\" cannot be used: %2.").arg(file, error.databaseText()).toStdString());
}

/// Every table, once. The partial index answers all filters but words and adapters by itself, newest first; the word
/// index keeps no text of its own and has the columns of `pictures` that it names.
const char* const kSchema[] = {
    "CREATE TABLE IF NOT EXISTS pictures(id INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE, made INTEGER NOT NULL,"
    " byteSize INTEGER NOT NULL, width INTEGER, height INTEGER, prompt TEXT NOT NULL, negative TEXT NOT NULL,"
    " model TEXT NOT NULL, sampler TEXT NOT NULL, adapters TEXT NOT NULL, rating INTEGER NOT NULL DEFAULT 0,"
    " trash TEXT)",
    "CREATE INDEX IF NOT EXISTS shown ON pictures(made DESC, id DESC, rating, model, sampler) WHERE trash IS NULL",
    "CREATE TABLE IF NOT EXISTS adapters(name TEXT NOT NULL, picture INTEGER NOT NULL, PRIMARY KEY(name, picture))"
    " WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS adaptersOfPicture ON adapters(picture)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(prompt, negative, model, adapters, content='pictures',"
    " content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
    "CREATE TRIGGER IF NOT EXISTS wordsOfNew AFTER INSERT ON pictures BEGIN"
    " INSERT INTO words(rowid, prompt, negative, model, adapters)"
    " VALUES (new.id, new.prompt, new.negative, new.model, new.adapters); END",
    "CREATE TRIGGER IF NOT EXISTS wordsOfGone AFTER DELETE ON pictures BEGIN"
    " INSERT INTO words(words, rowid, prompt, negative, model, adapters)"
    " VALUES ('delete', old.id, old.prompt, old.negative, old.model, old.adapters);"
    " DELETE FROM adapters WHERE picture = old.id; END",
    "CREATE TRIGGER IF NOT EXISTS wordsOfChanged AFTER UPDATE OF prompt, negative, model, adapters ON pictures BEGIN"
    " INSERT INTO words(words, rowid, prompt, negative, model, adapters)"
    " VALUES ('delete', old.id, old.prompt, old.negative, old.model, old.adapters);"
    " INSERT INTO words(rowid, prompt, negative, model, adapters)"
    " VALUES (new.id, new.prompt, new.negative, new.model, new.adapters); END",
};

HistoryEntry entryOf(const QSqlQuery& row) {
  HistoryEntry entry;
  entry.id = row.value(0).toLongLong();
  entry.file = row.value(1).toString();
  entry.made = QDateTime::fromMSecsSinceEpoch(row.value(2).toLongLong());
  entry.byteSize = row.value(3).toLongLong();
  entry.width = row.value(4).toInt();
  entry.height = row.value(5).toInt();
  entry.prompt = row.value(6).toString();
  entry.negativePrompt = row.value(7).toString();
  entry.model = row.value(8).toString();
  entry.sampler = row.value(9).toString();
  entry.adapters = row.value(10).toString().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
  entry.rating = row.value(11).toInt();
  return entry;
}

/// "7,5,12" as numbers.
std::vector<qint64> idsIn(const QString& text) {
  std::vector<qint64> ids;
  qint64 id = 0;
  for (const QChar character : text) {
    if (character == QLatin1Char(',')) {
      ids.push_back(std::exchange(id, 0));
    } else {
      id = 10 * id + character.digitValue();
    }
  }
  if (!text.isEmpty()) ids.push_back(id);
  return ids;
}

/// Takes away what does not stand in `allowed`; the order stays.
void keepOnly(std::vector<qint64>& ids, std::vector<qint64> allowed) {
  std::ranges::sort(allowed);
  std::erase_if(ids, [&](qint64 id) { return !std::ranges::binary_search(allowed, id); });
}

/// An empty text that SQLite does not take for NULL.
QString notNull(const QString& text) { return text.isNull() ? QStringLiteral("") : text; }

}  // namespace

QString matchExpression(const QString& words) {
  static const QRegularExpression other(QStringLiteral("[^\\p{L}\\p{N}\\p{M}]+"));
  QStringList parts = words.split(other, Qt::SkipEmptyParts);
  for (QString& part : parts) part = QStringLiteral("\"%1\"*").arg(part);
  return parts.join(QLatin1Char(' '));
}

HistoryDatabase::HistoryDatabase(QString file)
    : file_(std::move(file)), name_(QUuid::createUuid().toString(QUuid::WithoutBraces)) {}

void HistoryDatabase::open() {
  if (isOpen()) return;
  try {
    connectTo();
    makeTables();
  } catch (...) {
    close();
    throw;
  }
}

void HistoryDatabase::connectTo() {
  QDir().mkpath(QFileInfo(file_).absolutePath());
  database_ = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name_);
  database_.setDatabaseName(file_);
  database_.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(kBusyTimeoutMs));
  if (!database_.open()) failWith(database_.lastError(), file_);
  useWriteAheadLog();
  run(QStringLiteral("PRAGMA synchronous=NORMAL"));
  run(QStringLiteral("PRAGMA cache_size=-32000"));
}

/// Readers go on while another connection writes. Unlike everywhere else SQLite does not wait here for connections that
/// make a new file at the same time: it says at once that the file is locked.
void HistoryDatabase::useWriteAheadLog() {
  constexpr int kBusy = 5;  // the lower byte of SQLite's extended codes
  constexpr unsigned long kPauseMs = 10;
  QDeadlineTimer deadline(kBusyTimeoutMs);
  QSqlQuery query(database_);
  while (!query.exec(QStringLiteral("PRAGMA journal_mode=WAL"))) {
    const bool isLocked = (query.lastError().nativeErrorCode().toInt() & 0xff) == kBusy;
    if (!isLocked || deadline.hasExpired()) failWith(query.lastError(), file_);
    QThread::msleep(kPauseMs);
  }
}

void HistoryDatabase::makeTables() {
  QSqlQuery version = run(QStringLiteral("PRAGMA user_version"));
  const int found = version.next() ? version.value(0).toInt() : 0;
  version.finish();
  if (found == kSchemaVersion) {
    run(QStringLiteral("SELECT id FROM pictures LIMIT 1"));
    run(QStringLiteral("SELECT rowid FROM words LIMIT 1"));
    return;
  }
  if (found > kSchemaVersion)
    throw Error(ErrorKind::Unsupported,
                QStringLiteral("The history in \"%1\" was written by a newer Lorikeet.").arg(file_).toStdString());
  inTransaction([this] {
    for (const char* sql : kSchema) run(QLatin1String(sql));
    run(QStringLiteral("PRAGMA user_version=%1").arg(kSchemaVersion));
  });
}

void HistoryDatabase::close() {
  if (!database_.isValid()) return;
  database_.close();
  database_ = {};
  QSqlDatabase::removeDatabase(name_);
}

void HistoryDatabase::check() {
  QSqlQuery result = run(QStringLiteral("PRAGMA quick_check(1)"));
  const QString verdict = result.next() ? result.value(0).toString() : QString();
  if (verdict != u"ok")
    throw Error(ErrorKind::Corrupt,
                QStringLiteral("The history in \"%1\" is damaged: %2.").arg(file_, verdict).toStdString());
}

std::vector<qint64> HistoryDatabase::find(const HistoryQuery& query) {
  QString sql = QStringLiteral("SELECT id FROM pictures WHERE trash IS NULL");
  QVariantList values;
  const auto restrict = [&](const char* condition, const QVariant& value) {
    sql += QStringLiteral(" AND ") + QLatin1String(condition);
    values << value;
  };
  if (query.since.isValid()) restrict("made >= ?", query.since.toMSecsSinceEpoch());
  if (query.until.isValid()) restrict("made < ?", query.until.toMSecsSinceEpoch());
  if (query.minRating > 0) restrict("rating >= ?", query.minRating);
  if (!query.model.isEmpty()) restrict("model = ?", query.model);
  if (!query.sampler.isEmpty()) restrict("sampler = ?", query.sampler);
  std::vector<qint64> ids =
      numbers(QStringLiteral("SELECT group_concat(id) FROM (%1 ORDER BY made DESC, id DESC)").arg(sql), values);
  // Two lists cut here take half the time of "id IN (SELECT ...)" for words that stand in every prompt.
  if (!query.adapter.isEmpty())
    keepOnly(ids,
             numbers(QStringLiteral("SELECT group_concat(picture) FROM adapters WHERE name = ?"), {query.adapter}));
  if (const QString match = matchExpression(query.words); !match.isEmpty())
    keepOnly(ids, numbers(QStringLiteral("SELECT group_concat(rowid) FROM words WHERE words MATCH ?"), {match}));
  return ids;
}

std::vector<qint64> HistoryDatabase::numbers(const QString& sql, const QVariantList& values) const {
  QSqlQuery row = run(sql, values);  // one text for all: a row each would cost ten times as much
  return row.next() ? idsIn(row.value(0).toString()) : std::vector<qint64>();
}

QList<HistoryEntry> HistoryDatabase::load(const std::vector<qint64>& ids) {
  constexpr size_t kPortion = 500;  // ids in one statement
  QHash<qint64, HistoryEntry> found;
  for (size_t first = 0; first < ids.size(); first += kPortion) {
    QStringList list;
    for (size_t i = first; i < std::min(ids.size(), first + kPortion); ++i) list << QString::number(ids[i]);
    QSqlQuery rows =
        run(QStringLiteral("SELECT id, file, made, byteSize, width, height, prompt, negative, model, sampler,"
                           " adapters, rating FROM pictures WHERE id IN (%1)")
                .arg(list.join(QLatin1Char(','))));
    while (rows.next()) found.insert(rows.value(0).toLongLong(), entryOf(rows));
    if (rows.lastError().isValid()) failWith(rows.lastError(), file_);
  }
  QList<HistoryEntry> entries;
  for (const qint64 id : ids)
    if (const auto entry = found.constFind(id); entry != found.constEnd()) entries << *entry;
  return entries;
}

HistoryChoices HistoryDatabase::choices() {
  const auto listOf = [this](const QString& sql) {
    QStringList texts;
    for (QSqlQuery rows = run(sql); rows.next();) texts << rows.value(0).toString();
    return texts;
  };
  const QString column =
      QStringLiteral("SELECT DISTINCT %1 FROM pictures WHERE trash IS NULL AND %1 != '' ORDER BY %1 COLLATE NOCASE");
  return {listOf(column.arg(QStringLiteral("model"))),
          listOf(QStringLiteral("SELECT DISTINCT name FROM adapters ORDER BY name COLLATE NOCASE")),
          listOf(column.arg(QStringLiteral("sampler")))};
}

QHash<QString, HistoryEntry> HistoryDatabase::lastWithAdapters() {
  QHash<QString, HistoryEntry> pictures;
  // SQLite takes the other columns from the row that has the maximum.
  QSqlQuery rows =
      run(QStringLiteral("SELECT name, id, file, byteSize, MAX(made) FROM adapters JOIN pictures ON id = picture"
                         " WHERE trash IS NULL GROUP BY name"));
  while (rows.next()) {
    HistoryEntry entry;
    entry.id = rows.value(1).toLongLong();
    entry.file = rows.value(2).toString();
    entry.byteSize = rows.value(3).toLongLong();
    entry.made = QDateTime::fromMSecsSinceEpoch(rows.value(4).toLongLong());
    pictures.insert(rows.value(0).toString(), entry);
  }
  if (rows.lastError().isValid()) failWith(rows.lastError(), file_);
  return pictures;
}

void HistoryDatabase::add(const QList<HistoryEntry>& entries) {
  inTransaction([&] {
    for (const HistoryEntry& entry : entries) addOne(entry);
  });
}

void HistoryDatabase::addOne(const HistoryEntry& entry) {
  QSqlQuery row = run(
      QStringLiteral("INSERT INTO pictures(file, made, byteSize, width, height, prompt, negative, model, sampler,"
                     " adapters, rating) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(file) DO UPDATE SET"
                     " made = excluded.made, byteSize = excluded.byteSize, width = excluded.width,"
                     " height = excluded.height, prompt = excluded.prompt, negative = excluded.negative,"
                     " model = excluded.model, sampler = excluded.sampler, adapters = excluded.adapters, trash = NULL"
                     " RETURNING id"),
      {entry.file, entry.made.toMSecsSinceEpoch(), entry.byteSize, entry.width, entry.height, notNull(entry.prompt),
       notNull(entry.negativePrompt), notNull(entry.model), notNull(entry.sampler),
       notNull(entry.adapters.join(QLatin1Char('\n'))), entry.rating});
  if (!row.next()) failWith(row.lastError(), file_);
  const qint64 id = row.value(0).toLongLong();
  row.finish();
  run(QStringLiteral("DELETE FROM adapters WHERE picture = ?"), {id});
  for (const QString& name : entry.adapters)
    run(QStringLiteral("INSERT OR IGNORE INTO adapters(name, picture) VALUES (?, ?)"), {name, id});
}

void HistoryDatabase::forget(const QStringList& files) {
  inTransaction([&] {
    for (const QString& file : files) run(QStringLiteral("DELETE FROM pictures WHERE file = ?"), {file});
  });
}

void HistoryDatabase::rate(const std::vector<qint64>& ids, int stars) {
  inTransaction([&] {
    for (const qint64 id : ids) run(QStringLiteral("UPDATE pictures SET rating = ? WHERE id = ?"), {stars, id});
  });
}

void HistoryDatabase::setTrashed(qint64 id, const QString& trashFile) {
  run(QStringLiteral("UPDATE pictures SET trash = ? WHERE id = ?"),
      {trashFile.isEmpty() ? QVariant(QMetaType(QMetaType::QString)) : QVariant(trashFile), id});
}

QHash<QString, qint64> HistoryDatabase::knownFiles() {
  QHash<QString, qint64> files;
  for (QSqlQuery rows = run(QStringLiteral("SELECT file, byteSize FROM pictures WHERE trash IS NULL")); rows.next();)
    files.insert(rows.value(0).toString(), rows.value(1).toLongLong());
  return files;
}

qint64 HistoryDatabase::version() {
  QSqlQuery row = run(QStringLiteral("PRAGMA data_version"));
  return row.next() ? row.value(0).toLongLong() : 0;
}

QSqlQuery HistoryDatabase::run(const QString& sql, const QVariantList& values) const {
  QSqlQuery query(database_);
  query.setForwardOnly(true);
  bool done = query.prepare(sql);
  for (const QVariant& value : values) query.addBindValue(value);
  done = done && query.exec();
  if (!done) failWith(query.lastError(), file_);
  return query;
}

void HistoryDatabase::inTransaction(const std::function<void()>& work) {
  run(QStringLiteral("BEGIN IMMEDIATE"));
  try {
    work();
    run(QStringLiteral("COMMIT"));
  } catch (...) {
    QSqlQuery(database_).exec(QStringLiteral("ROLLBACK"));
    throw;
  }
}

}  // namespace lorikeet
