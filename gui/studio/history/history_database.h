#pragma once
#include <QHash>
#include <QSqlDatabase>
#include <functional>
#include <vector>

#include "studio/history/history_entry.h"

class QSqlQuery;

namespace lorikeet {

/// The index of pictures, an SQLite file that several connections and programs may use at the same time. An object
/// belongs to the thread that opened it. Members throw Error(Io | Corrupt) with one sentence.
class HistoryDatabase {
 public:
  explicit HistoryDatabase(QString file);
  ~HistoryDatabase() { close(); }
  HistoryDatabase(const HistoryDatabase&) = delete;
  HistoryDatabase& operator=(const HistoryDatabase&) = delete;

  /// Makes an empty index where there is none.
  void open();
  void close();
  bool isOpen() const { return database_.isOpen(); }
  /// Reads every page; throws Error(Corrupt) where one is damaged. Takes a while.
  void check();

  /// Newest first.
  std::vector<qint64> find(const HistoryQuery& query);
  /// In the order of the ids; those that are gone are left out.
  QList<HistoryEntry> load(const std::vector<qint64>& ids);
  HistoryChoices choices();
  /// The latest picture with each adapter, by the adapter's name: id, file, size and time alone.
  QHash<QString, HistoryEntry> lastWithAdapters();

  /// Adds pictures or replaces what is known of their files; a rating that is known stays.
  void add(const QList<HistoryEntry>& entries);
  void forget(const QStringList& files);
  void rate(const std::vector<qint64>& ids, int stars);
  /// Hides a picture whose file is now `trashFile`; an empty name shows it again.
  void setTrashed(qint64 id, const QString& trashFile);
  /// File sizes of everything known that is not in the trash, by file name.
  QHash<QString, qint64> knownFiles();
  /// Changes when another connection or program wrote.
  qint64 version();

 private:
  void connectTo();
  void useWriteAheadLog();
  void makeTables();
  void addOne(const HistoryEntry& entry);
  std::vector<qint64> numbers(const QString& sql, const QVariantList& values) const;
  QSqlQuery run(const QString& sql, const QVariantList& values = {}) const;
  void inTransaction(const std::function<void()>& work);

  QString file_;
  QString name_;
  QSqlDatabase database_;
};

/// The FTS5 expression that finds every word by its beginning; empty for text without letters and digits.
QString matchExpression(const QString& words);

}  // namespace lorikeet
