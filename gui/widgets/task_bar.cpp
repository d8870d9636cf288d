#include "widgets/task_bar.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QGuiApplication>
#include <QVariantMap>

namespace lorikeet {

void showTaskBarProgress(double share) {
  static const bool onDesktop = QGuiApplication::platformName() != u"offscreen" &&
                                QGuiApplication::platformName() != u"minimal" &&
                                QDBusConnection::sessionBus().isConnected();
  if (!onDesktop) return;
  // https://wiki.ubuntu.com/Unity/LauncherAPI
  auto update =
      QDBusMessage::createSignal(QStringLiteral("/org/lorikeet/Lorikeet"),
                                 QStringLiteral("com.canonical.Unity.LauncherEntry"), QStringLiteral("Update"));
  const QVariantMap properties{{QStringLiteral("progress"), share < 0 ? 0.0 : share},
                               {QStringLiteral("progress-visible"), share >= 0}};
  update << QStringLiteral("application://%1.desktop").arg(QGuiApplication::desktopFileName()) << properties;
  QDBusConnection::sessionBus().send(update);
}

}  // namespace lorikeet
