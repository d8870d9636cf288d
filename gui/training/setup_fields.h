#pragma once
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <functional>
#include <map>

#include "studio/jobs/convert.h"
#include "studio/training/training_setup.h"
#include "widgets/enum_box.h"
#include "widgets/path_field.h"

namespace lorikeet {

/// How one row of a form is called, found by tests, and explained.
struct FieldText {
  QString label;
  const char* name;
  QString toolTip;
};

/// A number of few digits at any magnitude, such as a learning rate: "0.0001", "1e-05".
class RateField : public QDoubleSpinBox {
  Q_OBJECT
 public:
  explicit RateField(QWidget* parent = nullptr);
  QString textFromValue(double value) const override;
};

/// The fields of a form, each bound to a member of the setup by a function that names it. Rows go into the layout of
/// the last call of into().
class SetupFields : public QObject {
  Q_OBJECT
 public:
  explicit SetupFields(QWidget* form) : QObject(form), form_(form) {}

  void into(QFormLayout* rows) { rows_ = rows; }
  QFormLayout* rows() const { return rows_; }

  void show(const TrainingSetup& setup);
  bool isShowing() const { return isShowing_; }
  void write(TrainingSetup& setup) const;
  void setRowVisible(QWidget* field, bool visible) const { rowsOf_.at(field)->setRowVisible(field, visible); }

  template <class Member>
  QSpinBox* addCount(const FieldText& text, int minimum, int maximum, Member member) {
    auto* box = named<QSpinBox>(text);
    box->setRange(minimum, maximum);
    bind([box, member](const TrainingSetup& setup) { box->setValue(int(member(setup))); },
         [box, member](TrainingSetup& setup) {
           member(setup) = std::remove_cvref_t<decltype(member(setup))>(box->value());
         });
    connect(box, &QSpinBox::valueChanged, this, &SetupFields::note);
    addRow(text, box);
    return box;
  }

  /// `share` shows 0..1 as percent.
  template <class Member>
  QDoubleSpinBox* addNumber(const FieldText& text, double minimum, double maximum, Member member,
                            bool isShare = false) {
    auto* box = isShare ? named<QDoubleSpinBox>(text) : named<RateField>(text);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    const double unit = isShare ? 100 : 1;
    box->setRange(minimum * unit, maximum * unit);
    if (isShare) box->setSuffix(QStringLiteral(" %"));
    if (isShare) box->setDecimals(1);
    bind([box, member, unit](const TrainingSetup& setup) { box->setValue(member(setup) * unit); },
         [box, member, unit](TrainingSetup& setup) { member(setup) = box->value() / unit; });
    connect(box, &QDoubleSpinBox::valueChanged, this, &SetupFields::note);
    addRow(text, box);
    return box;
  }

  template <class Member>
  QCheckBox* addCheck(const FieldText& text, Member member) {
    auto* box = named<QCheckBox>(text);
    box->setText(text.label);
    bind([box, member](const TrainingSetup& setup) { box->setChecked(member(setup)); },
         [box, member](TrainingSetup& setup) { member(setup) = box->isChecked(); });
    connect(box, &QCheckBox::toggled, this, &SetupFields::note);
    rows_->addRow(box);
    rowsOf_[box] = rows_;
    return box;
  }

  template <class Enum, class Member>
  QComboBox* addChoice(const FieldText& text, std::span<const EnumName<Enum>> names, Member member) {
    auto* box = named<QComboBox>(text);
    fillBox(box, names);
    bind([box, member](const TrainingSetup& setup) { chooseIn(box, member(setup)); },
         [box, member](TrainingSetup& setup) { member(setup) = chosenIn<Enum>(box); });
    connect(box, &QComboBox::currentIndexChanged, this, &SetupFields::note);
    addRow(text, box);
    return box;
  }

  template <class Member>
  QLineEdit* addLine(const FieldText& text, Member member) {
    auto* line = named<QLineEdit>(text);
    bind([line, member](const TrainingSetup& setup) { line->setText(toQString(member(setup))); },
         [line, member](TrainingSetup& setup) { member(setup) = line->text().trimmed().toStdString(); });
    connect(line, &QLineEdit::textChanged, this, &SetupFields::note);
    addRow(text, line);
    return line;
  }

  template <class Member>
  PathField* addPath(const FieldText& text, PathField::Kind kind, const QString& filter, Member member) {
    auto* field = new PathField(kind, text.label, filter, form_);
    prepare(field, text);
    bind([field, member](const TrainingSetup& setup) { field->setPath(pathToQString(member(setup))); },
         [field, member](TrainingSetup& setup) { member(setup) = toPath(field->path()); });
    connect(field, &PathField::pathChanged, this, &SetupFields::note);
    addRow(text, field);
    return field;
  }

  /// Several lines.
  template <class Member>
  QPlainTextEdit* addText(const FieldText& text, Member member) {
    auto* edit = named<QPlainTextEdit>(text);
    edit->setTabChangesFocus(true);
    bind([edit, member](const TrainingSetup& setup) { edit->setPlainText(toQString(member(setup))); },
         [edit, member](TrainingSetup& setup) { member(setup) = edit->toPlainText().toStdString(); });
    connect(edit, &QPlainTextEdit::textChanged, this, &SetupFields::note);
    addRow(text, edit);
    return edit;
  }

 signals:
  /// By a person, not by show().
  void changed();

 private:
  template <class Widget>
  Widget* named(const FieldText& text) {
    auto* widget = new Widget(form_);
    prepare(widget, text);
    return widget;
  }
  void prepare(QWidget* widget, const FieldText& text);
  void addRow(const FieldText& text, QWidget* field) {
    rows_->addRow(text.label, field);
    rowsOf_[field] = rows_;
  }
  void bind(std::function<void(const TrainingSetup&)> show, std::function<void(TrainingSetup&)> write) {
    bindings_.emplace_back(std::move(show), std::move(write));
  }
  void note();

  QWidget* form_;
  QFormLayout* rows_ = nullptr;
  std::vector<std::pair<std::function<void(const TrainingSetup&)>, std::function<void(TrainingSetup&)>>> bindings_;
  std::map<QWidget*, QFormLayout*> rowsOf_;
  bool isShowing_ = false;
};

}  // namespace lorikeet
