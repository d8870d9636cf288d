#pragma once
#include <lorikeet/request.h>

#include <QWidget>

#include "studio/jobs/prompt_reader.h"

class QHBoxLayout;
class QLabel;

namespace lorikeet {

class ChunkBar;
class PromptEdit;
class PromptLibrary;
class SpellChecker;

/// One of the two prompts of the form: its name, the editor, how much of the model's attention it fills, and below it
/// what is wrong with it or what its choices become. The parts' objectNames begin with "prompt" or "negative".
class PromptField : public QWidget {
  Q_OBJECT
 public:
  explicit PromptField(QWidget* parent = nullptr);

  /// Before anything else: which of the two prompts this is.
  void setRole(PromptRole role);
  void setSpelling(SpellChecker& spelling);
  void setLibrary(PromptLibrary& library);
  PromptEdit* edit() const { return edit_; }
  QString text() const;
  /// Replaces the text; Ctrl+Z takes it back.
  void setText(const QString& text);
  /// A small tool beside the name.
  void addTool(QWidget* tool);
  /// The request that the prompt is read with: model, seed, steps, folders.
  void setContext(const GenerateRequest& request) { reader_->setRequest(request); }

 signals:
  void changed();

 private:
  void show(const PromptReading& reading);
  void addUnknownAdapters(const QString& prompt, PromptIssues& issues) const;
  void showNote(const PromptReading& reading, const PromptIssues& issues);

  PromptRole role_ = PromptRole::Positive;
  QHBoxLayout* head_;
  QLabel* name_;
  QLabel* tokens_;
  PromptEdit* edit_;
  ChunkBar* chunks_;
  QLabel* note_;
  PromptReader* reader_ = nullptr;
  PromptLibrary* library_ = nullptr;
};

}  // namespace lorikeet
