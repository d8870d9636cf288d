#include "widgets/theme.h"

#include <QApplication>
#include <QPalette>
#include <QtTest>

#include "support/qt/test_program.h"
#include "widgets/desktop_colors.h"

using namespace lorikeet;

namespace {

bool windowIsDark() { return QApplication::palette().color(QPalette::Window).lightness() < 128; }

/// What the settings portal says when a person changes the desktop's appearance.
void announce(uint preference) {
  auto* desktop = qApp->findChild<DesktopColors*>();
  QVERIFY(desktop != nullptr);
  desktop->settingChanged(QStringLiteral("org.freedesktop.appearance"), QStringLiteral("color-scheme"),
                          QDBusVariant(preference));
}

constexpr uint kNoPreference = 0, kPreferDark = 1, kPreferLight = 2;

}  // namespace

class ThemeTest : public QObject {
  Q_OBJECT
 private slots:
  void isDarkOrLightAsChosen() {
    applyTheme(Theme::Dark);
    QVERIFY(windowIsDark());
    applyTheme(Theme::Light);
    QVERIFY(!windowIsDark());
  }

  void followsTheDesktopWhileItRuns() {
    applyTheme(Theme::System);
    announce(kPreferDark);
    QVERIFY(windowIsDark());
    announce(kNoPreference);
    QVERIFY(windowIsDark());
    announce(kPreferLight);
    QVERIFY(!windowIsDark());
  }

  void keepsWhatWasChosenWhateverTheDesktopSays() {
    applyTheme(Theme::Light);
    announce(kPreferDark);
    QVERIFY(!windowIsDark());
    applyTheme(Theme::System);
    QVERIFY(windowIsDark());
  }
};

namespace {
const lorikeet::TestCase<ThemeTest> kThemeTest("theme");
}  // namespace
#include "theme_test.moc"
