#pragma once
#include <lorikeet/sweep.h>

#include <QWidget>
#include <optional>

class QComboBox;
class QLabel;
class QLineEdit;

namespace lorikeet {

/// One axis of a sweep: what it changes, from a menu of what the request has, and its values, read as they are typed.
class AxisEditor : public QWidget {
  Q_OBJECT
 public:
  /// An optional axis may be "nothing".
  AxisEditor(const QString& title, bool isOptional, QWidget* parent = nullptr);

  /// Offers the adapters of this request beside the fields that every request has.
  void setRequest(const GenerateRequest& request);
  void setAxis(const std::optional<SweepAxis>& axis);
  /// Empty where nothing is chosen.
  std::optional<SweepAxis> axis() const;
  /// Why the values cannot be read; empty: they can.
  QString problem() const { return problem_; }

 signals:
  void changed();

 private:
  void fieldChosen();
  void read();

  bool isOptional_;
  QComboBox* field_;
  QLineEdit* values_;
  QLabel* count_;
  QString problem_;
};

}  // namespace lorikeet
