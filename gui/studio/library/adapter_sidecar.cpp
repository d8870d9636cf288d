#include "studio/library/adapter_sidecar.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QJsonValue>

namespace lorikeet {
namespace {

constexpr qint64 kMostBytes = qint64(2) << 20;
constexpr qsizetype kLongestText = 20'000;   ///< characters of a description
constexpr qsizetype kLongestTrigger = 1000;  ///< characters
constexpr qsizetype kMostTriggers = 100;
constexpr double kLargestWeight = 10;

QString saySidecar(const char* text) { return QCoreApplication::translate("lorikeet::AdapterSidecar", text); }

/// Reads the entries of one JSON file, and notes what is not as it should be.
class SidecarFile {
 public:
  SidecarFile(const QString& path, QStringList& problems) : name_(QFileInfo(path).fileName()), problems_(problems) {
    QFile file(path);
    const bool isOpen = file.open(QIODevice::ReadOnly);
    const QByteArray bytes = isOpen ? file.read(kMostBytes + 1) : QByteArray();
    const QJsonDocument document = bytes.size() > kMostBytes ? QJsonDocument() : QJsonDocument::fromJson(bytes);
    if (!isOpen)
      note(saySidecar("%1 could not be read.").arg(name_));
    else if (bytes.size() > kMostBytes)
      note(saySidecar("%1 is larger than 2 MB and was not read.").arg(name_));
    else if (!document.isObject())
      note(saySidecar("%1 holds no JSON object and was not used.").arg(name_));
    root_ = document.object();
  }

  QString text(const QJsonObject& object, const char* key) {
    const QJsonValue value = object[QLatin1String(key)];
    if (value.isUndefined() || value.isNull()) return {};
    if (!value.isString()) {
      note(saySidecar("\"%1\" in %2 is no text.").arg(QLatin1String(key), name_));
      return {};
    }
    return value.toString().left(kLongestText).remove(QChar(u'\0'));
  }
  QString text(const char* key) { return text(root_, key); }

  /// A1111 writes 0 where no weight was chosen.
  std::optional<double> weight(const char* key) {
    const QJsonValue value = root_[QLatin1String(key)];
    if (value.isUndefined() || value.isNull() || value.toDouble(1) == 0) return std::nullopt;
    const bool isUsable = value.isDouble() && qAbs(value.toDouble()) <= kLargestWeight;
    if (!isUsable) note(saySidecar("\"%1\" in %2 is no weight from -10 to 10.").arg(QLatin1String(key), name_));
    return isUsable ? std::optional(value.toDouble()) : std::nullopt;
  }

  QStringList texts(const char* key) {
    const QJsonValue value = root_[QLatin1String(key)];
    QStringList list;
    if (value.isUndefined() || value.isNull()) return list;
    if (!value.isArray()) note(saySidecar("\"%1\" in %2 is no list.").arg(QLatin1String(key), name_));
    for (const QJsonValue item : value.toArray())
      if (item.isString()) list << item.toString();
    return list;
  }

  QJsonObject object(const char* key) const { return root_[QLatin1String(key)].toObject(); }

 private:
  void note(const QString& sentence) { problems_ << sentence; }

  QString name_;
  QStringList& problems_;
  QJsonObject root_;
};

/// "ink style, " as "ink style".
void addTrigger(const QString& text, QStringList& triggers) {
  QString word = text.simplified();
  while (word.endsWith(u',') || word.endsWith(u' ')) word.chop(1);
  if (word.isEmpty() || word.size() > kLongestTrigger || triggers.size() >= kMostTriggers) return;
  if (!triggers.contains(word)) triggers << word;
}

void readA1111(const QString& path, AdapterSidecar& sidecar) {
  SidecarFile file(path, sidecar.problems);
  sidecar.description = file.text("description").trimmed();
  sidecar.notes = file.text("notes").trimmed();
  sidecar.negativeText = file.text("negative text").simplified();
  sidecar.family = familyOfBaseModel(file.text("sd version"));
  sidecar.weight = file.weight("preferred weight");
  addTrigger(file.text("activation text"), sidecar.triggers);
}

void readCivitai(const QString& path, AdapterSidecar& sidecar) {
  SidecarFile file(path, sidecar.problems);
  const QJsonObject model = file.object("model");
  sidecar.title = file.text(model, "name").simplified();
  QString description = plainTextOf(file.text(model, "description"));
  if (description.isEmpty()) description = plainTextOf(file.text("description"));
  if (sidecar.description.isEmpty()) sidecar.description = description;
  if (sidecar.family.isEmpty()) sidecar.family = familyOfBaseModel(file.text("baseModel"));
  for (const QString& words : file.texts("trainedWords")) addTrigger(words, sidecar.triggers);
}

/// The character that "&amp;" or "&#8230;" stands for; empty for what is none.
QString characterOf(QStringView reference) {
  static const std::pair<QStringView, QChar> kNamed[] = {{u"amp", u'&'},   {u"lt", u'<'},    {u"gt", u'>'},
                                                         {u"quot", u'"'},  {u"apos", u'\''}, {u"nbsp", u' '},
                                                         {u"ndash", u'–'}, {u"hellip", u'…'}};
  for (const auto& [name, character] : kNamed)
    if (reference == name) return character;
  if (!reference.startsWith(u'#')) return {};
  const bool isHex = reference.startsWith(u"#x") || reference.startsWith(u"#X");
  bool isNumber = false;
  const uint code = reference.sliced(isHex ? 2 : 1).toUInt(&isNumber, isHex ? 16 : 10);
  const bool isCharacter = isNumber && code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? QString::fromUcs4(reinterpret_cast<const char32_t*>(&code), 1) : QString();
}

/// True for tags before or after which a new line begins.
bool breaksLine(QStringView tag) {
  const QStringView name = tag.startsWith(u'/') ? tag.sliced(1) : tag;
  for (const QStringView one : {u"br", u"p", u"div", u"li", u"h1", u"h2", u"h3", u"h4", u"tr", u"ul", u"ol"})
    if (name.startsWith(one, Qt::CaseInsensitive) &&
        (name.size() == one.size() || !name[one.size()].isLetterOrNumber()))
      return true;
  return false;
}

}  // namespace

QString plainTextOf(const QString& html) {
  constexpr qsizetype kLongestReference = 10;
  const QStringView text(html);
  QString plain;
  for (qsizetype at = 0; at < text.size(); ++at) {
    if (text[at] == u'<') {
      const qsizetype end = text.indexOf(u'>', at);
      if (end < 0) break;
      const bool breaks = breaksLine(text.sliced(at + 1, end - at - 1).trimmed());
      if (breaks && !plain.isEmpty() && !plain.endsWith(u'\n')) plain += u'\n';
      at = end;
      continue;
    }
    const qsizetype end = text[at] == u'&' ? text.sliced(at).left(kLongestReference).indexOf(u';') : -1;
    const QString character = end > 1 ? characterOf(text.sliced(at + 1, end - 1)) : QString();
    plain += character.isEmpty() ? QString(text[at]) : character;
    if (!character.isEmpty()) at += end;
  }
  return plain.trimmed();
}

QString familyOfBaseModel(const QString& name) {
  const QString known = QString(name).remove(u' ').remove(u'.').remove(u'-').toLower();
  const auto begins = [&known](std::initializer_list<const char*> starts) {
    for (const char* start : starts)
      if (known.startsWith(QLatin1String(start))) return true;
    return false;
  };
  if (begins({"sdxl", "pony", "illustrious", "noob"})) return QStringLiteral("SDXL");
  if (begins({"sd1"})) return QStringLiteral("SD 1.x");
  if (begins({"sd2"})) return QStringLiteral("SD 2.x");
  if (begins({"sd3"})) return QStringLiteral("SD 3");
  if (begins({"flux"})) return QStringLiteral("FLUX");
  if (begins({"unknown", "other"})) return {};
  constexpr qsizetype kLongestName = 40;
  return name.simplified().left(kLongestName);
}

AdapterSidecar readAdapterSidecar(const QString& a1111File, const QString& civitaiFile) {
  AdapterSidecar sidecar;
  if (!a1111File.isEmpty()) readA1111(a1111File, sidecar);
  if (!civitaiFile.isEmpty()) readCivitai(civitaiFile, sidecar);
  return sidecar;
}

}  // namespace lorikeet
