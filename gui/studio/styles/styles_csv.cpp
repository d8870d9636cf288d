#include "studio/styles/styles_csv.h"

#include <lorikeet/error.h>

#include <QCoreApplication>
#include <QStringDecoder>

namespace lorikeet {
namespace {

constexpr qsizetype kMaxCsvBytes = qsizetype(64) << 20;

QString translate(const char* text) { return QCoreApplication::translate("lorikeet::StylesCsv", text); }

struct Row {
  QStringList values;
  int line = 1;  ///< where it begins, counted from 1
};

/// RFC 4180, with line breaks of any kind.
class CsvReader {
 public:
  explicit CsvReader(const QString& text) : text_(text) {}

  bool atEnd() const { return at_ >= text_.size(); }

  Row takeRow() {
    Row row{{}, line_};
    do row.values << takeValue();
    while (takeIf(u','));
    takeLineBreak();
    return row;
  }

 private:
  QString takeValue() {
    if (!takeIf(u'"')) {
      const qsizetype begin = at_;
      while (!atEnd() && text_[at_] != u',' && !isLineBreak()) ++at_;
      return text_.mid(begin, at_ - begin);
    }
    const int opened = line_;
    QString value;
    while (true) {
      if (atEnd())
        throw Error(ErrorKind::Corrupt,
                    translate("The quote that is opened in line %1 is never closed.").arg(opened).toStdString());
      const QChar c = text_[at_++];
      if (c == u'\n') ++line_;
      if (c == u'"' && !takeIf(u'"')) break;
      value += c;
    }
    while (!atEnd() && text_[at_] != u',' && !isLineBreak()) value += text_[at_++];  // as Python's reader does
    return value;
  }

  bool isLineBreak() const { return text_[at_] == u'\n' || text_[at_] == u'\r'; }

  bool takeIf(QChar c) {
    const bool taken = !atEnd() && text_[at_] == c;
    if (taken) ++at_;
    return taken;
  }

  void takeLineBreak() {
    if (atEnd()) return;
    if (!takeIf(u'\r') || (!atEnd() && text_[at_] == u'\n')) takeIf(u'\n');
    ++line_;
  }

  const QString& text_;
  qsizetype at_ = 0;
  int line_ = 1;
};

QString quoted(QString value) {
  if (!value.contains(u'"') && !value.contains(u',') && !value.contains(u'\n') && !value.contains(u'\r')) return value;
  return u'"' + value.replace(u'"', QStringLiteral("\"\"")) + u'"';
}

QString decode(const QByteArray& bytes) {
  if (bytes.size() > kMaxCsvBytes)
    throw Error(ErrorKind::Unsupported, translate("A list of styles of %1 MB is too large; at most 64 MB are read.")
                                            .arg(bytes.size() >> 20)
                                            .toStdString());
  QStringDecoder decoder(QStringDecoder::Utf8);
  const QString text = decoder(bytes);
  if (decoder.hasError() || text.contains(QChar(u'\0')))
    throw Error(ErrorKind::Corrupt, translate("This is no list of styles: it is not UTF-8 text.").toStdString());
  return text.startsWith(QChar(QChar::ByteOrderMark)) ? text.mid(1) : text;
}

}  // namespace

std::vector<PromptStyle> readStylesCsv(const QByteArray& bytes) {
  const QString text = decode(bytes);
  CsvReader reader(text);
  QStringList header;
  if (!reader.atEnd()) header = reader.takeRow().values;
  for (QString& column : header) column = column.trimmed().toLower();
  const qsizetype name = header.indexOf(u"name");
  const qsizetype prompt = header.contains(u"prompt") ? header.indexOf(u"prompt") : header.indexOf(u"text");
  const qsizetype negative = header.indexOf(u"negative_prompt");
  if (name < 0 || (prompt < 0 && negative < 0))
    throw Error(
        ErrorKind::Unsupported,
        translate("This is no list of styles: its first line does not name the columns \"name\" and \"prompt\".")
            .toStdString());
  std::vector<PromptStyle> styles;
  while (!reader.atEnd()) {
    const QStringList values = reader.takeRow().values;
    PromptStyle style{values.value(name).trimmed(), values.value(prompt), values.value(negative), {}};
    const bool isPlaceholder = style.name == u"None" && style.prompt.isEmpty() && style.negativePrompt.isEmpty();
    if (!style.name.isEmpty() && !isPlaceholder) styles.push_back(std::move(style));
  }
  return styles;
}

QByteArray writeStylesCsv(const std::vector<PromptStyle>& styles) {
  QString text = QChar(QChar::ByteOrderMark) + QStringLiteral("name,prompt,negative_prompt\n");
  for (const PromptStyle& style : styles)
    text += quoted(style.name) + u',' + quoted(style.prompt) + u',' + quoted(style.negativePrompt) + u'\n';
  return text.toUtf8();
}

}  // namespace lorikeet
