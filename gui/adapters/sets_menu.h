#pragma once
#include <QMenu>

#include "studio/adapters/adapter_sets.h"

namespace lorikeet {

class AdapterStackModel;

/// The menu of named sets: choosing one replaces the stack (which undo takes back), and the stack can be saved as one.
class SetsMenu : public QMenu {
  Q_OBJECT
 public:
  SetsMenu(AdapterStackModel& model, const AdapterSets& sets, QWidget* parent = nullptr);

 private:
  void fill();
  void askForName();

  AdapterStackModel& model_;
  AdapterSets sets_;
};

}  // namespace lorikeet
