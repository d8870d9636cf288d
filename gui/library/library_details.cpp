#include "library/library_details.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/column_scroll_area.h"
#include "widgets/icons.h"
#include "widgets/trigger_chips.h"

namespace lorikeet {
namespace {

constexpr int kSendMs = 600;  ///< notes are kept when typing rests

QLabel* makeText(QWidget* parent, const char* name) {
  auto* label = new QLabel(parent);
  label->setObjectName(QLatin1String(name));
  label->setTextFormat(Qt::PlainText);
  label->setWordWrap(true);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return label;
}

QToolButton* makeSmallButton(QWidget* parent, const char* name, const QString& icon, const QString& toolTip) {
  auto* button = new QToolButton(parent);
  button->setObjectName(QLatin1String(name));
  button->setIcon(lineIcon(icon));
  button->setIconSize({14, 14});
  button->setToolTip(toolTip);
  button->setAccessibleName(toolTip);
  return button;
}

QString factsOf(const LibraryAdapter& adapter) {
  QStringList facts = adapter.contents.formats;
  if (!adapter.family().isEmpty()) facts.prepend(adapter.family());
  if (adapter.byteSize > 0) facts << QLocale().formattedDataSize(adapter.byteSize);
  return facts.join(QStringLiteral(" · "));
}

/// What is wrong, what the person wrote in A1111, and what the maker says.
QString aboutOf(const LibraryAdapter& adapter) {
  QStringList parts;
  if (!adapter.contents.problem.isEmpty()) parts << adapter.contents.problem;
  parts += adapter.sidecar.problems;
  if (!adapter.sidecar.notes.isEmpty()) parts << adapter.sidecar.notes;
  if (!adapter.sidecar.negativeText.isEmpty())
    parts << LibraryDetails::tr("For the negative prompt: %1").arg(adapter.sidecar.negativeText);
  if (!adapter.sidecar.description.isEmpty()) parts << adapter.sidecar.description;
  return parts.join(QStringLiteral("\n\n"));
}

}  // namespace

LibraryDetails::LibraryDetails(QWidget* parent)
    : QWidget(parent),
      name_(makeText(this, "libraryDetailsName")),
      facts_(makeText(this, "libraryDetailsFacts")),
      about_(makeText(this, "libraryDetailsAbout")),
      chips_(new TriggerChips(this)),
      notes_(new QPlainTextEdit(this)) {
  setObjectName(QStringLiteral("libraryDetails"));
  name_->setProperty("role", QStringLiteral("section"));
  facts_->setProperty("role", QStringLiteral("quiet"));
  notes_->setObjectName(QStringLiteral("libraryNotes"));
  notes_->setPlaceholderText(tr("Your notes"));
  notes_->setToolTip(tr("What you want to remember of this adapter; the search finds it"));
  notes_->setAccessibleName(tr("Notes"));
  notes_->setTabChangesFocus(true);
  notes_->setFixedHeight(3 * notes_->fontMetrics().lineSpacing() + 12);
  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(10, 2, 10, 8);
  column->setSpacing(5);
  for (QWidget* part : std::initializer_list<QWidget*>{facts_, makeWeight(), chips_, notes_, about_})
    column->addWidget(part);
  column->addStretch(1);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(makeHead());
  layout->addWidget(new ColumnScrollArea(content, this), 1);
  delay_.setSingleShot(true);
  delay_.setInterval(kSendMs);
  connect(&delay_, &QTimer::timeout, this, &LibraryDetails::send);
  connect(notes_, &QPlainTextEdit::textChanged, this, [this] {
    if (!showing_) delay_.start();
  });
  connect(chips_, &TriggerChips::wordClicked, this, &LibraryDetails::insertWanted);
  showAdapter();
}

LibraryDetails::~LibraryDetails() = default;

QWidget* LibraryDetails::makeHead() {
  auto* head = new QWidget(this);
  auto* close = makeSmallButton(head, "closeLibraryDetails", QStringLiteral("x"), tr("Hide notes and weight (Esc)"));
  connect(close, &QToolButton::clicked, this, &LibraryDetails::closeWanted);
  auto* line = new QHBoxLayout(head);
  line->setContentsMargins(10, 4, 6, 0);
  line->addWidget(name_, 1);
  line->addWidget(close, 0, Qt::AlignTop);
  return head;
}

QWidget* LibraryDetails::makeWeight() {
  auto* row = new QWidget(this);
  weight_ = new QDoubleSpinBox(row);
  weight_->setObjectName(QStringLiteral("libraryWeight"));
  weight_->setRange(-10, 10);
  weight_->setSingleStep(0.05);
  weight_->setKeyboardTracking(false);
  weight_->setToolTip(tr("The weight with which this adapter comes into the stack"));
  weight_->setAccessibleName(tr("Default weight"));
  auto* text = new QLabel(tr("Default &weight"), row);
  text->setBuddy(weight_);
  text->setToolTip(weight_->toolTip());
  resetWeight_ = makeSmallButton(row, "resetLibraryWeight", QStringLiteral("rotate-ccw"), {});
  connect(weight_, &QDoubleSpinBox::valueChanged, this, [this](double weight) {
    if (showing_) return;
    adapter_.note.weight = weight;
    send();
  });
  connect(resetWeight_, &QToolButton::clicked, this, [this] {
    adapter_.note.weight.reset();
    send();
    showAdapter();
  });
  auto* line = new QHBoxLayout(row);
  line->setContentsMargins(0, 0, 0, 0);
  line->addWidget(text);
  line->addWidget(weight_);
  line->addWidget(resetWeight_);
  line->addStretch(1);
  return row;
}

void LibraryDetails::setAdapter(const LibraryAdapter* adapter) {
  const LibraryAdapter next = adapter ? *adapter : LibraryAdapter();
  if (next == adapter_) return;
  const bool isOther = next.file != adapter_.file;
  if (isOther) sendPending();
  const bool isWriting = !isOther && delay_.isActive();
  adapter_ = next;
  if (isWriting) adapter_.note.text = notes_->toPlainText();
  showAdapter();
}

void LibraryDetails::showAdapter() {
  showing_ = true;
  const bool isThere = !adapter_.file.isEmpty();
  name_->setText(isThere ? adapter_.name : tr("No adapter is marked"));
  facts_->setText(factsOf(adapter_));
  facts_->setVisible(!facts_->text().isEmpty());
  about_->setText(aboutOf(adapter_));
  about_->setVisible(!about_->text().isEmpty());
  chips_->setWords(adapter_.triggers());
  weight_->setValue(adapter_.defaultWeight());
  weight_->setEnabled(isThere);
  resetWeight_->setEnabled(adapter_.note.weight.has_value());
  const double other = adapter_.sidecar.weight.value_or(1);
  resetWeight_->setToolTip(tr("Back to %1").arg(QLocale().toString(other, 'g', 4)));
  resetWeight_->setAccessibleName(resetWeight_->toolTip());
  notes_->setEnabled(isThere);
  if (notes_->toPlainText() != adapter_.note.text) notes_->setPlainText(adapter_.note.text);
  showing_ = false;
}

void LibraryDetails::focusWeight() {
  weight_->setFocus(Qt::OtherFocusReason);
  weight_->selectAll();
}

void LibraryDetails::send() {
  delay_.stop();
  if (adapter_.file.isEmpty()) return;
  adapter_.note.text = notes_->toPlainText();
  resetWeight_->setEnabled(adapter_.note.weight.has_value());
  emit noteEdited(adapter_.file, adapter_.note);
}

void LibraryDetails::sendPending() {
  if (delay_.isActive()) send();
}

void LibraryDetails::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) return emit closeWanted();
  QWidget::keyPressEvent(event);
}

}  // namespace lorikeet
