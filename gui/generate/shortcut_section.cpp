#include "generate/shortcut_section.h"

namespace lorikeet {

ShortcutSection::ShortcutSection(QWidget* parent) : FieldSection(tr("Shortcuts"), parent) {
  setObjectName(QStringLiteral("shortcutSection"));
  using R = GenerateRequest;
  constexpr int kMostCalls = 100;
  addNumber(
      {"innerEveryField", QT_TR_NOOP("Inner layers every"),
       QT_TR_NOOP("The inner layers of the model run at every n-th step; between, the outermost ones work on their "
                  "last result (DeepCache). 3 is more than twice as fast; fine detail changes"),
       [](const R& r) { return double(r.shortcuts.innerEvery); },
       [](R& r, double v) { r.shortcuts.innerEvery = int(v); }, kMostCalls, 1, 0, 1});
  addNumber(
      {"guidanceEveryField", QT_TR_NOOP("Guidance every"),
       QT_TR_NOOP("What the negative prompt and guidance do is computed at every n-th step and used again between"),
       [](const R& r) { return double(r.shortcuts.guidanceEvery); },
       [](R& r, double v) { r.shortcuts.guidanceEvery = int(v); }, kMostCalls, 1, 0, 1});
  addChoice<Arithmetic>(
      "arithmeticField", QT_TR_NOOP("Arithmetic"),
      QT_TR_NOOP("The numbers that the model multiplies. Whole numbers of 16 bits are faster than 32 bits, and hardly "
                 "visible in the picture. Those of 8 bits are faster still on processors with VNNI and taken for 16 on "
                 "others; bfloat is for processors that are faster at it and 32 bits on others"),
      [](R& r) -> Arithmetic& { return r.shortcuts.arithmetic; });
  addNumber(
      {"mergedTokensField", QT_TR_NOOP("Merged tokens"),
       QT_TR_NOOP("Share of the picture's places that attention leaves out: they take what the place most like them "
                  "gets. Pays for large pictures"),
       [](const R& r) { return r.shortcuts.mergedTokens; }, [](R& r, double v) { r.shortcuts.mergedTokens = v; },
       0.75});
  addNumber({"guidanceStartField", QT_TR_NOOP("Guidance from"),
             QT_TR_NOOP("Share of the steps before which there is no guidance, and half the work"),
             [](const R& r) { return r.shortcuts.guidanceStart; },
             [](R& r, double v) { r.shortcuts.guidanceStart = v; }});
  addNumber({"guidanceEndField", QT_TR_NOOP("Guidance to"),
             QT_TR_NOOP("Share of the steps after which there is no guidance, and half the work"),
             [](const R& r) { return r.shortcuts.guidanceEnd; }, [](R& r, double v) { r.shortcuts.guidanceEnd = v; }});
  finish();
}

}  // namespace lorikeet
