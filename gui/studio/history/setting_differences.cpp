#include "studio/history/setting_differences.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

QString settingName(const char* text) { return QCoreApplication::translate("lorikeet::SettingDifferences", text); }

const QRegularExpression& adapterTag() {
  static const QRegularExpression tag(QStringLiteral("\\s*<(?:lora|lyco):([^<>]{1,300})>"));
  return tag;
}

QString adaptersOf(const QString& prompt) {
  QStringList adapters;
  for (auto found = adapterTag().globalMatch(prompt); found.hasNext();)
    adapters << found.next().captured(1).replace(QLatin1Char(':'), QLatin1Char(' '));
  adapters.sort();
  return adapters.join(QStringLiteral(", "));
}

template <class Number>
QString numberText(const std::optional<Number>& value) {
  return value ? QString::number(*value) : QString();
}

QString sizeText(const PictureSettings& settings) {
  if (!settings.width || !settings.height) return {};
  return QStringLiteral("%1 × %2").arg(*settings.width).arg(*settings.height);
}

using Named = std::pair<QString, QString>;

/// In the order in which people read them.
std::vector<Named> namedSettings(const PictureSettings& settings) {
  const QString prompt = toQString(settings.prompt);
  std::vector<Named> rows = {
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Prompt")),
       QString(prompt).remove(adapterTag()).trimmed()},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Negative prompt")),
       toQString(settings.negativePrompt)},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Adapters")), adaptersOf(prompt)},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Model")), toQString(settings.model)},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Model hash")), toQString(settings.modelHash)},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Seed")), numberText(settings.seed)},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Steps")), numberText(settings.steps)},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Guidance")), numberText(settings.guidanceScale)},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Size")), sizeText(settings)},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Sampler")), toQString(settings.sampler)},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Schedule")), toQString(settings.schedule)},
      {settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Clip skip")), numberText(settings.clipSkip)},
  };
  for (const auto& [key, value] : settings.other)
    if (key != "Lorikeet") rows.emplace_back(toQString(key), toQString(value));  // ours is told field by field
  for (const auto& [key, value] : ownSettingsOf(settings)) rows.emplace_back(toQString(key), toQString(value));
  rows.emplace_back(settingName(QT_TRANSLATE_NOOP("lorikeet::SettingDifferences", "Made with")),
                    toQString(settings.program));
  return rows;
}

QStringList cut(const QString& text) {
  static const QRegularExpression end(QStringLiteral("(?<=[,\\n])"));
  return text.split(end, Qt::SkipEmptyParts);
}

QString core(const QString& part) {
  QString text = part.trimmed();
  while (text.endsWith(QLatin1Char(','))) text.chop(1);
  return text.trimmed();
}

}  // namespace

std::vector<SettingRow> compareSettings(const std::vector<std::optional<PictureSettings>>& pictures) {
  const auto count = qsizetype(pictures.size());
  std::vector<SettingRow> rows;
  for (qsizetype i = 0; i < count; ++i) {
    if (!pictures[size_t(i)]) continue;
    for (const auto& [name, value] : namedSettings(*pictures[size_t(i)])) {
      auto row = std::ranges::find(rows, name, &SettingRow::name);
      if (row == rows.end()) row = rows.insert(rows.end(), {name, QStringList(count), false});
      row->values[i] = value;
    }
  }
  std::erase_if(rows, [](const SettingRow& row) {
    return std::ranges::all_of(row.values, [](const QString& value) { return value.isEmpty(); });
  });
  for (SettingRow& row : rows)
    row.differs = std::ranges::any_of(row.values, [&](const QString& value) { return value != row.values.front(); });
  return rows;
}

std::vector<TextPart> markOwnParts(const QString& text, const QStringList& others) {
  std::vector<QSet<QString>> known;
  for (const QString& other : others) {
    QSet<QString> parts;
    for (const QString& part : cut(other)) parts.insert(core(part));
    known.push_back(parts);
  }
  std::vector<TextPart> parts;
  for (const QString& part : cut(text)) {
    const bool isOwn = std::ranges::any_of(known, [&](const QSet<QString>& all) { return !all.contains(core(part)); });
    if (!parts.empty() && parts.back().isOwn == isOwn) {
      parts.back().text += part;
    } else {
      parts.push_back({part, isOwn});
    }
  }
  return parts;
}

}  // namespace lorikeet
