#include "studio/library/library_adapter.h"

#include <lorikeet/adapter_info.h>
#include <lorikeet/error.h>
#include <lorikeet/file_kind.h>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

constexpr size_t kMostWords = 40;  ///< trigger words of one file

bool isOtherKind(const QString& file) {
  try {
    return recogniseFile(toPath(file)).kind != FileKind::Adapter;
  } catch (const std::exception&) {
    return false;
  }
}

AdapterContents contentsOf(const AdapterInfo& info) {
  AdapterContents contents;
  contents.family = toQString(info.family);
  for (const std::string& format : info.formats) contents.formats << toQString(format);
  contents.title = toQString(info.title);
  contents.outputName = toQString(info.outputName);
  contents.shortHash = toQString(info.shortHash);
  for (size_t i = 0; i < std::min(info.triggerWords.size(), kMostWords); ++i)
    contents.triggers << toQString(info.triggerWords[i]);
  return contents;
}

}  // namespace

QStringList LibraryAdapter::triggers() const {
  QStringList words = sidecar.triggers;
  for (const QString& word : contents.triggers)
    if (!words.contains(word)) words << word;
  return words;
}

QString LibraryAdapter::tagText() const {
  if (tag.isEmpty()) return {};
  return QStringLiteral("<lora:%1:%2>").arg(tag, QString::number(defaultWeight(), 'g', 4));
}

AdapterContents readAdapterContents(const QString& file) {
  AdapterContents contents;
  try {
    contents = contentsOf(skimAdapter(toPath(file)));
  } catch (const Error& error) {
    contents.isOther = error.kind() == ErrorKind::Unsupported && isOtherKind(file);
    contents.problem = toQString(error.what());
  } catch (const std::exception& error) {
    contents.problem = toQString(error.what());
  }
  contents.isRead = true;
  return contents;
}

}  // namespace lorikeet
