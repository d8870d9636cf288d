#include "canvas/canvas_panel.h"

#include <lorikeet/error.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QMimeData>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "canvas/candidate_bar.h"
#include "canvas/paint_canvas.h"
#include "canvas/question_bar.h"
#include "canvas/reshape_bar.h"
#include "canvas/tool_options_bar.h"
#include "studio/document/canvas_document.h"
#include "studio/document/picture_offer.h"
#include "widgets/file_dialogs.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr QSize kStripIconSize(18, 18);

}  // namespace

CanvasPanel::CanvasPanel(CanvasDocument& document, QWidget* parent)
    : QWidget(parent),
      document_(document),
      canvas_(new PaintCanvas(document, this)),
      actions_(new CanvasActions(document, *canvas_)),
      reshape_(new ReshapeBar(document, this)),
      question_(new QuestionBar(this)) {
  canvas_->setObjectName(QStringLiteral("paintCanvas"));
  setFocusProxy(canvas_);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(makeToolStrip());
  middle->addWidget(canvas_, 1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(new ToolOptionsBar(*canvas_, *actions_, this));
  column->addWidget(question_);
  column->addLayout(middle, 1);
  column->addWidget(reshape_);
  column->addWidget(new CandidateBar(document, *actions_, this));
  connectActions();
  connect(canvas_, &PaintCanvas::pictureOffered, this, [this](const QMimeData* offer) { takePicture(*offer); });
  connect(&document_, &CanvasDocument::problem, this, &CanvasPanel::problem);
}

/// What does not fit into a low window goes into the tool bar's own menu.
QWidget* CanvasPanel::makeToolStrip() {
  auto* strip = new QToolBar(this);
  strip->setObjectName(QStringLiteral("canvasTools"));
  strip->setOrientation(Qt::Vertical);
  strip->setMovable(false);
  strip->setIconSize(kStripIconSize);
  using Id = CanvasActionId;
  const std::initializer_list<std::initializer_list<Id>> groups = {
      {Id::Brush, Id::Eraser, Id::Lasso, Id::Rectangle, Id::Fill},
      {Id::Undo, Id::Redo},
      {Id::InvertMask, Id::ClearMask, Id::ReshapeMask},
      {Id::Extend}};
  for (const auto& group : groups) {
    if (!strip->actions().isEmpty()) strip->addSeparator();
    for (const Id id : group) {
      QAction* action = (*actions_)[id];
      strip->addAction(action);
      strip->widgetForAction(action)->setFocusPolicy(Qt::TabFocus);
    }
  }
  strip->addWidget(makeMoreButton(strip));
  if (auto* rest = strip->findChild<QToolButton*>(QStringLiteral("qt_toolbar_ext_button"))) {
    rest->setToolTip(tr("Show the tools that have no room"));
    rest->setFocusPolicy(Qt::TabFocus);
  }
  return strip;
}

QToolButton* CanvasPanel::makeMoreButton(QWidget* strip) {
  auto* more = new QToolButton(strip);
  more->setIconSize(kStripIconSize);
  more->setAutoRaise(true);
  more->setFocusPolicy(Qt::TabFocus);
  more->setObjectName(QStringLiteral("moreButton"));
  more->setIcon(lineIcon(QStringLiteral("ellipsis")));
  more->setToolTip(tr("Open and paste pictures, load and save the mask, turn the view"));
  more->setAccessibleName(tr("More"));
  more->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(more);
  menu->setToolTipsVisible(true);
  using Id = CanvasActionId;
  for (const auto& group :
       std::initializer_list<std::initializer_list<Id>>{{Id::OpenPicture, Id::PastePicture},
                                                        {Id::LoadMask, Id::SaveMask},
                                                        {Id::RotateLeft, Id::RotateRight, Id::ResetRotation}}) {
    if (!menu->isEmpty()) menu->addSeparator();
    for (const Id id : group) menu->addAction((*actions_)[id]);
  }
  more->setMenu(menu);
  return more;
}

void CanvasPanel::connectActions() {
  for (const CanvasActionId id :
       {CanvasActionId::Undo, CanvasActionId::Redo, CanvasActionId::OpenPicture, CanvasActionId::PastePicture}) {
    addAction((*actions_)[id]);
  }
  const auto on = [this](CanvasActionId id, auto slot) { connect((*actions_)[id], &QAction::triggered, this, slot); };
  on(CanvasActionId::OpenPicture, &CanvasPanel::choosePicture);
  on(CanvasActionId::PastePicture, &CanvasPanel::pastePicture);
  on(CanvasActionId::LoadMask, &CanvasPanel::chooseMask);
  on(CanvasActionId::SaveMask, &CanvasPanel::chooseMaskTarget);
  connect((*actions_)[CanvasActionId::ReshapeMask], &QAction::triggered, reshape_, &ReshapeBar::open);
}

void CanvasPanel::attempt(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    emit problem(QString::fromUtf8(error.what()));
  }
}

void CanvasPanel::openPicture(const QString& file) {
  attempt([&] { document_.openPicture(readPicture(file)); });
}

void CanvasPanel::takePicture(const QMimeData& offer) {
  attempt([&] { document_.openPicture(pictureFrom(offer)); });
}

void CanvasPanel::pastePicture() {
  const QMimeData* offer = QGuiApplication::clipboard()->mimeData();
  if (!offer || !hasPicture(*offer)) {
    emit problem(tr("The clipboard holds no picture."));
  } else {
    attempt([&] { document_.openPicture(pictureFrom(*offer), tr("paste picture")); });
  }
}

void CanvasPanel::loadMask(const QString& file) {
  try {
    document_.loadMask(file, MaskFit::Refuse);
  } catch (const Error& error) {
    const QString sentence = QString::fromUtf8(error.what());
    if (error.kind() != ErrorKind::Mismatch) {
      emit problem(sentence);
      return;
    }
    question_->ask(sentence, tr("Scale It"),
                   [this, file] { attempt([&] { document_.loadMask(file, MaskFit::Scale); }); });
  }
}

void CanvasPanel::saveMask(const QString& file) {
  attempt([&] { document_.saveMask(file); });
}

void CanvasPanel::choosePicture() {
  auto* dialog = new QFileDialog(this, tr("Open Picture"), {}, pictureFilter());
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, &CanvasPanel::openPicture);
  showFileDialog(dialog);
}

void CanvasPanel::chooseMask() {
  auto* dialog = new QFileDialog(this, tr("Load Mask"), {}, pictureFilter());
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, &CanvasPanel::loadMask);
  showFileDialog(dialog);
}

void CanvasPanel::chooseMaskTarget() {
  auto* dialog = new QFileDialog(this, tr("Save Mask"), {}, tr("PNG (*.png)"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(QStringLiteral("png"));
  connect(dialog, &QFileDialog::fileSelected, this, &CanvasPanel::saveMask);
  showFileDialog(dialog);
}

}  // namespace lorikeet
