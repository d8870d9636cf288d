#pragma once
#include <lorikeet/request.h>

#include <QStringList>
#include <QToolButton>
#include <array>

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
  /// How the weights are kept, and the bytes that they take each way (by Precision; 0: not known).
  void setPrecision(Precision current, const std::array<int64_t, 4>& weightBytes);

 signals:
  void vaeChosen(const QString& file);
  void precisionChosen(Precision precision);

 private:
  void showCurrent();
  void buildMenu();
  void addVaes();
  void addPrecisions();

  ModelLibrary& library_;
  const ActionTable& actions_;
  QString vae_;
  QStringList known_;
  QStringList vaes_;  ///< those and the current one
  Precision precision_ = Precision::F32;
  std::array<int64_t, 4> weightBytes_ = {};
};

}  // namespace lorikeet
