#pragma once
#include <QObject>
#include <QPointer>

#include "studio/studio.h"
#include "widgets/action_table.h"

class QMainWindow;
class QToolButton;

namespace lorikeet {

class MessageBar;
class TrainingWindow;

/// Opens the training window and connects it with the model, the stack and the messages. While a training runs, the
/// status line tells how far it is.
class TrainingController : public QObject {
  Q_OBJECT
 public:
  TrainingController(Studio& studio, const ActionTable& actions, MessageBar& messages, QMainWindow* window);

  void showWindow();

 private:
  void connectWindow();
  void showModel();
  void showIndicator();
  void tellUnfinished();
  QString outputFolder() const;

  Studio& studio_;
  MessageBar& messages_;
  QMainWindow* parent_;
  QToolButton* indicator_;
  QPointer<TrainingWindow> window_;
};

}  // namespace lorikeet
