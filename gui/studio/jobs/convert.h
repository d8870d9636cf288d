#pragma once
#include <lorikeet/image.h>

#include <QImage>
#include <QString>
#include <filesystem>

namespace lorikeet {

/// A deep copy as Format_RGB32; null for an empty image.
QImage toQImage(const Image& image);
/// A deep copy; transparency is laid over white.
Image fromQImage(const QImage& image);

QString pathToQString(const std::filesystem::path& path);
QString toQString(std::string_view utf8);
std::filesystem::path toPath(const QString& path);

}  // namespace lorikeet
