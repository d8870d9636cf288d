#pragma once
#include <QTimer>
#include <QWidget>

#include "studio/library/library_adapter.h"

class QDoubleSpinBox;
class QLabel;
class QPlainTextEdit;
class QToolButton;

namespace lorikeet {

class TriggerChips;

/// What is known of one adapter, its trigger words, and what the person keeps about it: a default weight and notes.
/// Notes are kept as they are written.
class LibraryDetails : public QWidget {
  Q_OBJECT
 public:
  explicit LibraryDetails(QWidget* parent = nullptr);
  ~LibraryDetails() override;

  /// Null: no adapter.
  void setAdapter(const LibraryAdapter* adapter);
  void focusWeight();

 signals:
  void noteEdited(const QString& file, const AdapterNote& note);
  void insertWanted(const QString& text);
  void closeWanted();

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QWidget* makeHead();
  QWidget* makeWeight();
  void showAdapter();
  void send();
  /// Sends notes that were just written.
  void sendPending();

  LibraryAdapter adapter_;
  bool showing_ = false;
  QLabel* name_;
  QLabel* facts_;
  QLabel* about_;
  TriggerChips* chips_;
  QDoubleSpinBox* weight_;
  QToolButton* resetWeight_;
  QPlainTextEdit* notes_;
  QTimer delay_;
};

}  // namespace lorikeet
