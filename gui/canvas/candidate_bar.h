#pragma once
#include <QWidget>

class QLabel;

namespace lorikeet {

class CanvasActions;
class CanvasDocument;

/// The row under the canvas while candidates are shown: flip through them, compare, accept or discard.
class CandidateBar : public QWidget {
  Q_OBJECT
 public:
  CandidateBar(const CanvasDocument& document, const CanvasActions& actions, QWidget* parent = nullptr);

 private:
  void follow();

  const CanvasDocument& document_;
  QLabel* place_;
};

}  // namespace lorikeet
