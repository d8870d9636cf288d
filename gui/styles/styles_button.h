#pragma once
#include <QToolButton>

namespace lorikeet {

class StyleLibrary;

/// The menu of styles: choosing one puts it into the prompts and parameters.
class StylesButton : public QToolButton {
  Q_OBJECT
 public:
  explicit StylesButton(StyleLibrary& library, QWidget* parent = nullptr);

 signals:
  void chosen(int row);
  /// Keep what the form says as a new style.
  void keepWanted();
  void editWanted();
  void importWanted();
  void exportWanted();

 private:
  void buildMenu();

  StyleLibrary& library_;
};

}  // namespace lorikeet
