// What a window asks for while a person types or drags: prompts of 1 MB (target: 100 ms each) and the Canny edges of a
// picture of 512x512 (target: 50 ms with painting). Run: bench_answers.
#include <benchmark/benchmark.h>
#include <lorikeet/annotate.h>

#include <string>

#include "text/prompt_attention.h"
#include "text/prompt_grammar.h"

namespace lorikeet {
namespace {

std::string megabyteOf(const std::string& unit) {
  std::string text;
  while (text.size() < 1'000'000) text += unit;
  return text;
}

void parsesAMegabyte(benchmark::State& state, const char* unit) {
  const std::string text = megabyteOf(unit);
  for (auto _ : state) benchmark::DoNotOptimize(parsePrompt(text));
}

void weighsAMegabyte(benchmark::State& state, const char* unit) {
  const std::string text = megabyteOf(unit);
  PromptIssues issues;
  for (auto _ : state) benchmark::DoNotOptimize(parseAttention(text, &issues));
}

void findsEdges(benchmark::State& state) {
  Image image = Image::create(512, 512);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>((i / 3 * 7) ^ (i / 1536 * 5));
  for (auto _ : state) benchmark::DoNotOptimize(cannyEdges(image, {100, 200, 1.5}));
}

BENCHMARK_CAPTURE(parsesAMegabyte, round, "(")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(parsesAMegabyte, square, "[")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(parsesAMegabyte, weight, "(a:nan)")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(parsesAMegabyte, chunk, " BREAK ")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(weighsAMegabyte, nested, "a[(:")->Unit(benchmark::kMillisecond);
BENCHMARK(findsEdges)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lorikeet

BENCHMARK_MAIN();
