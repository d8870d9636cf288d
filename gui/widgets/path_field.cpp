#include "widgets/path_field.h"

#include <QDropEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QToolButton>
#include <QUrl>

#include "widgets/file_dialogs.h"
#include "widgets/icons.h"

namespace lorikeet {

PathField::PathField(Kind kind, const QString& title, const QString& filter, QWidget* parent)
    : QWidget(parent), kind_(kind), title_(title), filter_(filter), line_(new QLineEdit(this)) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(line_, 1);
  const auto addButton = [&](const char* icon, const QString& tip, bool folder) {
    auto* button = new QToolButton(this);
    button->setIcon(lineIcon(QString::fromLatin1(icon)));
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    layout->addWidget(button);
    connect(button, &QToolButton::clicked, this, [this, folder] { choose(folder); });
  };
  if (kind != Kind::Folder)
    addButton("folder-open", kind == Kind::NewFile ? tr("Choose a name") : tr("Choose a file"), false);
  if (kind == Kind::Folder || kind == Kind::FileOrFolder) addButton("folder-search", tr("Choose a folder"), true);
  setFocusProxy(line_);
  line_->installEventFilter(this);
  connect(line_, &QLineEdit::textChanged, this, &PathField::pathChanged);
  connect(line_, &QLineEdit::textEdited, this, &PathField::pathEdited);
}

QString PathField::path() const { return line_->text().trimmed(); }
void PathField::setPath(const QString& path) { line_->setText(path); }
void PathField::setPlaceholder(const QString& text) { line_->setPlaceholderText(text); }

void PathField::choose(bool folder) {
  auto* dialog = new QFileDialog(this, title_);
  if (folder) dialog->setFileMode(QFileDialog::Directory);
  if (!folder && kind_ != Kind::NewFile) dialog->setFileMode(QFileDialog::ExistingFile);
  if (kind_ == Kind::NewFile) dialog->setAcceptMode(QFileDialog::AcceptSave);
  if (!folder) dialog->setNameFilter(filter_);
  if (!path().isEmpty()) dialog->selectFile(path());
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
    setPath(file);
    emit pathEdited(file);
  });
  showFileDialog(dialog);
}

/// A line edit would take a dropped file as the text of its address.
bool PathField::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::Drop && event->type() != QEvent::DragEnter) return QWidget::eventFilter(watched, event);
  auto* drop = static_cast<QDropEvent*>(event);
  const QList<QUrl> urls = drop->mimeData()->urls();
  if (urls.size() != 1 || !urls.front().isLocalFile()) return QWidget::eventFilter(watched, event);
  drop->acceptProposedAction();
  if (event->type() == QEvent::Drop) {
    setPath(urls.front().toLocalFile());
    emit pathEdited(path());
  }
  return true;
}

}  // namespace lorikeet
