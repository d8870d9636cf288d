#pragma once
#include <QPlainTextEdit>

namespace lorikeet {

/// A prompt editor: plain text, Tab goes on to the next field, Ctrl+Up and Ctrl+Down change the weight of the selected
/// words (or of the word at the cursor).
class PromptEdit : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit PromptEdit(QWidget* parent = nullptr);

  /// Replaces the text in a way that Ctrl+Z takes back.
  void setPrompt(const QString& text);
  /// Puts a word in at the cursor, set off from the text around it by commas.
  void insertWord(const QString& word);
  /// The height of this many lines.
  void setVisibleLines(int lines) { visibleLines_ = lines; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 public slots:
  void increaseWeight();
  void decreaseWeight();

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void weigh(double delta);

  int visibleLines_ = 4;
};

}  // namespace lorikeet
