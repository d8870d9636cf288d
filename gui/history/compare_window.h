#pragma once
#include <QWidget>
#include <optional>
#include <vector>

#include "history/compare_pane.h"
#include "studio/history/history_entry.h"
#include "studio/history/setting_differences.h"
#include "studio/jobs/background_queue.h"

class QCheckBox;
class QGridLayout;
class QLabel;

namespace lorikeet {

class DifferenceTable;

/// Up to four pictures side by side, moved and zoomed together, over a table of what differs between their settings.
/// Files are read off the window's thread. Esc closes it.
class CompareWindow : public QWidget {
  Q_OBJECT
 public:
  static constexpr size_t kMostPictures = 4;

  explicit CompareWindow(QWidget* parent = nullptr);
  ~CompareWindow() override { queue_.finish(); }

  void showPictures(const QList<HistoryEntry>& pictures);
  const std::vector<ComparePane*>& panes() const { return panes_; }

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Loaded {
    QImage image;
    QString problem;
    std::optional<PictureSettings> settings;
  };
  static Loaded load(const QString& file);
  void addPane(const HistoryEntry& picture);
  void take(quint64 round, size_t place, const Loaded& loaded);
  void showSettings();

  QGridLayout* grid_;
  QCheckBox* onlyDifferences_;
  QLabel* verdict_;
  DifferenceTable* table_;
  std::vector<ComparePane*> panes_;
  QStringList captions_;
  std::vector<std::optional<PictureSettings>> settings_;
  quint64 round_ = 0;  ///< answers of an earlier comparison are not shown
  BackgroundQueue queue_;
};

}  // namespace lorikeet
