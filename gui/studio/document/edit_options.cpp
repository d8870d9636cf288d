#include "studio/document/edit_options.h"

#include <lorikeet/error.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

#include "studio/document/request_pictures.h"
#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

/// The mask on the larger canvas, its margins set.
Mask withMargins(const Mask& mask, const OutpaintMargins& margins, double blur) {
  Mask larger =
      Mask::create(mask.width + margins.left + margins.right, mask.height + margins.top + margins.bottom, 255);
  const auto rowOf = [&](int y) {
    return larger.values.begin() + std::ptrdiff_t(y + margins.top) * larger.width + margins.left;
  };
  for (int y = 0; y < mask.height; ++y) std::fill_n(rowOf(y), mask.width, uint8_t(0));
  if (blur > 0) larger = blurMask(larger, blur);
  for (int y = 0; y < mask.height; ++y) {
    const auto in = mask.values.begin() + std::ptrdiff_t(y) * mask.width;
    std::transform(in, in + mask.width, rowOf(y), rowOf(y), [](uint8_t a, uint8_t b) { return std::max(a, b); });
  }
  return larger;
}

bool isValid(const EditOptions& options) {
  GenerateRequest request;
  request.init = Image::create(8, 8);
  write(options, request);
  try {
    validate(request);
    return true;
  } catch (const Error&) {
    return false;
  }
}

int number(const QJsonObject& json, const char* key) { return json[QLatin1String(key)].toInt(); }

}  // namespace

EditOptions editOptionsOf(const GenerateRequest& request) {
  return {request.strength, request.resize, request.maskOptions, request.outpaint};
}

void write(const EditOptions& options, GenerateRequest& request) {
  request.strength = options.strength;
  request.resize = options.resize;
  request.maskOptions = options.mask;
  request.outpaint = options.outpaint;
}

QByteArray toJson(const EditOptions& options) {
  const MaskOptions& mask = options.mask;
  const OutpaintMargins& margins = options.outpaint;
  const QJsonObject json{
      {QStringLiteral("strength"), options.strength},
      {QStringLiteral("resize"), toQString(name(options.resize))},
      {QStringLiteral("mask_invert"), mask.invert},
      {QStringLiteral("mask_grow"), mask.grow},
      {QStringLiteral("mask_blur"), mask.blur},
      {QStringLiteral("only_masked"), mask.onlyMasked},
      {QStringLiteral("padding"), mask.padding},
      {QStringLiteral("masked_content"), toQString(name(mask.content))},
      {QStringLiteral("soft"), mask.soft},
      {QStringLiteral("match_colours"), mask.matchColours},
      {QStringLiteral("left"), margins.left},
      {QStringLiteral("top"), margins.top},
      {QStringLiteral("right"), margins.right},
      {QStringLiteral("bottom"), margins.bottom},
  };
  return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

EditOptions editOptionsFromJson(const QByteArray& text) {
  const QJsonObject json = QJsonDocument::fromJson(text).object();
  EditOptions options;
  MaskOptions& mask = options.mask;
  try {
    if (json.contains(u"resize")) options.resize = resizeModeFromName(json[u"resize"].toString().toStdString());
    if (json.contains(u"masked_content"))
      mask.content = maskedContentFromName(json[u"masked_content"].toString().toStdString());
  } catch (const Error&) {
    return {};
  }
  options.strength = json[u"strength"].toDouble(options.strength);
  mask.invert = json[u"mask_invert"].toBool(mask.invert);
  mask.grow = number(json, "mask_grow");
  mask.blur = json[u"mask_blur"].toDouble(mask.blur);
  mask.onlyMasked = json[u"only_masked"].toBool(mask.onlyMasked);
  mask.padding = json[u"padding"].toInt(mask.padding);
  mask.soft = json[u"soft"].toBool(mask.soft);
  mask.matchColours = json[u"match_colours"].toBool(mask.matchColours);
  options.outpaint = {number(json, "left"), number(json, "top"), number(json, "right"), number(json, "bottom")};
  return isValid(options) ? options : EditOptions();
}

QRect extendedRect(QSize picture, const OutpaintMargins& margins) {
  return QRect(QPoint(), picture).adjusted(-margins.left, -margins.top, margins.right, margins.bottom);
}

QRect workedArea(const QImage& image, const EditOptions& options, QSize workSize) {
  const QRect whole = extendedRect(image.size(), options.outpaint);
  if (!options.mask.onlyMasked || workSize.isEmpty()) return whole;
  try {
    Mask mask = toMask(image);
    if (anyMasked(mask)) {  // else there is none: the job changes the whole picture
      if (options.mask.invert) mask = invertMask(mask);
      if (options.mask.grow != 0) mask = growMask(mask, options.mask.grow);
      if (options.mask.blur > 0) mask = blurMask(mask, options.mask.blur);
    }
    if (options.outpaint.any()) mask = withMargins(mask, options.outpaint, options.mask.blur);
    if (!anyMasked(mask)) return whole;
    const Rect area = onlyMaskedArea(mask, options.mask.padding, workSize.width(), workSize.height());
    return QRect(area.x, area.y, area.width, area.height).translated(whole.topLeft());
  } catch (const std::exception&) {  // no memory for a very large canvas: the job will say so
    return whole;
  }
}

}  // namespace lorikeet
