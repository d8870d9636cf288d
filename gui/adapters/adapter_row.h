#pragma once
#include <QFrame>

#include "studio/adapters/adapter_stack_model.h"

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QToolButton;

namespace lorikeet {

class AdapterDetails;
class DragHandle;
class TriggerChips;
class WeightSlider;

/// One row of the stack: enable box, name, report badge, weight, solo, mute, finer settings, trigger words, and a
/// sentence where something is wrong with the file. Edits go to the model; what is shown comes from it.
class AdapterRow : public QFrame {
  Q_OBJECT
 public:
  AdapterRow(AdapterStackModel& model, quint64 id, QWidget* parent = nullptr);

  quint64 id() const { return id_; }
  /// Shows the model's values.
  void refresh();
  /// Shows what is known of the file.
  void refreshCondition();

 signals:
  void triggerWordClicked(const QString& word);

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QLayout* buildHead();
  QLayout* buildWeight();
  void connectEdits();
  void editWeight(double weight);
  void startDrag();
  void showMessage(const AdapterCondition& condition);

  AdapterStackModel& model_;
  quint64 id_;
  DragHandle* handle_;
  QCheckBox* enabled_;
  QLabel* name_;
  QToolButton* badge_;
  QToolButton* detailsButton_;
  QToolButton* remove_;
  WeightSlider* slider_;
  QDoubleSpinBox* number_;
  QToolButton* solo_;
  QToolButton* mute_;
  TriggerChips* chips_;
  QLabel* message_;
  AdapterDetails* details_ = nullptr;  ///< made when it is wanted
};

/// What a dragged row carries.
inline constexpr auto kAdapterRowMime = "application/x-lorikeet-adapter-row";

}  // namespace lorikeet
