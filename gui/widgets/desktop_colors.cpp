#include "widgets/desktop_colors.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QGuiApplication>
#include <QPalette>
#include <optional>

namespace lorikeet {
namespace {

// https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html
const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kGroup = QStringLiteral("org.freedesktop.appearance");
const QString kKey = QStringLiteral("color-scheme");

/// Nothing where the desktop has no preference.
std::optional<bool> wantsDark(QVariant value) {
  while (value.canConvert<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
  constexpr uint kPreferDark = 1;
  constexpr uint kPreferLight = 2;
  if (value.toUInt() == kPreferDark) return true;
  if (value.toUInt() == kPreferLight) return false;
  return std::nullopt;
}

bool paletteIsDark() {
  const QPalette palette = QGuiApplication::palette();
  return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

}  // namespace

DesktopColors::DesktopColors(QObject* parent) : QObject(parent), dark_(paletteIsDark()) {
  const QString platform = QGuiApplication::platformName();
  if (platform != u"offscreen" && platform != u"minimal") askPortal();
}

void DesktopColors::settingChanged(const QString& group, const QString& key, const QDBusVariant& value) {
  if (group != kGroup || key != kKey) return;
  const std::optional<bool> dark = wantsDark(QVariant::fromValue(value));
  if (!dark || *dark == dark_) return;
  dark_ = *dark;
  emit changed(dark_);
}

void DesktopColors::askPortal() {
  QDBusConnection bus = QDBusConnection::sessionBus();
  bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
              SLOT(settingChanged(QString, QString, QDBusVariant)));
  auto call = QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
  call << kGroup << kKey;
  constexpr int kTimeoutMs = 250;  // the first window waits for it, so that it does not change colour before your eyes
  const QDBusMessage reply = bus.call(call, QDBus::Block, kTimeoutMs);
  if (reply.type() == QDBusMessage::ReplyMessage && !reply.arguments().isEmpty())
    dark_ = wantsDark(reply.arguments().constFirst()).value_or(dark_);
}

}  // namespace lorikeet
