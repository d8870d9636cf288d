#include "generate/prompt_field.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>

#include "generate/chunk_bar.h"
#include "generate/prompt_edit.h"
#include "studio/adapters/adapter_tag.h"
#include "studio/jobs/convert.h"
#include "studio/library/prompt_library.h"

namespace lorikeet {
namespace {

QString tokenText(const PromptReport& report) {
  if (report.tokenCount == 0) return {};
  const size_t chunks = report.chunkTokens.size();
  if (chunks > 1) return PromptField::tr("%1 tokens in %2 chunks").arg(report.tokenCount).arg(chunks);
  constexpr int kChunk = 75;
  return PromptField::tr("%1 / %2 tokens").arg(report.tokenCount).arg(kChunk);
}

/// The first of the gravest issues; null where there is none that must be told.
const PromptIssue* gravest(const PromptIssues& issues) {
  const PromptIssue* found = nullptr;
  for (const PromptIssue& issue : issues)
    if (issue.severity != PromptIssue::Severity::Note && (!found || issue.severity > found->severity)) found = &issue;
  return found;
}

QString issueText(const QString& prompt, const PromptIssue& issue) {
  const QByteArray bytes = prompt.toUtf8();
  if (issue.length >= size_t(bytes.size())) return toQString(issue.message);
  const TextPlace place = placeOf(std::string_view(bytes.constData(), size_t(bytes.size())), issue.position);
  const QString where = place.line > 1 ? PromptField::tr("Line %1, column %2").arg(place.line).arg(place.column)
                                       : PromptField::tr("Column %1").arg(place.column);
  return QStringLiteral("%1: %2").arg(where, toQString(issue.message));
}

QLabel* makeQuietLabel(QWidget* parent) {
  auto* label = new QLabel(parent);
  label->setTextFormat(Qt::PlainText);
  label->setProperty("role", QStringLiteral("quiet"));
  return label;
}

}  // namespace

PromptField::PromptField(QWidget* parent)
    : QWidget(parent),
      head_(new QHBoxLayout),
      name_(new QLabel(this)),
      tokens_(makeQuietLabel(this)),
      edit_(new PromptEdit(this)),
      chunks_(new ChunkBar(this)),
      note_(makeQuietLabel(this)) {
  name_->setProperty("role", QStringLiteral("section"));
  name_->setBuddy(edit_);
  tokens_->setToolTip(
      tr("How many of the 75 tokens that the model reads at once the text fills; a longer text is read in chunks"));
  note_->setWordWrap(true);
  note_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  note_->hide();
  head_->addWidget(name_);
  head_->addStretch(1);
  head_->addWidget(tokens_);
  head_->setSpacing(2);
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(4);
  rows->addLayout(head_);
  rows->addWidget(edit_, 1);
  rows->addWidget(chunks_);
  rows->addWidget(note_);
  setFocusProxy(edit_);
}

void PromptField::setRole(PromptRole role) {
  role_ = role;
  const bool positive = role == PromptRole::Positive;
  const QString prefix = positive ? QStringLiteral("prompt") : QStringLiteral("negative");
  const std::pair<QWidget*, const char*> parts[] = {
      {name_, "Label"}, {tokens_, "Tokens"}, {edit_, "Edit"}, {chunks_, "Chunks"}, {note_, "Note"}};
  for (const auto& [part, suffix] : parts) part->setObjectName(prefix + QLatin1String(suffix));
  name_->setText(positive ? tr("P&rompt") : tr("&Negative prompt"));
  edit_->setVisibleLines(positive ? 5 : 3);
  edit_->setPlaceholderText(positive ? tr("A lorikeet on a mossy branch, morning light") : tr("blurry, noise"));
  edit_->setToolTip(positive ? tr("What the picture shows. Ctrl+Up and Ctrl+Down make the selected words count more or "
                                  "less, Ctrl+Space offers words")
                             : tr("What the picture should keep away from"));
  edit_->setAccessibleName(positive ? tr("Prompt") : tr("Negative prompt"));
  reader_ = new PromptReader(role, this);
  connect(reader_, &PromptReader::done, this, &PromptField::show);
  connect(edit_, &QPlainTextEdit::textChanged, this, &PromptField::changed);
}

void PromptField::setLibrary(PromptLibrary& library) {
  library_ = &library;
  edit_->setLibrary(library);
  connect(&library, &PromptLibrary::changed, reader_, &PromptReader::readAgain);
}

void PromptField::setSpelling(SpellChecker& spelling) { edit_->setSpelling(spelling); }

QString PromptField::text() const { return edit_->toPlainText(); }

void PromptField::setText(const QString& text) { edit_->setPrompt(text); }

void PromptField::addTool(QWidget* tool) { head_->insertWidget(head_->count() - 1, tool); }

void PromptField::show(const PromptReading& reading) {
  if (reading.prompt != text()) return;
  tokens_->setText(tokenText(reading.report));
  chunks_->setChunks(reading.report.chunkTokens);
  PromptIssues issues = reading.report.issues;
  addUnknownAdapters(reading.prompt, issues);
  edit_->setIssues(reading.prompt, issues);
  showNote(reading, issues);
}

void PromptField::addUnknownAdapters(const QString& prompt, PromptIssues& issues) const {
  if (!library_ || !library_->knowsAdapters()) return;
  for (auto match = adapterTagBegin().globalMatch(prompt); match.hasNext();) {
    const QRegularExpressionMatch found = match.next();
    const QString name = found.captured(1);
    if (library_->knowsAdapter(name)) continue;
    const auto bytesBefore = [&](qsizetype at) { return size_t(QStringView(prompt).first(at).toUtf8().size()); };
    const size_t tagBegin = bytesBefore(found.capturedStart());
    const auto isTold = [tagBegin](const PromptIssue& issue) {
      return issue.position == tagBegin && issue.severity == PromptIssue::Severity::Error;
    };
    if (std::ranges::any_of(issues, isTold)) continue;  // the reader looked it up, and knows similar names
    const size_t begin = bytesBefore(found.capturedStart(1));
    issues.push_back({PromptIssue::Severity::Warning, begin, bytesBefore(found.capturedEnd(1)) - begin,
                      tr("There is no adapter \"%1\" in the library").arg(name).toStdString()});
  }
}

void PromptField::showNote(const PromptReading& reading, const PromptIssues& issues) {
  const PromptIssue* issue = gravest(issues);
  QString text, kind = QStringLiteral("quiet"), toolTip;
  if (!reading.problem.isEmpty()) {
    text = reading.problem;
    kind = QStringLiteral("problem");
  } else if (issue) {
    text = issueText(reading.prompt, *issue);
    kind = issue->severity == PromptIssue::Severity::Error ? QStringLiteral("problem") : QStringLiteral("warning");
    const qsizetype more = std::ranges::count_if(
        issues, [](const PromptIssue& other) { return other.severity != PromptIssue::Severity::Note; });
    if (more > 1) text += tr(" (and %1 more)").arg(more - 1);
  } else if (reading.report.hasChoices) {
    const QString chosen = toQString(reading.report.text).simplified();
    constexpr qsizetype kLongest = 180;
    text = tr("This seed chooses: %1").arg(chosen.size() > kLongest ? chosen.left(kLongest) + u'…' : chosen);
    toolTip = toQString(reading.report.text);
  }
  note_->setText(text);
  note_->setToolTip(toolTip.toHtmlEscaped());
  if (note_->property("role") != kind) {
    note_->setProperty("role", kind);
    note_->style()->unpolish(note_);
    note_->style()->polish(note_);
  }
  note_->setVisible(!text.isEmpty());
}

}  // namespace lorikeet
