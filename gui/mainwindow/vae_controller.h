#pragma once
#include <QObject>

#include "studio/studio.h"
#include "widgets/action_table.h"

namespace lorikeet {

class GeneratePanel;
class MessageBar;
class ModelMenu;

/// The VAE in place of the model's own: dropped on the window, opened, or chosen in the model menu. A file is looked at
/// before it is used.
class VaeController : public QObject {
  Q_OBJECT
 public:
  struct Window {
    GeneratePanel* form = nullptr;
    ModelMenu* menu = nullptr;
    MessageBar* messages = nullptr;
  };

  VaeController(Studio& studio, const ActionTable& actions, const Window& window, QWidget* parent);
  ~VaeController() override { queue_.finish(); }

 private:
  void choose(const QString& file);
  void use(const QString& file);
  void openFile();
  void showVaes();

  Studio& studio_;
  Window window_;
  QWidget* parent_;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
