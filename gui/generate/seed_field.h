#pragma once
#include <QWidget>

class QLineEdit;
class QToolButton;

namespace lorikeet {

/// The seed of the picture with a die and a lock. Unlocked, every job begins with a new seed.
class SeedField : public QWidget {
  Q_OBJECT
 public:
  explicit SeedField(QWidget* parent = nullptr);

  quint64 seed() const;
  void setSeed(quint64 seed);
  bool isLocked() const;
  void setLocked(bool locked);

 public slots:
  /// A new seed, whether locked or not.
  void roll();

 signals:
  void changed();

 private:
  void showLock(bool locked);

  QLineEdit* number_;
  QToolButton* dice_;
  QToolButton* lock_;
};

}  // namespace lorikeet
