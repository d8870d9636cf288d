#include "mainwindow/preset_menu.h"

#include "canvas/edit_panel.h"
#include "control/control_panel.h"
#include "generate/generate_panel.h"
#include "studio/jobs/convert.h"

namespace lorikeet {

PresetMenu::PresetMenu(GeneratePanel& form, EditPanel& edit, ControlPanel& control, QWidget* parent)
    : QMenu(tr("&Presets"), parent), form_(form), edit_(edit), control_(control) {
  setToolTipsVisible(true);
  for (const Preset& preset : presets()) {
    QAction* action = addAction(toQString(preset.label), this, [this, &preset] { use(preset); });
    action->setObjectName(QStringLiteral("preset.") + toQString(preset.name));
    action->setToolTip(toQString(preset.explanation));
  }
}

void PresetMenu::use(const Preset& preset) {
  std::vector<ControlEntry> entries = control_.entries();
  if (preset.usesControl() && entries.empty()) {
    control_.addUnit();
    entries = control_.entries();
  }
  GenerateRequest request = form_.request();
  const GenerateRequest before = request;
  write(edit_.options(), request);
  for (const ControlEntry& entry : entries) request.controls.push_back(entry.unit);
  apply(preset, request);
  EditOptions options = edit_.options();
  options.strength = request.strength;
  edit_.setOptions(options);
  for (size_t i = 0; i < entries.size(); ++i) entries[i].unit = request.controls[i];
  if (preset.usesControl()) control_.setEntries(entries);
  write(editOptionsOf(before), request);  // the form knows nothing of pictures
  request.controls = before.controls;
  form_.setRequest(request);
}

}  // namespace lorikeet
