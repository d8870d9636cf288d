#include "history/history_filters.h"

#include <QComboBox>
#include <QDateEdit>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>

#include "widgets/flow_layout.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr int kFilterGap = 6;

void fillBox(QComboBox& box, const QString& any, const QStringList& choices) {
  const QSignalBlocker quiet(box);
  const QString chosen = box.currentData().toString();
  box.clear();
  box.addItem(any, QString());
  for (const QString& choice : choices) box.addItem(choice, choice);
  if (!chosen.isEmpty() && !choices.contains(chosen)) box.addItem(chosen, chosen);
  box.setCurrentIndex(std::max(0, box.findData(chosen)));
}

QDateEdit* makeDate(const char* name, const QString& toolTip, QWidget* parent) {
  auto* date = new QDateEdit(QDate::currentDate(), parent);
  date->setObjectName(QLatin1String(name));
  date->setToolTip(toolTip);
  date->setCalendarPopup(true);
  return date;
}

}  // namespace

HistoryFilters::HistoryFilters(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("historyFilters"));
  auto* flow = new FlowLayout(kFilterGap, this);
  model_ = addBox("historyModel", tr("Only pictures of this model"));
  adapter_ = addBox("historyAdapter", tr("Only pictures that this adapter changed"));
  sampler_ = addBox("historySampler", tr("Only pictures of this sampler"));
  rating_ = addBox("historyRating", tr("Only pictures with so many stars or more"));
  dates_ = addBox("historyDates", tr("Only pictures of this time"));
  setChoices({});
  rating_->addItem(tr("Any stars"), 0);
  for (int stars = 1; stars <= 5; ++stars) rating_->addItem(QString(stars, QChar(0x2605)), stars);
  for (const QString& text : {tr("Any time"), tr("Today"), tr("Last 7 days"), tr("Last 30 days"), tr("Last 365 days"),
                              tr("Between two days")})
    dates_->addItem(text);
  between_ = new QWidget(this);
  first_ = makeDate("historyFirstDay", tr("The first day"), between_);
  last_ = makeDate("historyLastDay", tr("The last day"), between_);
  auto* row = new QHBoxLayout(between_);
  row->setContentsMargins(0, 0, 0, 0);
  for (QWidget* part : std::initializer_list<QWidget*>{first_, new QLabel(QStringLiteral("–"), between_), last_})
    row->addWidget(part);
  between_->hide();
  auto* resetButton = new QToolButton(this);
  resetButton->setObjectName(QStringLiteral("historyResetFilters"));
  resetButton->setIcon(lineIcon(QStringLiteral("x")));
  resetButton->setToolTip(tr("Show pictures of all models, adapters, samplers, stars and times"));
  connect(resetButton, &QToolButton::clicked, this, &HistoryFilters::reset);
  for (QWidget* part :
       std::initializer_list<QWidget*>{model_, adapter_, sampler_, rating_, dates_, between_, resetButton})
    flow->addWidget(part);
  connect(dates_, &QComboBox::currentIndexChanged, this, [this](int dates) { between_->setVisible(dates == Between); });
  for (QComboBox* box : {model_, adapter_, sampler_, rating_, dates_})
    connect(box, &QComboBox::currentIndexChanged, this, &HistoryFilters::changed);
  for (QDateEdit* date : {first_, last_}) connect(date, &QDateEdit::dateChanged, this, &HistoryFilters::changed);
}

QComboBox* HistoryFilters::addBox(const char* name, const QString& toolTip) {
  auto* box = new QComboBox(this);
  box->setObjectName(QLatin1String(name));
  box->setToolTip(toolTip);
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(9);
  return box;
}

HistoryQuery HistoryFilters::query() const {
  HistoryQuery query;
  query.model = model_->currentData().toString();
  query.adapter = adapter_->currentData().toString();
  query.sampler = sampler_->currentData().toString();
  query.minRating = rating_->currentData().toInt();
  readDates(query);
  return query;
}

void HistoryFilters::readDates(HistoryQuery& query) const {
  const QDate today = QDate::currentDate();
  switch (dates_->currentIndex()) {
    case Today:
      query.since = today.startOfDay();
      break;
    case Week:
      query.since = today.addDays(-6).startOfDay();
      break;
    case Month:
      query.since = today.addDays(-29).startOfDay();
      break;
    case Year:
      query.since = today.addDays(-364).startOfDay();
      break;
    case Between:
      query.since = std::min(first_->date(), last_->date()).startOfDay();
      query.until = std::max(first_->date(), last_->date()).addDays(1).startOfDay();
      break;
    default:
      break;
  }
}

void HistoryFilters::setChoices(const HistoryChoices& choices) {
  fillBox(*model_, tr("Any model"), choices.models);
  fillBox(*adapter_, tr("Any adapter"), choices.adapters);
  fillBox(*sampler_, tr("Any sampler"), choices.samplers);
}

void HistoryFilters::reset() {
  for (QComboBox* box : {model_, adapter_, sampler_, rating_, dates_}) box->setCurrentIndex(0);
}

}  // namespace lorikeet
