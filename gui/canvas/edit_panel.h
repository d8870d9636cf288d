#pragma once
#include <QWidget>
#include <memory>

#include "studio/document/edit_options.h"

class QMenu;

namespace Ui {
class EditPanel;
}

namespace lorikeet {

class CanvasDocument;

/// How the picture on the canvas is changed: strength, how its mask is used, by how much it is extended. Says in one
/// line what the next job will do with it.
class EditPanel : public QWidget {
  Q_OBJECT
 public:
  explicit EditPanel(const CanvasDocument& document, QWidget* parent = nullptr);
  ~EditPanel() override;

  EditOptions options() const;
  void setOptions(const EditOptions& options);
  /// What the "Presets" button offers.
  void setPresetMenu(QMenu* menu);

 signals:
  void changed();

 private:
  void setUpRanges();
  void connectChanges();
  void follow();

  const CanvasDocument& document_;
  std::unique_ptr<Ui::EditPanel> ui_;
};

}  // namespace lorikeet
