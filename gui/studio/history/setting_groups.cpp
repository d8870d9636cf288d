#include "studio/history/setting_groups.h"

#include <lorikeet/adapter_tags.h>

#include <QCoreApplication>
#include <QStringList>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

using Request = GenerateRequest;

QString say(const char* text) { return QCoreApplication::translate("lorikeet::SettingGroup", text); }

QString adaptersText(const Request& request) {
  QStringList names;
  for (const AdapterUse& use : request.adapters)
    names << QStringLiteral("%1 %2").arg(toQString(use.file.stem().string())).arg(use.weight);
  return names.join(QStringLiteral(", "));
}

QString samplerText(const Request& request) {
  QString text = toQString(label(request.sampler));
  if (request.schedule != Schedule::Default) text += QStringLiteral(", ") + toQString(label(request.schedule));
  return text;
}

QString seedText(const Request& request) {
  QString text = QString::number(request.seed);
  if (request.variation.strength > 0)
    text += say(", varied by %1 of %2").arg(request.variation.strength).arg(request.variation.seed);
  return text;
}

QString secondPassText(const Request& request) {
  if (!request.hires.enabled()) return {};
  return QStringLiteral("%1 × %2").arg(request.hires.scale).arg(toQString(label(request.hires.upscaler)));
}

QString startText(const Request& request) {
  if (request.init.empty()) return {};
  return say("%1, strength %2").arg(pathToQString(request.init.file.filename())).arg(request.strength);
}

QString otherText(const Request& request) {
  const Request usual;
  QStringList parts;
  if (request.clipSkip != usual.clipSkip) parts << say("clip skip %1").arg(request.clipSkip);
  if (request.seamless.x || request.seamless.y) parts << say("seamless");
  if (request.shortcuts != usual.shortcuts) parts << say("shortcuts");
  if (request.vaeTiling != usual.vaeTiling) parts << say("decoding in strips");
  if (!request.vae.empty()) parts << pathToQString(request.vae.filename());
  if (request.precision != usual.precision) parts << toQString(label(request.precision));
  return parts.join(QStringLiteral(", "));
}

/// The folders are those of this machine, not of the picture.
void copyPrompting(const Request& from, Request& to) {
  to.prompting.emphasis = from.prompting.emphasis;
  to.prompting.choices = from.prompting.choices;
  to.prompting.promptTemplate = from.prompting.promptTemplate;
  to.embeddings = from.embeddings;
}

constexpr SettingGroup kGroups[] = {
    {"prompt", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Prompt"),
     [](const Request& r) { return toQString(r.prompt); },
     [](const Request& from, Request& to) {
       to.prompt = from.prompt;
       copyPrompting(from, to);
     }},
    {"negative", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Negative prompt"),
     [](const Request& r) { return toQString(r.negativePrompt); },
     [](const Request& from, Request& to) {
       to.negativePrompt = from.negativePrompt;
       to.prompting.negativeTemplate = from.prompting.negativeTemplate;
     }},
    {"model", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Model"),
     [](const Request& r) { return r.model.empty() ? say("Starter model") : pathToQString(r.model.filename()); },
     [](const Request& from, Request& to) { to.model = from.model; }},
    {"adapters", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Adapters"), adaptersText,
     [](const Request& from, Request& to) { to.adapters = from.adapters; }},
    {"size", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Size"),
     [](const Request& r) { return r.width > 0 ? QStringLiteral("%1 × %2").arg(r.width).arg(r.height) : QString(); },
     [](const Request& from, Request& to) {
       to.width = from.width;
       to.height = from.height;
     }},
    {"steps", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Steps"),
     [](const Request& r) { return QString::number(r.steps); },
     [](const Request& from, Request& to) { to.steps = from.steps; }},
    {"guidance", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Guidance"),
     [](const Request& r) { return QString::number(r.guidanceScale); },
     [](const Request& from, Request& to) { to.guidanceScale = from.guidanceScale; }},
    {"sampler", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Sampler"), samplerText,
     [](const Request& from, Request& to) {
       to.sampler = from.sampler;
       to.schedule = from.schedule;
       to.spacing = from.spacing;
       to.eta = from.eta;
       to.sampling = from.sampling;
     }},
    {"seed", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Seed"), seedText,
     [](const Request& from, Request& to) {
       to.seed = from.seed;
       to.variation = from.variation;
       to.noiseSource = from.noiseSource;
     }},
    {"secondPass", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Second pass"), secondPassText,
     [](const Request& from, Request& to) { to.hires = from.hires; }},
    {"start", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Start picture"), startText,
     [](const Request& from, Request& to) {
       to.init = from.init;
       to.strength = from.strength;
       to.resize = from.resize;
       to.mask = from.mask;
       to.maskOptions = from.maskOptions;
       to.outpaint = from.outpaint;
     }},
    {"control", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Control"),
     [](const Request& r) { return r.controls.empty() ? QString() : say("%1 units").arg(r.controls.size()); },
     [](const Request& from, Request& to) { to.controls = from.controls; }},
    {"other", QT_TRANSLATE_NOOP("lorikeet::SettingGroup", "Other"), otherText,
     [](const Request& from, Request& to) {
       to.clipSkip = from.clipSkip;
       to.seamless = from.seamless;
       to.shortcuts = from.shortcuts;
       to.vaeTiling = from.vaeTiling;
       to.vae = from.vae;
       to.precision = from.precision;
     }},
};

}  // namespace

QString SettingGroup::label() const { return say(name); }

std::span<const SettingGroup> settingGroups() { return kGroups; }

}  // namespace lorikeet
