#include "widgets/theme.h"

#include <QApplication>
#include <QFile>
#include <QPalette>
#include <QPointer>
#include <QStyle>
#include <QStyleFactory>
#include <QToolTip>

#include "widgets/desktop_colors.h"

namespace lorikeet {
namespace {

/// The colours of one theme. Text on base and on accent keeps a contrast of 4.5 or more.
struct Colors {
  QColor window, panel, base, raised, border, text, subdued, disabled, accent, accentHover, accentText, danger, warning;
};

const Colors& colorsOf(bool dark) {
  static const Colors light{0xf3f4f5, 0xf9fafa, 0xffffff, 0xffffff, 0xd3d7da, 0x1f2426, 0x5c666b,
                            0xa3abaf, 0x14784f, 0x0f6341, 0xffffff, 0xb3261e, 0x8a5a00};
  static const Colors black{0x25282a, 0x2b2f31, 0x1c1f20, 0x373c3f, 0x44494d, 0xe6e9ea, 0xa2abaf,
                            0x6a7276, 0x4cc38a, 0x63d39d, 0x0c1f16, 0xff8a80, 0xf2c14e};
  return dark ? black : light;
}

QPalette paletteOf(const Colors& c) {
  QPalette palette(c.text, c.raised, c.raised.lighter(110), c.border, c.border.lighter(115), c.text, Qt::white, c.base,
                   c.window);
  palette.setColor(QPalette::AlternateBase, c.panel);
  palette.setColor(QPalette::Highlight, c.accent);
  palette.setColor(QPalette::HighlightedText, c.accentText);
  palette.setColor(QPalette::Link, c.accent);
  palette.setColor(QPalette::LinkVisited, c.accent);
  palette.setColor(QPalette::PlaceholderText, c.subdued);
  palette.setColor(QPalette::ToolTipBase, c.raised);
  palette.setColor(QPalette::ToolTipText, c.text);
  palette.setColor(QPalette::Mid, c.border);
  palette.setColor(QPalette::Dark, c.border.darker(120));
  palette.setColor(QPalette::Shadow, QColor(0, 0, 0, 90));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::PlaceholderText})
    palette.setColor(QPalette::Disabled, role, c.disabled);
  palette.setColor(QPalette::Disabled, QPalette::Highlight, c.border);
  palette.setColor(QPalette::Disabled, QPalette::HighlightedText, c.disabled);
  return palette;
}

QString styleSheetOf(const Colors& c, bool dark) {
  QFile file(QStringLiteral(":/theme/lorikeet.qss"));
  if (!file.open(QIODevice::ReadOnly)) return {};
  QString sheet = QString::fromUtf8(file.readAll());
  const std::pair<const char*, QColor> names[] = {{"@window", c.window},
                                                  {"@panel", c.panel},
                                                  {"@base", c.base},
                                                  {"@raised", c.raised},
                                                  {"@border", c.border},
                                                  {"@text", c.text},
                                                  {"@subdued", c.subdued},
                                                  {"@disabled", c.disabled},
                                                  {"@danger", c.danger},
                                                  {"@warning", c.warning},
                                                  {"@accentHover", c.accentHover},
                                                  {"@onAccent", c.accentText},
                                                  {"@accent", c.accent}};
  for (const auto& [name, color] : names) sheet.replace(QLatin1String(name), color.name());
  return sheet.replace(QStringLiteral("@variant"), dark ? QStringLiteral("dark") : QStringLiteral("light"));
}

void dress(bool dark) {
  const Colors& colors = colorsOf(dark);
  if (QApplication::style()->name() != u"fusion")
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("fusion")));
  const QPalette palette = paletteOf(colors);
  QApplication::setPalette(palette);
  QToolTip::setPalette(palette);
  qApp->setStyleSheet(styleSheetOf(colors, dark));
}

}  // namespace

void applyTheme(Theme theme) {
  static const QPointer<DesktopColors> desktop = new DesktopColors(qApp);
  static QMetaObject::Connection following;
  QObject::disconnect(following);
  if (theme == Theme::System) following = QObject::connect(desktop, &DesktopColors::changed, qApp, dress);
  dress(theme == Theme::System ? desktop->isDark() : theme == Theme::Dark);
}

}  // namespace lorikeet
