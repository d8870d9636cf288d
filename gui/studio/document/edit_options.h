#pragma once
#include <lorikeet/request.h>

#include <QByteArray>
#include <QImage>
#include <QRect>

namespace lorikeet {

/// How the picture on the canvas is worked on: the share of a request that goes with its initial picture. A value.
struct EditOptions {
  double strength = 0.75;
  ResizeMode resize = ResizeMode::Fit;
  MaskOptions mask;
  OutpaintMargins outpaint;

  bool operator==(const EditOptions&) const = default;
};

EditOptions editOptionsOf(const GenerateRequest& request);
void write(const EditOptions& options, GenerateRequest& request);

/// For the settings: one line of JSON, names as on the command line, and back; what is missing or out of range becomes
/// the default.
QByteArray toJson(const EditOptions& options);
EditOptions editOptionsFromJson(const QByteArray& json);

/// The picture with its margins, in pixels of the picture.
QRect extendedRect(QSize picture, const OutpaintMargins& margins);

/// What a job with these options looks at, in pixels of the picture: all of it, with its margins, or the part that
/// "only masked" works on, found as the engine finds it. `mask` is Format_Grayscale8 and may be all 0; `workSize` is
/// the size that the model works at. Slow for large masks; safe on any thread.
QRect workedArea(const QImage& mask, const EditOptions& options, QSize workSize);

}  // namespace lorikeet
