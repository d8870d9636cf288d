#pragma once
#include <QObject>
#include <QPointer>

#include "studio/studio.h"
#include "studio/workshop/workshop_job.h"
#include "widgets/action_table.h"

namespace lorikeet {

class MessageBar;
class WorkshopWindow;

/// Opens the workshop and connects it with the stack. An operation goes on while its window is closed.
class WorkshopController : public QObject {
  Q_OBJECT
 public:
  WorkshopController(Studio& studio, const ActionTable& actions, MessageBar& messages, QWidget* window);

  void showWindow();

 private:
  std::vector<AdapterUse> stack() const;

  Studio& studio_;
  QWidget* parent_;
  WorkshopJob job_;
  QPointer<WorkshopWindow> window_;
};

}  // namespace lorikeet
