#pragma once
#include <QTableWidget>

#include "studio/history/setting_differences.h"

namespace lorikeet {

/// The settings of up to four pictures, a column each; in prompts, what the other pictures lack is marked.
class DifferenceTable : public QTableWidget {
  Q_OBJECT
 public:
  explicit DifferenceTable(QWidget* parent = nullptr);

  void setSettings(const QStringList& pictures, const std::vector<SettingRow>& rows);
  /// Leaves out what is the same in all pictures.
  void setOnlyDifferences(bool only);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void fill();

  std::vector<SettingRow> rows_;
  bool onlyDifferences_ = true;
};

}  // namespace lorikeet
