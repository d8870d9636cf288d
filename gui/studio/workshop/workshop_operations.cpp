#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

#include "studio/jobs/convert.h"
#include "studio/workshop/workshop_input.h"

namespace lorikeet {
namespace {

QString inWords(const char* text) { return QCoreApplication::translate("lorikeet::Workshop", text); }

RankRule ruleOf(const WorkshopInput& input) { return {.rank = input.rank, .energy = input.energy, .ratio = 0}; }

QString percent(double share) { return QStringLiteral("%1 %").arg(100 * share, 0, 'g', 3); }

WorkshopReport reportOf(const WorkshopResult& result) {
  WorkshopReport report;
  report.status = result.status;
  if (result.status == Status::Stopped) {
    report.sentence = result.partial.empty() ? inWords("Stopped. Nothing was written.")
                                             : inWords("Stopped. Starting it again goes on where it was.");
    return report;
  }
  report.output = pathToQString(result.output);
  report.sentence = inWords("%1 is written: %2 modules, %3 parameters.")
                        .arg(QFileInfo(report.output).fileName())
                        .arg(result.modules)
                        .arg(result.parameters);
  QStringList lines;
  for (const std::string& note : result.notes) lines << toQString(note);
  if (!result.fits.empty())
    lines << inWords("Relative error of all modules together: %1").arg(percent(result.relativeError));
  for (const ModuleFit& fit : result.fits)
    lines << inWords("%1: rank %2, relative error %3")
                 .arg(toQString(fit.module))
                 .arg(fit.rank)
                 .arg(percent(fit.relativeError));
  report.details = lines.join(QLatin1Char('\n'));
  return report;
}

WorkshopReport reportOf(const AdapterComparison& comparison) {
  WorkshopReport report;
  report.status = comparison.status;
  if (comparison.status == Status::Stopped) {
    report.sentence = inWords("Stopped.");
    return report;
  }
  report.sentence = comparison.equal
                        ? inWords("Both do the same to all %1 modules.").arg(comparison.modules)
                        : inWords("They differ, by at most %1 in a weight.").arg(comparison.largestDifference);
  QStringList lines;
  if (!comparison.worstModule.empty())
    lines << inWords("Largest difference: %1 in %2")
                 .arg(comparison.largestDifference)
                 .arg(toQString(comparison.worstModule));
  for (const std::string& module : comparison.onlyInFirst)
    lines << inWords("Only the first changes %1").arg(toQString(module));
  for (const std::string& module : comparison.onlyInSecond)
    lines << inWords("Only the second changes %1").arg(toQString(module));
  report.details = lines.join(QLatin1Char('\n'));
  return report;
}

MergeAdaptersRequest mergeRequestOf(const WorkshopInput& in) {
  return {.adapters = in.adapters,
          .output = in.output,
          .form = in.form,
          .model = in.model,
          .rank = ruleOf(in),
          .type = in.type,
          .partial = in.partial};
}

MergeIntoModelRequest modelRequestOf(const WorkshopInput& in) {
  return {.model = in.base, .adapters = in.adapters, .output = in.output, .type = in.modelType, .partial = in.partial};
}

ResizeAdapterRequest resizeRequestOf(const WorkshopInput& in) {
  return {.input = {in.input, {}},
          .output = in.output,
          .form = in.form,
          .model = in.model,
          .rank = ruleOf(in),
          .type = in.type,
          .partial = in.partial};
}

ExtractAdapterRequest extractRequestOf(const WorkshopInput& in) {
  return {.base = in.base,
          .tuned = in.input,
          .output = in.output,
          .form = in.form,
          .rank = ruleOf(in),
          .configuration = in.configuration,
          .convolutions = in.convolutions,
          .type = in.type};
}

ConvertAdapterRequest convertRequestOf(const WorkshopInput& in) {
  return {.input = {in.input, {}}, .output = in.output, .form = in.form, .model = in.model, .partial = in.partial};
}

using W = WorkshopOperation;
constexpr unsigned kAdapterOut = W::Output | W::Form;

constexpr WorkshopOperation kOperations[] = {
    {"merge", QT_TRANSLATE_NOOP("lorikeet::Workshop", "Merge adapters"),
     QT_TRANSLATE_NOOP(
         "lorikeet::Workshop",
         "Makes one adapter of all that are on in the stack, with their weights worked in. Without a rank "
         "its effect is exactly theirs."),
     "", "", kAdapterOut | W::Stack | W::Type | W::Rank | W::Model | W::Partial, "merged",
     [](const WorkshopInput& in, const WorkshopControl& control) {
       return reportOf(mergeAdapters(mergeRequestOf(in), control));
     },
     [](const WorkshopInput& in) { return estimateWorkshop(mergeRequestOf(in)); }},
    {"mergeModel", QT_TRANSLATE_NOOP("lorikeet::Workshop", "Merge into a model"),
     QT_TRANSLATE_NOOP(
         "lorikeet::Workshop",
         "Writes a model whose weights already hold what the stack's adapters do. Everything else of it is "
         "kept, and so is each tensor's type unless another one is chosen."),
     "", "", W::Output | W::Stack | W::Base | W::Partial | W::ModelType, "merged",
     [](const WorkshopInput& in, const WorkshopControl& control) {
       return reportOf(mergeIntoModel(modelRequestOf(in), control));
     },
     [](const WorkshopInput& in) { return estimateWorkshop(modelRequestOf(in)); }},
    {"resize", QT_TRANSLATE_NOOP("lorikeet::Workshop", "Resize an adapter"),
     QT_TRANSLATE_NOOP(
         "lorikeet::Workshop",
         "Lowers the ranks of an adapter, to a number or to a share of what it does, and tells the error."),
     QT_TRANSLATE_NOOP("lorikeet::Workshop", "Adapter"), "",
     kAdapterOut | W::Input | W::Type | W::Rank | W::Model | W::Partial, "resized",
     [](const WorkshopInput& in, const WorkshopControl& control) {
       return reportOf(resizeAdapter(resizeRequestOf(in), control));
     },
     [](const WorkshopInput& in) { return estimateWorkshop(resizeRequestOf(in)); }},
    {"extract", QT_TRANSLATE_NOOP("lorikeet::Workshop", "Extract an adapter"),
     QT_TRANSLATE_NOOP("lorikeet::Workshop", "Makes an adapter of the difference of two models, one layer at a time."),
     QT_TRANSLATE_NOOP("lorikeet::Workshop", "Model with the change"), "",
     kAdapterOut | W::Input | W::Base | W::Type | W::Rank | W::Convolutions | W::Configuration, "extracted",
     [](const WorkshopInput& in, const WorkshopControl& control) {
       return reportOf(extractAdapter(extractRequestOf(in), control));
     },
     [](const WorkshopInput& in) { return estimateWorkshop(extractRequestOf(in)); }},
    {"convert", QT_TRANSLATE_NOOP("lorikeet::Workshop", "Convert an adapter"),
     QT_TRANSLATE_NOOP("lorikeet::Workshop",
                       "Writes an adapter as another program spells it, with the same effect; also takes one out of a "
                       "checkpoint that holds it."),
     QT_TRANSLATE_NOOP("lorikeet::Workshop", "Adapter"), "", kAdapterOut | W::Input | W::Model | W::Partial,
     "converted",
     [](const WorkshopInput& in, const WorkshopControl& control) {
       return reportOf(convertAdapter(convertRequestOf(in), control));
     },
     [](const WorkshopInput& in) { return estimateWorkshop(convertRequestOf(in)); }},
    {"compare", QT_TRANSLATE_NOOP("lorikeet::Workshop", "Compare adapters"),
     QT_TRANSLATE_NOOP("lorikeet::Workshop",
                       "Tells whether two adapters do the same to every weight, to six decimals."),
     QT_TRANSLATE_NOOP("lorikeet::Workshop", "First adapter"),
     QT_TRANSLATE_NOOP("lorikeet::Workshop", "Second adapter"), W::Input | W::Second | W::Model, "",
     [](const WorkshopInput& in, const WorkshopControl& control) {
       return reportOf(
           compareAdapters({.first = {in.input, {}}, .second = {in.second, {}}, .model = in.model}, control));
     },
     nullptr},
    {"embed", QT_TRANSLATE_NOOP("lorikeet::Workshop", "Put an adapter into a model"),
     QT_TRANSLATE_NOOP(
         "lorikeet::Workshop",
         "Writes a model that holds an adapter's matrices beside its weights, as lora_wrapper keeps them, "
         "so that both can be had back."),
     QT_TRANSLATE_NOOP("lorikeet::Workshop", "Model"), QT_TRANSLATE_NOOP("lorikeet::Workshop", "Adapter"),
     W::Input | W::Second | W::Output, "embedded",
     [](const WorkshopInput& in, const WorkshopControl& control) {
       return reportOf(embedAdapter({.model = in.input, .adapter = {in.second, {}}, .output = in.output}, control));
     },
     nullptr},
    {"unembed", QT_TRANSLATE_NOOP("lorikeet::Workshop", "Take an adapter out of a model"),
     QT_TRANSLATE_NOOP(
         "lorikeet::Workshop",
         "Writes a model as it was before an adapter was put into it, byte for byte. “Convert an adapter” "
         "writes the adapter that is in it."),
     QT_TRANSLATE_NOOP("lorikeet::Workshop", "Model with an adapter inside"), "", W::Input | W::Output, "plain",
     [](const WorkshopInput& in, const WorkshopControl& control) {
       return reportOf(removeEmbedded({.checkpoint = in.input, .output = in.output}, control));
     },
     nullptr},
};

}  // namespace

std::span<const WorkshopOperation> workshopOperations() { return kOperations; }

QString missingIn(const WorkshopOperation& operation, const WorkshopInput& input) {
  if (operation.has(W::Stack) && input.adapters.empty())
    return inWords("Put the adapters into the stack of the main window first, and switch them on.");
  if (operation.has(W::Input) && input.input.empty())
    return inWords("Choose a file: %1.").arg(inWords(operation.inputLabel));
  if (operation.has(W::Second) && input.second.empty())
    return inWords("Choose a file: %1.").arg(inWords(operation.secondLabel));
  if (operation.has(W::Base) && input.base.empty()) return inWords("Choose the model.");
  if (operation.has(W::Output) && input.output.empty()) return inWords("Choose what the result is to be called.");
  const bool needsRank = operation.has(W::Rank) && !operation.has(W::Stack) && input.configuration.empty();
  if (needsRank && input.rank == 0 && input.energy == 0)
    return inWords("Choose a rank, or a share of the effect to keep.");
  return {};
}

QString proposedOutput(const WorkshopOperation& operation, const WorkshopInput& input) {
  std::filesystem::path from = input.input;
  if (operation.has(W::Stack))
    from = operation.has(W::Base) || input.adapters.empty() ? input.base : input.adapters.front().file;
  if (!operation.has(W::Output) || from.empty()) return {};
  const QFileInfo info(pathToQString(from));
  const bool asFolder = operation.has(W::Form) ? input.form == AdapterForm::Peft : info.isDir();
  const QString ending = asFolder                                                    ? QString()
                         : input.form == AdapterForm::Onnx && operation.has(W::Form) ? QStringLiteral(".lora")
                                                                                     : QStringLiteral(".safetensors");
  const QString name = info.isDir() ? info.fileName() : info.completeBaseName();
  for (int number = 1;; ++number) {
    const QString count = number == 1 ? QString() : QStringLiteral("-%1").arg(number);
    QString path =
        QStringLiteral("%1/%2-%3%4%5").arg(info.absolutePath(), name, QLatin1String(operation.suffix), count, ending);
    if (!QFileInfo::exists(path)) return path;
  }
}

}  // namespace lorikeet
