#pragma once
#include <QElapsedTimer>
#include <QUndoCommand>
#include <functional>

#include "studio/adapters/adapter_stack_state.h"

namespace lorikeet {

/// A change of the adapter stack from one value to another. Changes of one control that follow each other closely, as
/// a dragged slider makes them, become one step.
class AdapterStackCommand : public QUndoCommand {
 public:
  /// `restore` brings a value into the stack. Commands with equal `control` (not 0) may be merged.
  using Restore = std::function<void(const AdapterStackState&)>;
  AdapterStackCommand(AdapterStackState before, AdapterStackState after, quint64 control, const QString& text,
                      Restore restore);

  void undo() override { restore_(before_); }
  void redo() override { restore_(after_); }
  int id() const override { return kId; }
  bool mergeWith(const QUndoCommand* other) override;

 private:
  static constexpr int kId = 0x5741;
  static constexpr qint64 kMergeMs = 1000;

  AdapterStackState before_;
  AdapterStackState after_;
  quint64 control_;
  Restore restore_;
  QElapsedTimer age_;
};

}  // namespace lorikeet
