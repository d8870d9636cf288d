#include "mainwindow/prompt_controller.h"

#include "generate/generate_panel.h"
#include "studio/jobs/convert.h"
#include "styles/styles_button.h"
#include "styles/styles_dialog.h"
#include "widgets/file_dialogs.h"
#include "widgets/message_bar.h"

namespace lorikeet {
namespace {

/// What the form says as a style: texts, and every parameter that a style can hold.
PromptStyle styleOf(const GenerateRequest& request) {
  PromptStyle style;
  style.name = PromptController::tr("New style");
  style.prompt = toQString(request.prompt);
  style.negativePrompt = toQString(request.negativePrompt);
  style.settings = {request.steps,    request.guidanceScale, request.sampler,
                    request.schedule, request.width,         request.height};
  return style;
}

}  // namespace

PromptController::PromptController(Studio& studio, GeneratePanel& form, MessageBar& messages, QWidget* window)
    : QObject(window), studio_(studio), form_(form), messages_(messages), window_(window) {
  form.setLibrary(studio.prompts);
  form.setSpelling(studio.spelling);
  addStyles();
  connect(&studio.prompts, &PromptLibrary::scanFinished, this, [this] {
    const QString& problem = studio_.prompts.problem();
    if (!problem.isEmpty()) messages_.showMessage(MessageBar::Kind::Warning, problem);
  });
  connect(&studio.styles, &StyleLibrary::failed, this,
          [this](const QString& message) { messages_.showMessage(MessageBar::Kind::Error, message); });
}

void PromptController::addStyles() {
  auto* button = new StylesButton(studio_.styles);
  form_.addPromptTool(button);
  connect(button, &StylesButton::chosen, this, &PromptController::applyStyle);
  connect(button, &StylesButton::keepWanted, this, &PromptController::keepStyle);
  connect(button, &StylesButton::editWanted, this, [this] { editStyles(); });
  connect(button, &StylesButton::importWanted, this, &PromptController::importStyles);
  connect(button, &StylesButton::exportWanted, this, &PromptController::exportStyles);
}

void PromptController::applyStyle(int row) {
  if (row < 0 || row >= studio_.styles.rowCount()) return;
  form_.setRequest(lorikeet::applyStyle(studio_.styles.styles()[size_t(row)], form_.request()));
}

void PromptController::keepStyle() { editStyles().choose(studio_.styles.add(styleOf(form_.request())), true); }

StylesDialog& PromptController::editStyles() {
  if (!dialog_) {
    dialog_ = new StylesDialog(studio_.styles, window_);
    dialog_->setAttribute(Qt::WA_DeleteOnClose);
  }
  dialog_->QDialog::show();
  dialog_->raise();
  dialog_->activateWindow();
  return *dialog_;
}

void PromptController::importStyles() {
  auto* dialog = new QFileDialog(window_, tr("Import Styles"), {}, tr("Lists of styles (*.csv);;All files (*)"));
  dialog->setObjectName(QStringLiteral("importStylesDialog"));
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
    try {
      const int count = studio_.styles.importCsv(file);
      messages_.showMessage(MessageBar::Kind::Info, count == 0 ? tr("All styles of this file are there already.")
                                                               : tr("%n style(s) were added.", nullptr, count));
    } catch (const std::exception& error) {
      messages_.showMessage(MessageBar::Kind::Error, toQString(error.what()));
    }
  });
  showFileDialog(dialog);
}

void PromptController::exportStyles() {
  auto* dialog = new QFileDialog(window_, tr("Export Styles"), {}, tr("Lists of styles (*.csv)"));
  dialog->setObjectName(QStringLiteral("exportStylesDialog"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(QStringLiteral("csv"));
  dialog->selectFile(QStringLiteral("styles.csv"));
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
    try {
      studio_.styles.exportCsv(file);
    } catch (const std::exception& error) {
      messages_.showMessage(MessageBar::Kind::Error, toQString(error.what()));
    }
  });
  showFileDialog(dialog);
}

}  // namespace lorikeet
