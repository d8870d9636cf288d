#include "widgets/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

/// The resources lie in a static library: without this call the linker would leave them out.
static void initResources() { Q_INIT_RESOURCE(resources); }

namespace lorikeet {
namespace {

/// Draws one SVG with `currentColor` replaced by the palette's colour at the moment of painting.
class LineIconEngine : public QIconEngine {
 public:
  LineIconEngine(const QString& name, QPalette::ColorRole role) : name_(name), role_(role) {
    initResources();
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (file.open(QIODevice::ReadOnly)) source_ = file.readAll();
  }

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    QByteArray svg = source_;
    svg.replace("currentColor", color(mode).name().toLatin1());
    QSvgRenderer(svg).render(painter, rect);
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    return scaledPixmap(size, mode, state, 1.0);
  }

  QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override {
    const QString key =
        QStringLiteral("lorikeet/%1/%2/%3x%4").arg(name_, color(mode).name()).arg(size.width()).arg(size.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    pixmap = QPixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(), size), mode, state);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
  }

  QIconEngine* clone() const override { return new LineIconEngine(*this); }
  bool isNull() override { return source_.isEmpty(); }

 private:
  QColor color(QIcon::Mode mode) const {
    const QPalette palette = QGuiApplication::palette();
    if (mode == QIcon::Disabled) return palette.color(QPalette::Disabled, role_);
    return palette.color(QPalette::Active, role_);
  }

  QString name_;
  QPalette::ColorRole role_;
  QByteArray source_;
};

}  // namespace

QIcon lineIcon(const QString& name) { return QIcon(new LineIconEngine(name, QPalette::ButtonText)); }

QIcon accentIcon(const QString& name) { return QIcon(new LineIconEngine(name, QPalette::HighlightedText)); }

QIcon applicationIcon() {
  initResources();
  return QIcon(QStringLiteral(":/icons/lorikeet.svg"));
}

}  // namespace lorikeet
