#include "adapters/adapter_report.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QLocale>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

constexpr size_t kMaxTags = 30;
constexpr size_t kMaxKeys = 500;

class ReportRows {
 public:
  void add(const QString& name, const QString& value) {
    if (value.isEmpty()) return;
    html_ +=
        QStringLiteral("<tr><td style='padding:2px 14px 2px 0'><b>%1</b></td><td style='padding:2px 0'>%2</td></tr>")
            .arg(name.toHtmlEscaped(), value.toHtmlEscaped());
  }
  void addPlain(const QString& name, const QStringList& lines) { add(name, lines.join(QStringLiteral(", "))); }
  QString html() const { return QStringLiteral("<table cellspacing='0'>%1</table>").arg(html_); }

 private:
  QString html_;
};

QStringList toList(const std::vector<std::string>& words) {
  QStringList list;
  for (const std::string& word : words) list << toQString(word);
  return list;
}

QString rangeText(double lowest, double highest) {
  return lowest == highest
             ? QLocale().toString(lowest, 'g', 6)
             : QObject::tr("%1 to %2").arg(QLocale().toString(lowest, 'g', 6), QLocale().toString(highest, 'g', 6));
}

QString tagText(const AdapterInfo& info) {
  QStringList tags;
  for (size_t i = 0; i < std::min(info.tags.size(), kMaxTags); ++i)
    tags << QStringLiteral("%1 (%2)").arg(toQString(info.tags[i].first)).arg(info.tags[i].second);
  return tags.join(QStringLiteral(", "));
}

void addFit(ReportRows& rows, const AdapterInfo& info) {
  if (!info.compared) return;
  rows.add(QObject::tr("Fits the model"),
           QObject::tr("%1 of %2 tensors: %3 modules of the UNet, %4 of the text encoder")
               .arg(info.matchedTensors)
               .arg(info.tensorCount)
               .arg(info.unetModules)
               .arg(info.textEncoderModules));
  for (const std::string& warning : info.warnings) rows.add(QObject::tr("Warning"), toQString(warning));
}

QString unmatchedHtml(const AdapterInfo& info) {
  if (info.unmatchedKeys.empty()) return {};
  QString html = QObject::tr("<p><b>Tensors that the model has no place for</b></p>");
  for (size_t i = 0; i < std::min(info.unmatchedKeys.size(), kMaxKeys); ++i)
    html += toQString(info.unmatchedKeys[i]).toHtmlEscaped() + QStringLiteral("<br>");
  if (info.unmatchedKeys.size() > kMaxKeys)
    html += QObject::tr("and %1 more").arg(info.unmatchedKeys.size() - kMaxKeys);
  return html;
}

}  // namespace

QString badgeText(const AdapterCondition& condition) {
  if (condition.state == AdapterCondition::State::Checking) return QStringLiteral("…");
  if (condition.state == AdapterCondition::State::Problem) return QStringLiteral("!");
  return QStringLiteral("%1/%2").arg(condition.info->matchedTensors).arg(condition.info->tensorCount);
}

QString reportHtml(const AdapterCondition& condition) {
  ReportRows rows;
  if (condition.state == AdapterCondition::State::Problem) rows.add(QObject::tr("Problem"), condition.sentence);
  if (condition.state == AdapterCondition::State::Checking)
    rows.add(QObject::tr("Report"), QObject::tr("The file is still being read."));
  if (!condition.info) return rows.html();
  const AdapterInfo& info = *condition.info;
  addFit(rows, info);
  rows.add(QObject::tr("Title"), toQString(info.title));
  rows.addPlain(QObject::tr("Format"), toList(info.formats));
  rows.add(QObject::tr("Made for"), toQString(info.family));
  if (info.highestRank > 0) rows.add(QObject::tr("Rank"), rangeText(double(info.lowestRank), double(info.highestRank)));
  if (info.lowestAlpha) rows.add(QObject::tr("Alpha"), rangeText(*info.lowestAlpha, *info.highestAlpha));
  rows.add(QObject::tr("Contents"), QObject::tr("%1 tensors in %2 modules, %3, %4")
                                        .arg(info.tensorCount)
                                        .arg(info.moduleCount)
                                        .arg(toQString(info.precision), QLocale().formattedDataSize(info.byteSize)));
  rows.addPlain(QObject::tr("Adapters in the file"), toList(info.variants));
  rows.addPlain(QObject::tr("Embeddings"), toList(info.embeddings));
  rows.addPlain(QObject::tr("Trigger words"), toList(info.triggerWords));
  rows.add(QObject::tr("Training tags"), tagText(info));
  rows.add(QObject::tr("Short hash"), toQString(info.shortHash));
  rows.add(QObject::tr("SHA-256"), toQString(info.sha256));
  rows.add(QObject::tr("File"), pathToQString(info.path));
  return rows.html() + unmatchedHtml(info);
}

QDialog* showReport(const QString& name, const AdapterCondition& condition, QWidget* parent) {
  auto* dialog = new QDialog(parent);
  dialog->setObjectName(QStringLiteral("adapterReport"));
  dialog->setWindowTitle(QObject::tr("Report: %1").arg(name));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  auto* text = new QTextBrowser(dialog);
  text->setObjectName(QStringLiteral("adapterReportText"));
  text->setHtml(reportHtml(condition));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
  QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
  auto* layout = new QVBoxLayout(dialog);
  layout->addWidget(text);
  layout->addWidget(buttons);
  dialog->resize(560, 420);
  dialog->show();
  return dialog;
}

}  // namespace lorikeet
