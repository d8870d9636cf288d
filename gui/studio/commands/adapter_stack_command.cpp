#include "studio/commands/adapter_stack_command.h"

#include <utility>

namespace lorikeet {

AdapterStackCommand::AdapterStackCommand(AdapterStackState before, AdapterStackState after, quint64 control,
                                         const QString& text, Restore restore)
    : QUndoCommand(text),
      before_(std::move(before)),
      after_(std::move(after)),
      control_(control),
      restore_(std::move(restore)) {
  age_.start();
}

bool AdapterStackCommand::mergeWith(const QUndoCommand* other) {
  const auto* next = dynamic_cast<const AdapterStackCommand*>(other);
  if (!next || control_ == 0 || next->control_ != control_ || age_.elapsed() > kMergeMs) return false;
  after_ = next->after_;
  age_.restart();
  if (after_ == before_) setObsolete(true);
  return true;
}

}  // namespace lorikeet
