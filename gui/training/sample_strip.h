#pragma once
#include <QListWidget>

#include "studio/training/training_report.h"

namespace lorikeet {

/// The samples of a training side by side, the latest at the right, and the one that forms behind them. Pictures can be
/// opened with a double click or Return and dragged out as files.
class SampleStrip : public QListWidget {
  Q_OBJECT
 public:
  explicit SampleStrip(QWidget* parent = nullptr);

  void setSamples(const std::vector<TrainingSample>& samples);
  /// A sample as it forms; null: none does.
  void setPreview(const QImage& picture);
  QSize sizeHint() const override { return {420, 190}; }
  QSize minimumSizeHint() const override { return {200, 110}; }

 signals:
  void fileWanted(const QString& file);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  QMimeData* mimeData(const QList<QListWidgetItem*>& items) const override;

 private:
  QIcon iconOf(const QImage& picture) const;
  QListWidgetItem* add(const QString& text, const QImage& picture, const QString& file);

  std::vector<qint64> shown_;  ///< keys of the pictures that are there
  QListWidgetItem* preview_ = nullptr;
};

}  // namespace lorikeet
