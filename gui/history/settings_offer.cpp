#include "history/settings_offer.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QPixmap>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "studio/history/setting_groups.h"

namespace lorikeet {
namespace {

constexpr int kPreviewSide = 160;
constexpr int kValueWidth = 320;

QLabel* makeValue(const QString& text, QWidget* parent) {
  auto* value = new QLabel(parent);
  value->setProperty("role", QStringLiteral("quiet"));
  value->setTextFormat(Qt::PlainText);
  value->setText(value->fontMetrics().elidedText(text.simplified(), Qt::ElideRight, kValueWidth));
  value->setToolTip(text.toHtmlEscaped());
  return value;
}

QLabel* makePreview(const QString& file, QWidget* parent) {
  auto* preview = new QLabel(parent);
  const QPixmap picture(file);
  if (!picture.isNull())
    preview->setPixmap(picture.scaled(kPreviewSide, kPreviewSide, Qt::KeepAspectRatio, Qt::SmoothTransformation));
  preview->setAlignment(Qt::AlignTop | Qt::AlignHCenter);
  return preview;
}

}  // namespace

SettingsOffer::SettingsOffer(const QString& file, const GenerateRequest& request, const QStringList& notes,
                             QWidget* parent)
    : QDialog(parent), request_(request) {
  setObjectName(QStringLiteral("settingsOffer"));
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Settings of %1").arg(QFileInfo(file).fileName()));
  auto* rows = new QGridLayout;
  addGroups(*rows);
  auto* top = new QHBoxLayout;
  top->setSpacing(16);
  top->addWidget(makePreview(file, this));
  top->addLayout(rows, 1);
  auto* missing = new QLabel(notes.join(QLatin1Char('\n')), this);
  missing->setObjectName(QStringLiteral("missingLabel"));
  missing->setProperty("role", QStringLiteral("warning"));
  missing->setTextFormat(Qt::PlainText);
  missing->setWordWrap(true);
  missing->setVisible(!notes.isEmpty());
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  use_ = buttons->addButton(tr("Use Settings"), QDialogButtonBox::AcceptRole);
  use_->setObjectName(QStringLiteral("useOfferedSettings"));
  use_->setToolTip(tr("Put what is checked into the form, the stack and the panels"));
  use_->setDefault(true);
  auto* edit = buttons->addButton(tr("Edit Picture"), QDialogButtonBox::ActionRole);
  edit->setObjectName(QStringLiteral("editOfferedPicture"));
  edit->setToolTip(tr("Open the picture itself on the Edit page"));
  connect(use_, &QPushButton::clicked, this, &SettingsOffer::useWanted);
  connect(edit, &QPushButton::clicked, this, [this, file] { emit editWanted(file); });
  for (QPushButton* button : {use_, edit}) connect(button, &QPushButton::clicked, this, &QDialog::close);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* all = new QVBoxLayout(this);
  all->setSpacing(12);
  all->addLayout(top);
  all->addWidget(missing);
  all->addWidget(buttons);
  updateButton();
}

void SettingsOffer::addGroups(QGridLayout& rows) {
  int row = 0;
  for (const SettingGroup& group : settingGroups()) {
    const QString summary = group.summary(request_);
    boxes_.push_back(summary.isEmpty() ? nullptr : new QCheckBox(group.label(), this));
    QCheckBox* box = boxes_.back();
    if (!box) continue;
    box->setObjectName(QString::fromLatin1(group.id) + QStringLiteral("Box"));
    box->setToolTip(tr("Take this over from the picture"));
    box->setChecked(true);
    connect(box, &QCheckBox::toggled, this, &SettingsOffer::updateButton);
    rows.addWidget(box, row, 0);
    rows.addWidget(makeValue(summary, this), row++, 1);
  }
  rows.setColumnStretch(1, 1);
  rows.setHorizontalSpacing(16);
}

void SettingsOffer::copyChosen(GenerateRequest& target) const {
  const auto groups = settingGroups();
  const bool all = std::ranges::all_of(boxes_, [](const QCheckBox* box) { return !box || box->isChecked(); });
  for (size_t i = 0; i < groups.size(); ++i)
    // What the picture has at its usual value belongs to it as well, when all of it is wanted.
    if (boxes_[i] ? boxes_[i]->isChecked() : all) groups[i].copy(request_, target);
}

void SettingsOffer::updateButton() {
  use_->setEnabled(std::ranges::any_of(boxes_, [](const QCheckBox* box) { return box && box->isChecked(); }));
}

}  // namespace lorikeet
