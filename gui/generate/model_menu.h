#pragma once
#include <QStringList>
#include <QToolButton>

namespace lorikeet {

class ActionTable;
class ModelLibrary;

/// The button in the tool bar that shows the current model and offers the others.
class ModelMenu : public QToolButton {
  Q_OBJECT
 public:
  ModelMenu(ModelLibrary& library, const ActionTable& actions, QWidget* parent = nullptr);

  /// The VAE in place of the model's own (empty: that), and files that were used before.
  void setVaes(const QString& current, const QStringList& known);

 signals:
  void vaeChosen(const QString& file);

 private:
  void showCurrent();
  void buildMenu();
  void addVaes();

  ModelLibrary& library_;
  const ActionTable& actions_;
  QString vae_;
  QStringList known_;
  QStringList vaes_;  ///< those and the current one
};

}  // namespace lorikeet
