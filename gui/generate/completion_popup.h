#pragma once
#include <QCompleter>

#include "generate/prompt_completion.h"

class QStandardItemModel;

namespace lorikeet {

/// The list of words below the cursor of a prompt editor.
class CompletionPopup : public QCompleter {
  Q_OBJECT
 public:
  explicit CompletionPopup(QWidget* edit);

  /// Shows the offers below this rectangle of the editor; none hides the list.
  void offer(const std::vector<Completion>& completions, const QRect& cursor);
  void hide();
  bool isShown() const;

 signals:
  /// The text that replaces what was typed.
  void chosen(const QString& insert);

 private:
  QStandardItemModel* model_;
};

}  // namespace lorikeet
