#include "adapters/adapter_panel.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>

#include "adapters/adapter_list.h"
#include "adapters/embedding_bar.h"
#include "adapters/sets_menu.h"
#include "widgets/column_scroll_area.h"
#include "widgets/file_dialogs.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

QToolButton* makeCommand(QWidget* parent, const char* name, const QString& icon, const QString& toolTip) {
  auto* button = new QToolButton(parent);
  button->setObjectName(QLatin1String(name));
  button->setIcon(lineIcon(icon));
  button->setIconSize({16, 16});
  button->setAutoRaise(true);
  button->setToolTip(toolTip);
  button->setAccessibleName(toolTip);
  return button;
}

}  // namespace

AdapterPanel::AdapterPanel(AdapterStackModel& model, const AdapterSets& sets, QWidget* parent)
    : QWidget(parent), model_(model), pages_(new QStackedWidget(this)), note_(new QLabel(this)) {
  setObjectName(QStringLiteral("adapterPanel"));
  pages_->setObjectName(QStringLiteral("adapterPages"));
  pages_->addWidget(buildEmptyPage());
  pages_->addWidget(buildRows());
  note_->setObjectName(QStringLiteral("adapterNote"));
  note_->setProperty("role", QStringLiteral("quiet"));
  note_->setContentsMargins(12, 4, 12, 6);
  note_->hide();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(buildCommands(sets));
  column->addWidget(pages_, 1);
  auto* embeddings = new EmbeddingBar(model, this);
  connect(embeddings, &EmbeddingBar::wordClicked, this, &AdapterPanel::wordChosen);
  column->addWidget(embeddings);
  column->addWidget(note_);
  connectUndo();
  connect(&model, &AdapterStackModel::rowsChanged, this, &AdapterPanel::showPage);
  qApp->installEventFilter(this);
  showPage();
}

bool AdapterPanel::isLive() const { return live_->isChecked(); }

void AdapterPanel::setNote(const QString& text) {
  note_->setText(text);
  note_->setVisible(!text.isEmpty());
}

QWidget* AdapterPanel::buildCommands(const AdapterSets& sets) {
  auto* bar = new QWidget(this);
  bar->setObjectName(QStringLiteral("adapterCommands"));
  QToolButton* add =
      makeCommand(bar, "addAdapters", QStringLiteral("plus"), tr("Choose adapter files (LoRA and its relatives)"));
  add->setText(tr("Add…"));
  add->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  connect(add, &QToolButton::clicked, this, &AdapterPanel::chooseFiles);
  live_ = makeCommand(bar, "liveButton", QStringLiteral("zap"),
                      tr("Live: every change of a slider paints the picture again at once, with the same seed"));
  live_->setText(tr("Live"));
  live_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  live_->setCheckable(true);
  connect(live_, &QToolButton::toggled, this, &AdapterPanel::liveToggled);
  undo_ = makeCommand(bar, "undoStack", QStringLiteral("undo-2"), {});
  redo_ = makeCommand(bar, "redoStack", QStringLiteral("redo-2"), {});
  QToolButton* setsButton = makeCommand(bar, "setsButton", QStringLiteral("bookmark"), tr("Named sets of adapters"));
  setsButton->setPopupMode(QToolButton::InstantPopup);
  setsButton->setMenu(new SetsMenu(model_, sets, this));
  auto* line = new QHBoxLayout(bar);
  line->setContentsMargins(8, 4, 8, 4);
  line->setSpacing(4);
  line->addWidget(add);
  line->addWidget(live_);
  line->addStretch();
  line->addWidget(undo_);
  line->addWidget(redo_);
  line->addWidget(setsButton);
  return bar;
}

QWidget* AdapterPanel::buildEmptyPage() {
  auto* page = new QWidget(this);
  page->setObjectName(QStringLiteral("adapterEmptyPage"));
  auto* title = new QLabel(tr("No adapters"), page);
  title->setProperty("role", QStringLiteral("section"));
  title->setAlignment(Qt::AlignCenter);
  auto* text = new QLabel(
      tr("Drop LoRA files or a folder of them anywhere on the window and play their sliders while the picture forms."),
      page);
  text->setProperty("role", QStringLiteral("quiet"));
  text->setAlignment(Qt::AlignCenter);
  text->setWordWrap(true);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(24, 12, 24, 12);
  column->setSpacing(6);
  column->addStretch(2);
  column->addWidget(title);
  column->addWidget(text);
  column->addStretch(3);
  return page;
}

QWidget* AdapterPanel::buildRows() {
  auto* content = new QWidget;
  auto* list = new AdapterList(model_, content);
  connect(list, &AdapterList::triggerWordClicked, this, &AdapterPanel::wordChosen);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(list);
  column->addStretch(1);
  return new ColumnScrollArea(content, this);
}

void AdapterPanel::connectUndo() {
  QUndoStack& stack = model_.undoStack();
  const auto show = [this, &stack] {
    undo_->setEnabled(stack.canUndo());
    redo_->setEnabled(stack.canRedo());
    undo_->setToolTip(stack.canUndo() ? tr("Undo: %1").arg(stack.undoText()) : tr("Nothing to undo in the stack"));
    redo_->setToolTip(stack.canRedo() ? tr("Redo: %1").arg(stack.redoText()) : tr("Nothing to redo in the stack"));
  };
  connect(undo_, &QToolButton::clicked, &stack, &QUndoStack::undo);
  connect(redo_, &QToolButton::clicked, &stack, &QUndoStack::redo);
  connect(&stack, &QUndoStack::indexChanged, this, show);
  undo_->setAccessibleName(tr("Undo in the stack"));
  redo_->setAccessibleName(tr("Redo in the stack"));
  show();
}

void AdapterPanel::chooseFiles() {
  auto* dialog = new QFileDialog(this, tr("Add Adapters"), {},
                                 tr("Adapters (*.safetensors *.pt *.bin *.ckpt *.lora);;All files (*)"));
  dialog->setObjectName(QStringLiteral("addAdaptersDialog"));
  dialog->setFileMode(QFileDialog::ExistingFiles);
  connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& files) { model_.addFiles(files); });
  showFileDialog(dialog);
}

void AdapterPanel::showPage() { pages_->setCurrentIndex(model_.state().entries.empty() ? 0 : 1); }

bool AdapterPanel::undoByKey(const QKeyEvent* event, bool run) {
  const bool isUndo = event->matches(QKeySequence::Undo);
  if (!isUndo && !event->matches(QKeySequence::Redo)) return false;
  if (run) isUndo ? model_.undoStack().undo() : model_.undoStack().redo();
  return true;
}

/// Undo inside the panel is the stack's, whatever has the focus there: not the number field's own nor the canvas's.
bool AdapterPanel::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::ShortcutOverride && event->type() != QEvent::KeyPress) return false;
  const auto* widget = qobject_cast<QWidget*>(watched);
  if (!widget || !isAncestorOf(widget) || widget->window() != window()) return false;
  if (!undoByKey(static_cast<QKeyEvent*>(event), event->type() == QEvent::KeyPress)) return false;
  event->accept();
  return true;
}

}  // namespace lorikeet
