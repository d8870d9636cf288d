#pragma once
#include <QToolButton>

namespace lorikeet {

class ActionTable;
class ModelLibrary;

/// The button in the tool bar that shows the current model and offers the others.
class ModelMenu : public QToolButton {
  Q_OBJECT
 public:
  ModelMenu(ModelLibrary& library, const ActionTable& actions, QWidget* parent = nullptr);

 private:
  void showCurrent();
  void buildMenu();

  ModelLibrary& library_;
  const ActionTable& actions_;
};

}  // namespace lorikeet
