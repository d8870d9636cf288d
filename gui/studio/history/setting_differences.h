#pragma once
#include <lorikeet/picture_settings.h>

#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

namespace lorikeet {

/// One setting of several pictures.
struct SettingRow {
  QString name;
  QStringList values;  ///< one a picture; empty where a picture does not have it
  bool differs = false;

  bool operator==(const SettingRow&) const = default;
};

/// Every setting that at least one of the pictures has, by what people call it: the prompts, adapters with their
/// weights, the common parameters, then whatever else their programs wrote. Pictures without settings have no values.
std::vector<SettingRow> compareSettings(const std::vector<std::optional<PictureSettings>>& pictures);

/// A part of a text, and whether the other texts lack it.
struct TextPart {
  QString text;
  bool isOwn = false;

  bool operator==(const TextPart&) const = default;
};
/// Cuts a prompt at commas and line breaks and marks the parts that do not stand in every one of the others. The parts
/// put together are the text.
std::vector<TextPart> markOwnParts(const QString& text, const QStringList& others);

}  // namespace lorikeet
