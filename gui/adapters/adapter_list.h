#pragma once
#include <QWidget>
#include <map>

#include "studio/adapters/adapter_stack_model.h"

class QVBoxLayout;

namespace lorikeet {

class AdapterRow;

/// The rows of the stack below each other; a row dragged by its handle is put where it is dropped.
class AdapterList : public QWidget {
  Q_OBJECT
 public:
  explicit AdapterList(AdapterStackModel& model, QWidget* parent = nullptr);

 signals:
  void triggerWordClicked(const QString& word);

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragMoveEvent(QDragMoveEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void rebuild();
  AdapterRow* makeRow(quint64 id);
  /// Before which row something at this height would go.
  int gapAt(int y) const;
  void showGap(int gap);

  AdapterStackModel& model_;
  QVBoxLayout* column_;
  QWidget* mark_;  ///< a line where the row will go
  std::map<quint64, AdapterRow*> rows_;
};

}  // namespace lorikeet
