#pragma once
#include <QWidget>

#include "studio/history/history_entry.h"

class QComboBox;
class QDateEdit;

namespace lorikeet {

/// What restricts the history besides words: model, adapter, sampler, stars and dates.
class HistoryFilters : public QWidget {
  Q_OBJECT
 public:
  explicit HistoryFilters(QWidget* parent = nullptr);

  /// A query without words.
  HistoryQuery query() const;
  bool isActive() const { return query() != HistoryQuery(); }
  /// What can be chosen; a choice that is no longer there stays while it is chosen.
  void setChoices(const HistoryChoices& choices);

 public slots:
  void reset();

 signals:
  void changed();

 private:
  enum Dates { AnyTime, Today, Week, Month, Year, Between };

  QComboBox* addBox(const char* name, const QString& toolTip);
  void readDates(HistoryQuery& query) const;

  QComboBox* model_;
  QComboBox* adapter_;
  QComboBox* sampler_;
  QComboBox* rating_;
  QComboBox* dates_;
  QWidget* between_;
  QDateEdit* first_;
  QDateEdit* last_;
};

}  // namespace lorikeet
