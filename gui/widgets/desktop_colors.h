#pragma once
#include <QDBusVariant>
#include <QObject>

namespace lorikeet {

/// Whether the desktop wants dark windows: what the XDG settings portal says and keeps saying, or where there is none
/// what the platform's palette looked like before Lorikeet put its own in place.
class DesktopColors : public QObject {
  Q_OBJECT
 public:
  /// Looks at the palette, so it must be made before that is replaced.
  explicit DesktopColors(QObject* parent = nullptr);

  bool isDark() const { return dark_; }

 public slots:
  /// The portal's signal of the same name (org.freedesktop.portal.Settings).
  void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);

 signals:
  void changed(bool dark);

 private:
  void askPortal();

  bool dark_ = false;
};

}  // namespace lorikeet
