#include "mainwindow/window_drops.h"

#include <QApplication>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPainter>
#include <QPlainTextEdit>
#include <QTextEdit>
#include <QUrl>

#include "studio/studio.h"
#include "widgets/message_bar.h"

namespace lorikeet {
namespace {

bool isDragEvent(QEvent::Type type) {
  return type == QEvent::DragEnter || type == QEvent::DragMove || type == QEvent::DragLeave || type == QEvent::Drop;
}

/// Fields that take a dropped file's address as text.
bool isTextField(const QWidget* widget) {
  const QWidget* parent = widget->parentWidget();
  return qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QPlainTextEdit*>(parent) ||
         qobject_cast<const QTextEdit*>(parent) || qobject_cast<const QPlainTextEdit*>(widget);
}

/// Lies over the whole window while files hover above it.
class DropWelcome : public QWidget {
 public:
  explicit DropWelcome(QWidget* window) : QWidget(window) {
    setObjectName(QStringLiteral("dropWelcome"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    constexpr int kMargin = 10;
    constexpr int kRadius = 12;
    constexpr int kVeil = 215;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = palette().color(QPalette::Window);
    veil.setAlpha(kVeil);
    painter.fillRect(rect(), veil);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2, Qt::DashLine));
    painter.drawRoundedRect(rect().adjusted(kMargin, kMargin, -kMargin, -kMargin), kRadius, kRadius);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.6);
    painter.setFont(large);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(rect(), Qt::AlignCenter, WindowDrops::tr("Drop adapters, models and pictures here"));
  }
};

}  // namespace

QStringList localFilesOf(const QMimeData* data) {
  QStringList paths;
  for (const QUrl& url : data->urls())
    if (url.isLocalFile()) paths << url.toLocalFile();
  return paths;
}

WindowDrops::WindowDrops(Studio& studio, MessageBar& messages, QWidget* window)
    : QObject(window), studio_(studio), window_(window), welcome_(new DropWelcome(window)) {
  window->setAcceptDrops(true);
  qApp->installEventFilter(this);
  connect(&studio.drops, &DropDispatcher::refused, &messages,
          [&messages](const QString& sentence, const QString& details) {
            messages.showMessage(MessageBar::Kind::Warning, sentence, details);
          });
  studio.drops.addTaker(FileKind::Model, this, [this](const std::vector<DroppedFile>& files) {
    studio_.models.setCurrent(files.back().path);
  });
}

bool WindowDrops::eventFilter(QObject* watched, QEvent* event) {
  if (!isDragEvent(event->type())) return false;
  auto* widget = qobject_cast<QWidget*>(watched);
  if (!widget || widget->window() != window_) return false;
  if (event->type() == QEvent::DragLeave) {
    if (widget == window_) setWelcomeShown(false);
    return false;
  }
  auto* drag = static_cast<QDropEvent*>(event);
  const QStringList files = localFilesOf(drag->mimeData());
  if (files.isEmpty()) return false;
  if (widget != window_) {
    if (!isTextField(widget)) return false;
    drag->ignore();  // so that Qt offers it to the parents, the window at last
    return true;
  }
  drag->setDropAction(Qt::CopyAction);
  drag->accept();
  setWelcomeShown(event->type() != QEvent::Drop);
  if (event->type() == QEvent::Drop) studio_.drops.drop(files);
  return true;
}

void WindowDrops::setWelcomeShown(bool shown) {
  if (shown) {
    welcome_->setGeometry(window_->rect());
    welcome_->raise();
  }
  welcome_->setVisible(shown);
}

}  // namespace lorikeet
