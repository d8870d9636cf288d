#pragma once
#include <lorikeet/request.h>

#include <QDialog>
#include <QStringList>
#include <vector>

class QCheckBox;
class QGridLayout;
class QPushButton;

namespace lorikeet {

/// Offers what a picture says about its making: all of it or chosen groups, with what is missing. Does not stop the
/// window.
class SettingsOffer : public QDialog {
  Q_OBJECT
 public:
  /// `request` is what findSettings() made of the picture, `notes` what it could not find.
  SettingsOffer(const QString& file, const GenerateRequest& request, const QStringList& notes,
                QWidget* parent = nullptr);

  const GenerateRequest& request() const { return request_; }
  /// Puts the chosen groups into a request.
  void copyChosen(GenerateRequest& target) const;

 signals:
  void useWanted();
  void editWanted(const QString& file);

 private:
  void addGroups(QGridLayout& rows);
  void updateButton();

  GenerateRequest request_;
  std::vector<QCheckBox*> boxes_;  ///< in the order of settingGroups(); null where there is nothing to take over
  QPushButton* use_;
};

}  // namespace lorikeet
