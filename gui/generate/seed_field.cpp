#include "generate/seed_field.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QRandomGenerator>
#include <QToolButton>
#include <QValidator>

#include "widgets/icons.h"

namespace lorikeet {
namespace {

/// Whole numbers from 0 to 2^64 - 1; an empty field is being edited.
class SeedValidator : public QValidator {
 public:
  using QValidator::QValidator;
  State validate(QString& text, int&) const override {
    if (text.isEmpty()) return Intermediate;
    bool isNumber = false;
    text.toULongLong(&isNumber);
    return isNumber && text.front().isDigit() ? Acceptable : Invalid;
  }
};

}  // namespace

SeedField::SeedField(QWidget* parent)
    : QWidget(parent), number_(new QLineEdit(this)), dice_(new QToolButton(this)), lock_(new QToolButton(this)) {
  number_->setObjectName(QStringLiteral("seedNumber"));
  number_->setValidator(new SeedValidator(number_));
  number_->setText(QStringLiteral("42"));
  number_->setToolTip(tr("The number that the random noise grows from: same settings and seed, same picture"));
  number_->setAccessibleName(tr("Seed"));
  dice_->setObjectName(QStringLiteral("seedDice"));
  dice_->setIcon(lineIcon(QStringLiteral("dices")));
  dice_->setToolTip(tr("Roll a new seed: same settings, another picture"));
  lock_->setObjectName(QStringLiteral("seedLock"));
  lock_->setCheckable(true);
  for (QToolButton* button : {dice_, lock_}) button->setFocusPolicy(Qt::TabFocus);

  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  layout->addWidget(number_, 1);
  layout->addWidget(dice_);
  layout->addWidget(lock_);
  setFocusProxy(number_);

  connect(dice_, &QToolButton::clicked, this, &SeedField::roll);
  connect(lock_, &QToolButton::toggled, this, [this](bool locked) {
    showLock(locked);
    emit changed();
  });
  connect(number_, &QLineEdit::textEdited, this, [this] {
    setLocked(true);  // who types a seed wants to keep it
    emit changed();
  });
  showLock(false);
}

quint64 SeedField::seed() const { return number_->text().toULongLong(); }

void SeedField::setSeed(quint64 seed) {
  if (seed == this->seed() && !number_->text().isEmpty()) return;
  number_->setText(QString::number(seed));
  emit changed();
}

bool SeedField::isLocked() const { return lock_->isChecked(); }

void SeedField::setLocked(bool locked) { lock_->setChecked(locked); }

void SeedField::roll() { setSeed(QRandomGenerator::global()->generate()); }

void SeedField::showLock(bool locked) {
  lock_->setIcon(lineIcon(locked ? QStringLiteral("lock") : QStringLiteral("lock-open")));
  lock_->setToolTip(locked ? tr("Locked: the next picture uses this seed again. Click for a new one each time")
                           : tr("Open: every picture gets a new seed. Click to keep this one"));
}

}  // namespace lorikeet
