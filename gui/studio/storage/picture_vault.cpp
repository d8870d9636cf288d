#include "studio/storage/picture_vault.h"

#include <lorikeet/error.h>
#include <lorikeet/image.h>

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QSet>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

const std::vector<uint8_t>& bytesOf(const Image& image) { return image.pixels; }
const std::vector<uint8_t>& bytesOf(const Mask& mask) { return mask.values; }

const Image& asImage(const Image& image) { return image; }
/// Grey pixels have the mask's values as their brightness, which is how a mask is read from a picture.
Image asImage(const Mask& mask) {
  Image image = Image::create(mask.width, mask.height);
  for (size_t i = 0; i < mask.values.size(); ++i)
    std::fill_n(image.pixels.begin() + std::ptrdiff_t(3 * i), 3, mask.values[i]);
  return image;
}

template <class Pixels>
QString contentName(const Pixels& pixels) {
  QCryptographicHash hash(QCryptographicHash::Sha1);
  const std::vector<uint8_t>& bytes = bytesOf(pixels);
  hash.addData(QByteArrayView(bytes.data(), qsizetype(bytes.size())));
  return QStringLiteral("%1-%2x%3.png").arg(QLatin1String(hash.result().toHex())).arg(pixels.width).arg(pixels.height);
}

}  // namespace

GenerateRequest PictureVault::withFiles(const GenerateRequest& request) const {
  GenerateRequest stored = request;
  store(stored.init);
  store(stored.mask);
  for (ControlUnit& unit : stored.controls) store(unit.picture);
  return stored;
}

template <class Pixels>
void PictureVault::store(PixelSource<Pixels>& source) const {
  if (!source.pixels) return;
  const QDir folder(folder_);
  if (!folder.mkpath(QStringLiteral(".")))
    throw Error(ErrorKind::Io, QStringLiteral("The folder \"%1\" cannot be made.").arg(folder_).toStdString());
  const std::filesystem::path file = toPath(folder.filePath(contentName(*source.pixels)));
  if (!std::filesystem::exists(file)) savePng(file, asImage(*source.pixels));
  source = PixelSource<Pixels>(file);
}

void PictureVault::keepOnly(const std::vector<GenerateRequest>& requests) const {
  QSet<QString> wanted;
  for (const GenerateRequest& request : requests) {
    wanted << pathToQString(request.init.file) << pathToQString(request.mask.file);
    for (const ControlUnit& unit : request.controls) wanted << pathToQString(unit.picture.file);
  }
  const QDateTime yesterday = QDateTime::currentDateTime().addDays(-1);
  const QFileInfoList files = QDir(folder_).entryInfoList({QStringLiteral("*.png")}, QDir::Files);
  for (const QFileInfo& file : files)
    if (!wanted.contains(file.filePath()) && file.lastModified() < yesterday) QFile::remove(file.filePath());
}

}  // namespace lorikeet
