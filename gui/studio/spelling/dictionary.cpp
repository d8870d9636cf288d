#include "studio/spelling/dictionary.h"

#include <QDir>
#include <QFile>
#include <QLocale>
#include <QStandardPaths>
#include <hunspell/hunspell.hxx>

namespace lorikeet {
namespace {

bool holds(const QString& folder, const QString& name) {
  const QDir dir(folder);
  return QFile::exists(dir.filePath(name + QStringLiteral(".aff"))) &&
         QFile::exists(dir.filePath(name + QStringLiteral(".dic")));
}

}  // namespace

QStringList usualDictionaryFolders() {
  QStringList folders = qEnvironmentVariable("DICPATH").split(QLatin1Char(':'), Qt::SkipEmptyParts);
  for (const char* name : {"hunspell", "myspell", "myspell/dicts"})
    folders += QStandardPaths::locateAll(QStandardPaths::GenericDataLocation, QLatin1String(name),
                                         QStandardPaths::LocateDirectory);
  for (const char* folder : {"/usr/local/share/hunspell", "/usr/share/hunspell", "/usr/share/myspell/dicts"})
    folders << QLatin1String(folder);
  folders.removeDuplicates();
  return folders;
}

DictionaryFiles findDictionary(const QStringList& folders) {
  QStringList names{QStringLiteral("en_US"), QStringLiteral("en_GB")};
  if (const QString own = QLocale::system().name(); own.startsWith(u"en_")) names.prepend(own);
  for (const QString& name : names)
    for (const QString& folder : folders)
      if (holds(folder, name)) return {name, folder};
  for (const QString& folder : folders)
    for (const QString& file : QDir(folder).entryList({QStringLiteral("en*.aff")}, QDir::Files, QDir::Name))
      if (const QString name = file.chopped(4); holds(folder, name)) return {name, folder};
  return {};
}

struct Dictionary::Words {
  explicit Words(const DictionaryFiles& files)
      : hunspell(QFile::encodeName(QDir(files.folder).filePath(files.name + QStringLiteral(".aff"))).constData(),
                 QFile::encodeName(QDir(files.folder).filePath(files.name + QStringLiteral(".dic"))).constData()),
        isUtf8(hunspell.get_dict_encoding() == "UTF-8") {}

  std::string encoded(const QString& word) const {
    return isUtf8 ? word.toStdString() : word.toLatin1().toStdString();  // the other English ones are ISO 8859-1
  }
  QString decoded(const std::string& word) const {
    return isUtf8 ? QString::fromStdString(word) : QString::fromLatin1(word);
  }

  mutable Hunspell hunspell;
  bool isUtf8;
};

Dictionary::Dictionary(const DictionaryFiles& files) : words_(std::make_unique<Words>(files)) {}

Dictionary::~Dictionary() = default;

bool Dictionary::knows(const QString& word) const { return words_->hunspell.spell(words_->encoded(word)); }

QStringList Dictionary::suggestions(const QString& word) const {
  QStringList result;
  for (const std::string& text : words_->hunspell.suggest(words_->encoded(word))) result << words_->decoded(text);
  return result;
}

}  // namespace lorikeet
