#pragma once
#include <QDialog>
#include <memory>

#include "studio/styles/style_library.h"

namespace Ui {
class StylesDialog;
}

namespace lorikeet {

/// The editor of styles: the list at the left, the chosen one at the right. What is changed counts at once. Not modal.
class StylesDialog : public QDialog {
  Q_OBJECT
 public:
  explicit StylesDialog(StyleLibrary& library, QWidget* parent = nullptr);
  ~StylesDialog() override;

  /// Chooses a style; with `rename` its name is ready to be typed over.
  void choose(int row, bool rename = false);

 private:
  void fillChoices();
  void connectList();
  void connectFields();
  void show(int row);
  void store();
  int row() const;
  void move(int by);

  StyleLibrary& library_;
  std::unique_ptr<Ui::StylesDialog> ui_;
  bool showing_ = false;
};

}  // namespace lorikeet
