#pragma once
#include <QObject>
#include <memory>

#include "studio/control/control_store.h"
#include "studio/jobs/request_part.h"
#include "studio/library/network_library.h"
#include "studio/studio.h"

namespace lorikeet {

class CanvasController;
class ControlPanel;
class GeneratePanel;
class MessageBar;
class SessionController;

/// Connects the control units to the window: their share of a job, the ControlNets of the model folder, the pictures
/// that they may look at. The units are kept over a restart.
class ControlController : public QObject, public RequestPart {
  Q_OBJECT
 public:
  struct Window {
    GeneratePanel* form = nullptr;  ///< says the size that the model works at
    CanvasController* canvas = nullptr;
    SessionController* session = nullptr;
    MessageBar* messages = nullptr;
  };

  ControlController(Studio& studio, const Window& window, QObject* parent);

  ControlPanel& panel() { return *panel_; }

  void fill(GenerateRequest& request) const override;
  void show(const GenerateRequest& request) override;

 signals:
  /// Something came into the panel from outside of it.
  void panelUsed();

 private:
  void connectPictures();
  void takeDrops();
  QImage shownPicture() const;

  Studio& studio_;
  Window window_;
  NetworkLibrary library_{FileKind::ControlNet};
  NetworkLibrary detectors_{FileKind::LineDetector};
  ControlStore store_;
  ControlPanel* panel_;
};

}  // namespace lorikeet
