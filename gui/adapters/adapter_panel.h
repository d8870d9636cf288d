#pragma once
#include <QWidget>

#include "studio/adapters/adapter_sets.h"
#include "studio/adapters/adapter_stack_model.h"

class QKeyEvent;
class QLabel;
class QStackedWidget;
class QToolButton;

namespace lorikeet {

/// The dock of the adapter stack: commands, the rows, textual inversions, and what applying the stack cost.
class AdapterPanel : public QWidget {
  Q_OBJECT
 public:
  AdapterPanel(AdapterStackModel& model, const AdapterSets& sets, QWidget* parent = nullptr);

  bool isLive() const;
  /// A short line under the rows, such as what the last change cost.
  void setNote(const QString& text);

 signals:
  void liveToggled(bool live);
  /// A trigger word or the name of a textual inversion, for the prompt.
  void wordChosen(const QString& word);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* buildCommands(const AdapterSets& sets);
  QWidget* buildEmptyPage();
  QWidget* buildRows();
  void connectUndo();
  void chooseFiles();
  void showPage();
  /// True if the keys are undo or redo; carries it out when `run` is set.
  bool undoByKey(const QKeyEvent* event, bool run);

  AdapterStackModel& model_;
  QToolButton* live_ = nullptr;
  QToolButton* undo_ = nullptr;
  QToolButton* redo_ = nullptr;
  QStackedWidget* pages_;
  QLabel* note_;
};

}  // namespace lorikeet
