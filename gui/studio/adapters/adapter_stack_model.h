#pragma once
#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>
#include <QUndoStack>
#include <functional>
#include <map>

#include "studio/adapters/adapter_condition.h"
#include "studio/adapters/adapter_stack_state.h"
#include "studio/jobs/background_queue.h"
#include "studio/jobs/request_part.h"

namespace lorikeet {

/// The adapter stack: its rows, what is known of their files, and undo for every change. Files are examined off the
/// window's thread, again when they or the model change.
class AdapterStackModel : public QObject, public RequestPart {
  Q_OBJECT
 public:
  /// Which part of a row a change is about, so that one gesture becomes one step of undo.
  enum class Control { None, Weight, TextWeight, Blocks, Range };

  explicit AdapterStackModel(QObject* parent = nullptr);

  const AdapterStackState& state() const { return state_; }
  const AdapterEntry* find(quint64 id) const;
  /// -1 where there is no such row.
  int rowOf(quint64 id) const;
  AdapterCondition condition(const std::filesystem::path& file) const;
  QUndoStack& undoStack() { return undo_; }

  /// Each of these is one step of undo and does nothing where nothing changes.
  void add(const std::vector<AdapterUse>& uses);
  void addFiles(const QStringList& files);
  void addEmbeddings(const QStringList& files);
  void remove(quint64 id);
  void removeEmbedding(const std::filesystem::path& file);
  void clear();
  /// To this row of the list as it is afterwards.
  void move(quint64 id, int row);
  void setUse(quint64 id, const AdapterUse& use, Control control);
  void setEnabled(quint64 id, bool enabled);
  void setSolo(quint64 id, bool solo);
  void setMuted(quint64 id, bool muted);
  /// Replaces all rows, as choosing a named set does.
  void replace(const std::vector<AdapterUse>& uses, const QString& text);
  /// The next change begins a new step of undo even if it follows at once.
  void endGesture() { ++gesture_; }

  /// Where the usual weights of files come from; without it all have 1.
  void setDefaultWeights(std::function<double(const QString& file)> weights) { defaultWeights_ = std::move(weights); }
  double defaultWeight(const std::filesystem::path& file) const;

  /// The model that adapters must fit; empty: the starter model.
  void setModel(const std::filesystem::path& model);
  /// What a job found wrong with a file.
  void reportProblem(const std::filesystem::path& file, const QString& sentence);

  /// What the last session left behind; it counts where the first request that is shown says the same of the picture.
  void expect(AdapterStackState state) { expected_ = std::move(state); }

  void fill(GenerateRequest& request) const override;
  void show(const GenerateRequest& request) override;

 signals:
  /// Rows were added, removed or moved.
  void rowsChanged();
  /// Values of a row changed.
  void entryChanged(quint64 id);
  void embeddingsChanged();
  void conditionChanged(const QString& file);
  /// What the next picture is made with changed.
  void effectChanged();

 private:
  using Path = std::filesystem::path;
  void push(AdapterStackState after, const QString& text, quint64 control = 0);
  void restore(const AdapterStackState& state);
  void change(quint64 id, const QString& text, quint64 control, const std::function<void(AdapterEntry&)>& edit);
  void announce(const AdapterStackState& before);
  void examineNew();
  void examine(const Path& file);
  void examineChanged(const QString& file);
  AdapterEntry newEntry(AdapterUse use);

  AdapterStackState state_;
  AdapterStackState expected_;
  std::function<double(const QString&)> defaultWeights_;
  QUndoStack undo_;
  quint64 lastId_ = 0;
  quint64 gesture_ = 0;
  Path model_;
  quint64 generation_ = 0;  ///< of the model, so that late answers for another one are dropped
  std::map<Path, AdapterCondition> conditions_;
  QFileSystemWatcher watcher_;
  QTimer recheck_;
  QStringList changedFiles_;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
