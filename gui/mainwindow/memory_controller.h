#pragma once
#include <lorikeet/memory_estimate.h>

#include <QObject>
#include <QTimer>
#include <array>

#include "studio/studio.h"

namespace lorikeet {

class GeneratePanel;
class MessageBar;
class ModelMenu;
class RequestComposer;
class StatusLine;

/// How much memory the next picture will need: in the status line, as a message when it comes to more than there is,
/// and in the model menu for each precision of the weights, which is chosen there.
class MemoryController : public QObject {
  Q_OBJECT
 public:
  struct Window {
    GeneratePanel* form = nullptr;
    ModelMenu* menu = nullptr;
    StatusLine* status = nullptr;
    MessageBar* messages = nullptr;
  };

  MemoryController(Studio& studio, const RequestComposer& composer, const Window& window, QWidget* parent);
  ~MemoryController() override { queue_.finish(); }

 private:
  struct Answer {
    MemoryEstimate estimate;
    std::array<int64_t, 4> weights = {};  ///< by Precision
    bool isKnown = false;                 ///< false for a model that cannot be read; its job will say why
  };
  static Answer ask(GenerateRequest request);
  void choosePrecision(Precision precision);
  void update();
  void show(const Answer& answer);

  Studio& studio_;
  const RequestComposer& composer_;
  Window window_;
  QTimer delay_;
  bool fits_ = true;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
