#pragma once
#include <lorikeet/adapter_use.h>

#include <QWidget>

#include "studio/adapters/adapter_stack_model.h"

class QCheckBox;
class QComboBox;
class QFormLayout;

namespace lorikeet {

class SliderField;

/// The finer settings of a row: a weight of its own for the text encoder, weights by block, the range of steps, and
/// which adapter of a file with several.
class AdapterDetails : public QWidget {
  Q_OBJECT
 public:
  explicit AdapterDetails(QWidget* parent = nullptr);

  void setUse(const AdapterUse& use);
  void setVariants(const std::vector<std::string>& variants);

 signals:
  void useEdited(const AdapterUse& use, AdapterStackModel::Control control);

 private:
  using Control = AdapterStackModel::Control;
  SliderField* addField(QFormLayout* form, const char* name, const QString& label, const QString& toolTip);
  void buildText(QFormLayout* form);
  void buildBlocks(QFormLayout* form);
  void buildRange(QFormLayout* form);
  /// Sends the use after `edit` changed it, unless it is only being shown.
  template <class Edit>
  void send(Control control, Edit edit);

  AdapterUse use_;
  bool showing_ = false;
  QFormLayout* form_;
  QComboBox* variant_;
  QCheckBox* ownText_;
  SliderField* text_;
  std::vector<SliderField*> blocks_;  ///< down 0-3, mid, up 0-3
  SliderField* begin_;
  SliderField* end_;
};

}  // namespace lorikeet
