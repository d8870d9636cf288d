#pragma once
#include <lorikeet/presets.h>

#include <QMenu>

namespace lorikeet {

class ControlPanel;
class EditPanel;
class GeneratePanel;

/// The defaults of well-known tools, one click each: sets the form, the edit options and the control units.
class PresetMenu : public QMenu {
  Q_OBJECT
 public:
  PresetMenu(GeneratePanel& form, EditPanel& edit, ControlPanel& control, QWidget* parent);

 private:
  void use(const Preset& preset);

  GeneratePanel& form_;
  EditPanel& edit_;
  ControlPanel& control_;
};

}  // namespace lorikeet
