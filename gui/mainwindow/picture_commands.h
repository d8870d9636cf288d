#pragma once
#include <QObject>

#include "studio/studio.h"
#include "widgets/action_table.h"

namespace lorikeet {

class GeneratePanel;
class RequestComposer;
class SessionController;

/// What can be done with the picture on the canvas: save, copy, use its settings again, show its file.
class PictureCommands : public QObject {
  Q_OBJECT
 public:
  PictureCommands(Studio& studio, const ActionTable& actions, SessionController& session, GeneratePanel& form,
                  RequestComposer& composer, QWidget* window);

 private:
  void connectActions(const ActionTable& actions);
  void updateActions(const ActionTable& actions);
  void saveAs();
  void copy() const;
  void useSettings();
  void useSeed();
  void showInFolder() const;
  void removeFromStrip();
  const SessionResult* shown() const;

  Studio& studio_;
  SessionController& session_;
  GeneratePanel& form_;
  RequestComposer& composer_;
  QWidget* window_;
};

}  // namespace lorikeet
