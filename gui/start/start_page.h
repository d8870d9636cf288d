#pragma once
#include <QScrollArea>
#include <vector>

#include "studio/library/examples.h"

namespace lorikeet {

class ExampleCard;

/// What the window shows before the first picture: examples that one click makes.
class StartPage : public QScrollArea {
  Q_OBJECT
 public:
  explicit StartPage(const std::vector<Example>& examples, QWidget* parent = nullptr);

 signals:
  void chosen(const Example& example);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void arrange();

  QWidget* content_;
  QWidget* header_;
  std::vector<ExampleCard*> cards_;
};

}  // namespace lorikeet
