#include "generate/sampling_section.h"

namespace lorikeet {

SamplingSection::SamplingSection(QWidget* parent) : FieldSection(tr("Sampling"), parent) {
  setObjectName(QStringLiteral("samplingSection"));
  addSeed("variationSeedField", QT_TR_NOOP("Variation seed"),
          QT_TR_NOOP("A second seed whose noise is mixed in. Several pictures count this one on, not the seed"),
          [](GenerateRequest& request) -> uint64_t& { return request.variation.seed; });
  addNumbers();
  addSeed("noiseSeedDeltaField", QT_TR_NOOP("Noise seed delta"),
          QT_TR_NOOP("Added to the seed for the noise that samplers add on their way (A1111's ENSD, often 31337)"),
          [](GenerateRequest& request) -> uint64_t& { return request.sampling.noiseSeedDelta; });
  addChoice<NoiseSource>(
      "rngBox", QT_TR_NOOP("Random numbers"),
      QT_TR_NOOP("Whose noise a seed stands for: torch as in diffusers, philox as A1111 on a graphics "
                 "card"),
      [](GenerateRequest& request) -> NoiseSource& { return request.noiseSource; });
  addChoice<SdeNoise>("sdeNoiseBox", QT_TR_NOOP("SDE noise"),
                      QT_TR_NOOP("Where SDE samplers take their noise from; A1111 uses Brownian noise for all of them"),
                      [](GenerateRequest& request) -> SdeNoise& { return request.sampling.sdeNoise; });
  addChoice<Spacing>("spacingBox", QT_TR_NOOP("Spacing"), QT_TR_NOOP("Which of the training timesteps are visited"),
                     [](GenerateRequest& request) -> Spacing& { return request.spacing; });
  addSwitch("seamlessXBox", QT_TR_NOOP("Seamless left to right"),
            QT_TR_NOOP("The left and the right edge join, so that the picture can be repeated"),
            [](GenerateRequest& request) -> bool& { return request.seamless.x; });
  addSwitch("seamlessYBox", QT_TR_NOOP("Seamless top to bottom"),
            QT_TR_NOOP("The upper and the lower edge join, so that the picture can be repeated"),
            [](GenerateRequest& request) -> bool& { return request.seamless.y; });
  addChoice<VaeTiling>("vaeTilingBox", QT_TR_NOOP("Decode in strips"),
                       QT_TR_NOOP("Needs a fraction of the memory for large pictures and a little more time"),
                       [](GenerateRequest& request) -> VaeTiling& { return request.vaeTiling; });
  finish();
}

void SamplingSection::addNumbers() {
  using R = GenerateRequest;
  addNumber({"variationStrengthField", QT_TR_NOOP("Variation"),
             QT_TR_NOOP("How much of the second seed's noise: 0 nothing, 1 nothing else"),
             [](const R& r) { return r.variation.strength; }, [](R& r, double v) { r.variation.strength = v; }});
  addNumber({"clipSkipField", QT_TR_NOOP("Clip skip"),
             QT_TR_NOOP("Which layer of the text encoder is used, counted from the end. Anime models often want 2"),
             [](const R& r) { return double(r.clipSkip); }, [](R& r, double v) { r.clipSkip = int(v); }, 12, 1, 0, 1});
  addNumber({"etaField", QT_TR_NOOP("Eta (DDIM, TCD)"), QT_TR_NOOP("Share of fresh noise in each step"),
             [](const R& r) { return r.eta; }, [](R& r, double v) { r.eta = v; }});
  addNumber({"ancestralEtaField", QT_TR_NOOP("Eta (ancestral)"),
             QT_TR_NOOP("Share of fresh noise in each step of ancestral and SDE samplers"),
             [](const R& r) { return r.sampling.ancestralEta; }, [](R& r, double v) { r.sampling.ancestralEta = v; }});
  addNumber({"churnField", QT_TR_NOOP("Churn"),
             QT_TR_NOOP("Noise that Euler, Heun and DPM2 add before their steps: more detail, less order"),
             [](const R& r) { return r.sampling.churn.churn; }, [](R& r, double v) { r.sampling.churn.churn = v; }, 100,
             1});
  addNumber({"churnLowestField", QT_TR_NOOP("Churn from"), QT_TR_NOOP("Only from this noise level on"),
             [](const R& r) { return r.sampling.churn.lowest; }, [](R& r, double v) { r.sampling.churn.lowest = v; },
             1e6, 0.1});
  addNumber({"churnHighestField", QT_TR_NOOP("Churn to"), QT_TR_NOOP("Up to this noise level; 0: no limit"),
             [](const R& r) { return r.sampling.churn.highest; }, [](R& r, double v) { r.sampling.churn.highest = v; },
             1e6, 1});
  addNumber({"noiseScaleField", QT_TR_NOOP("Noise scale"), QT_TR_NOOP("Of all noise that is added on the way"),
             [](const R& r) { return r.sampling.churn.noise; }, [](R& r, double v) { r.sampling.churn.noise = v; }, 2,
             0.01});
  addNumber({"rhoField", QT_TR_NOOP("Rho"),
             QT_TR_NOOP("Bend of the Karras and polyexponential schedules; 0: their own"),
             [](const R& r) { return r.sampling.scheduleRho; }, [](R& r, double v) { r.sampling.scheduleRho = v; }, 100,
             0.5});
}

}  // namespace lorikeet
