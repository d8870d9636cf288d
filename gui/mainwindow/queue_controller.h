#pragma once
#include <QObject>

#include "studio/studio.h"
#include "widgets/action_table.h"

namespace lorikeet {

class MessageBar;
class QueuePanel;
class RequestComposer;

/// Connects the queue with the form and the commands: what is added, edited in the form and saved back, paused, tried
/// again.
class QueueController : public QObject {
  Q_OBJECT
 public:
  QueueController(Studio& studio, const ActionTable& actions, RequestComposer& composer, QueuePanel& panel,
                  MessageBar& messages, QObject* parent = nullptr);

  /// Begins what the last session left, once the window is there.
  void open();

 signals:
  /// The user should see the queue now.
  void panelWanted();

 private:
  void connectActions();
  void updateActions();
  void add();
  void edit();
  void save();
  void cancelEdit();
  void endEdit();

  Studio& studio_;
  const ActionTable& actions_;
  RequestComposer& composer_;
  QueuePanel& panel_;
  MessageBar& messages_;
  GenerateRequest beforeEdit_;  ///< what the form said before it showed a job
};

}  // namespace lorikeet
