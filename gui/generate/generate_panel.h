#pragma once
#include <lorikeet/request.h>

#include <QWidget>
#include <memory>

#include "studio/library/model_library.h"

namespace Ui {
class GeneratePanel;
}

namespace lorikeet {

class NetworkLibrary;
class PromptLibrary;
class PromptOptionsButton;
class SpellChecker;

/// The form: prompt, negative prompt and parameters. Reads and fills a request; what a request holds and the form does
/// not show is kept.
class GeneratePanel : public QWidget {
  Q_OBJECT
 public:
  explicit GeneratePanel(QWidget* parent = nullptr);
  ~GeneratePanel() override;

  /// What the form says, with the chosen model.
  GenerateRequest request() const;
  void setRequest(const GenerateRequest& request);
  /// The request of a new job: an unlocked seed is rolled first.
  GenerateRequest nextRequest();

  bool isSeedLocked() const;
  void setSeedLocked(bool locked);
  void setSeed(quint64 seed);
  void setModel(const ModelEntry& model);
  /// In place of the model's own; empty: that.
  void setVae(const QString& file);
  /// How many bits the model's weights take in memory.
  void setPrecision(Precision precision);
  /// Where embeddings and wildcards are; requests name its folders. Must outlive the form.
  void setLibrary(PromptLibrary& library);
  /// Checks the prompts. Must outlive the form.
  void setSpelling(SpellChecker& spelling);
  /// Which upscalers the second pass offers. Must outlive the form.
  void setUpscalers(NetworkLibrary& upscalers);
  /// Turns the second pass on with this upscaler.
  void useUpscaler(const QString& file);
  /// A small tool beside the prompt's name.
  void addPromptTool(QWidget* tool);

 public slots:
  void rollSeed();
  void swapSize();
  void focusPrompt();
  /// Puts a word into the prompt where its cursor is, set off by commas.
  void insertWord(const QString& word);

 signals:
  void changed();

 private:
  void fillChoices();
  void setUpRanges();
  void setUpPrompts();
  void readPrompts();
  void connectChanges();

  std::unique_ptr<Ui::GeneratePanel> ui_;
  GenerateRequest rest_;  ///< what the form does not show
  PromptOptionsButton* promptOptions_;
  PromptLibrary* library_ = nullptr;
};

}  // namespace lorikeet
