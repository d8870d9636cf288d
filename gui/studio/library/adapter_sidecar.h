#pragma once
#include <QString>
#include <QStringList>
#include <optional>

namespace lorikeet {

/// What the files say that other programs put beside an adapter: A1111's NAME.json and Civitai Helper's
/// NAME.civitai.info. They are only ever read.
struct AdapterSidecar {
  QString title;         ///< the model's name at Civitai
  QString description;   ///< plain text
  QString notes;         ///< a person's own, written in A1111
  QString family;        ///< "SD 1.x" ..., or as the file names it
  QStringList triggers;  ///< words or whole phrases for the prompt
  QString negativeText;  ///< for the negative prompt
  std::optional<double> weight;
  QStringList problems;  ///< a sentence for each file, or entry of one, that could not be used

  bool operator==(const AdapterSidecar&) const = default;
};

/// Reads what is there of the two files; empty names are left out. Files of any content are safe to read: what cannot
/// be used becomes a sentence.
AdapterSidecar readAdapterSidecar(const QString& a1111File, const QString& civitaiFile);

/// Text of an HTML fragment: tags gone, blocks and breaks as lines, character references replaced.
QString plainTextOf(const QString& html);

/// "SD 1.x" for "SD 1.5", "SD1" and their like, "SD 2.x", "SDXL" (also Pony and Illustrious), "SD 3", "FLUX"; others as
/// they are named, empty for "Unknown" and "Other".
QString familyOfBaseModel(const QString& name);

}  // namespace lorikeet
