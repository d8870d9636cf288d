#include <fmt/format.h>
#include <lorikeet/sweep.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/name_key.h"

namespace lorikeet {
namespace {

constexpr EnumName<SweepField> kSweepFields[] = {
    {SweepField::Adapter, "adapter", "Adapter"},    {SweepField::Seed, "seed", "Seed"},
    {SweepField::Guidance, "guidance", "Guidance"}, {SweepField::Steps, "steps", "Steps"},
    {SweepField::Sampler, "sampler", "Sampler"},    {SweepField::Schedule, "schedule", "Schedule"},
    {SweepField::Strength, "strength", "Strength"}, {SweepField::ClipSkip, "clip_skip", "Clip skip"},
    {SweepField::Prompt, "prompt", "Prompt"},
};

const EnumName<SweepField>& rowOf(SweepField field) {
  return *std::find_if(std::begin(kSweepFields), std::end(kSweepFields),
                       [field](const auto& row) { return row.value == field; });
}

[[noreturn]] void refuseAxis(std::string_view text, std::string_view expected) {
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("\"{}\" is no axis of a sweep; expected {}.", text.substr(0, 80), expected));
}

/// Takes ":unet" or ":te" off the end of an adapter's name.
AdapterPart takePart(std::string& adapter) {
  constexpr std::array<std::pair<std::string_view, AdapterPart>, 3> kParts{
      {{":unet", AdapterPart::Unet}, {":te", AdapterPart::Text}, {":both", AdapterPart::Both}}};
  for (const auto& [ending, part] : kParts) {
    if (!adapter.ends_with(ending)) continue;
    adapter.resize(adapter.size() - ending.size());
    return part;
  }
  return AdapterPart::Both;
}

}  // namespace

std::span<const EnumName<SweepField>> sweepFieldNames() { return kSweepFields; }

SweepField sweepFieldFromName(std::string_view text) {
  const std::string wanted = nameKey(text);
  std::string choices;
  for (const auto& row : kSweepFields) {
    if (nameKey(row.name) == wanted) return row.value;
    choices += (choices.empty() ? "" : ", ") + std::string(row.name);
  }
  if (wanted == "lora") return SweepField::Adapter;
  if (wanted == "cfg" || wanted == "cfgscale") return SweepField::Guidance;
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("A sweep cannot change \"{}\"; choose one of: {}.", text.substr(0, 80), choices));
}

std::string_view name(SweepField value) { return rowOf(value).name; }
std::string_view label(SweepField value) { return rowOf(value).label; }

SweepAxis parseSweepAxis(std::string_view text) {
  constexpr std::string_view kExpected = "FIELD=VALUES, for example seed=1-4 or adapter:NAME=0-1(+0.25)";
  const size_t colon = text.find_first_of(":=");
  if (colon == std::string_view::npos) refuseAxis(text, kExpected);
  SweepAxis axis;
  axis.field = sweepFieldFromName(text.substr(0, colon));
  const bool isAdapter = axis.field == SweepField::Adapter;
  // Weights hold no "=", names of files may.
  const size_t equals = isAdapter ? text.rfind('=') : text.find('=');
  if (equals == std::string_view::npos || (isAdapter ? text[colon] != ':' || equals <= colon + 1 : equals != colon))
    refuseAxis(text, isAdapter ? "adapter:NAME=VALUES, for example adapter:ink=0-1(+0.25)" : kExpected);
  if (isAdapter) axis.adapter = text.substr(colon + 1, equals - colon - 1);
  axis.part = takePart(axis.adapter);
  axis.values = text.substr(equals + 1);
  return axis;
}

std::string toText(const SweepAxis& axis) {
  std::string text(name(axis.field));
  if (axis.field == SweepField::Adapter) {
    text += ":" + axis.adapter;
    if (axis.part == AdapterPart::Unet) text += ":unet";
    if (axis.part == AdapterPart::Text) text += ":te";
  }
  return text + "=" + axis.values;
}

std::string titleOf(const SweepAxis& axis) {
  if (axis.field != SweepField::Adapter) return std::string(label(axis.field));
  if (axis.part == AdapterPart::Unet) return axis.adapter + " (UNet)";
  return axis.part == AdapterPart::Text ? axis.adapter + " (text)" : axis.adapter;
}

std::vector<std::string> sweepAdapterNames(const GenerateRequest& request) {
  std::vector<std::string> names;
  std::map<std::string, int> seen;
  for (const AdapterUse& use : request.adapters) {
    const std::filesystem::path file = use.file.has_filename() ? use.file : use.file.parent_path();
    std::string name = file.stem().string();
    if (!use.variant.empty()) name += "#" + use.variant;
    if (const int count = ++seen[name]; count > 1) name += fmt::format(" ({})", count);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace lorikeet
