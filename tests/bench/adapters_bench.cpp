// What a stack of adapters costs at the size of SD 1.5: two rank-16 files over all 264 modules of UNet and text encoder
// that kohya's scripts train, by kind of adapter, and ten of them ("many"), whose sums are merged.
// Run: bench_adapters MODEL [threads [kind]], where MODEL is SD 1.5 or the random model that `lorikeet-cli bench`
// writes.
#include <fmt/format.h>
#include <lorikeet/engine.h>
#include <unistd.h>

#include <fstream>
#include <random>

#include "adapters/adapter_stack.h"
#include "core/thread_pool.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "pipeline/diffusion_model.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr int64_t kRank = 16;
constexpr int kRepetitions = 5;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

template <class Work>
double secondsOf(Work work) {
  const auto start = Clock::now();
  work();
  return secondsSince(start);
}

int64_t residentBytes() {
  std::ifstream file("/proc/self/statm");
  int64_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

/// The linear layers of attention blocks and text encoder layers, with their shapes.
TensorShapes trainedModules(const DiffusionModel& model) {
  TensorShapes modules;
  const auto add = [&](const std::string& prefix, const ParameterTable& parameters, std::string_view part) {
    for (const auto& [name, shape] : shapesOf(parameters))
      if (shape.rank() >= 2 && name.ends_with(".weight") && name.find(part) != std::string::npos)
        modules.emplace(prefix + name.substr(0, name.size() - std::string(".weight").size()), shape);
  };
  add("unet.", model.unet.parameters(), ".attentions.");
  add("text_encoder.", model.textEncoder.parameters(), ".layers.");
  return modules;
}

/// Random f16 numbers of a trained factor's size.
RawTensor randomFactor(const Shape& shape, std::minstd_rand& random) {
  std::vector<std::byte> bytes(static_cast<size_t>(shape.elementCount()) * 2);
  for (size_t i = 0; i < bytes.size(); i += 2) {
    const uint16_t half = f32ToF16(static_cast<float>(random() % 2001) * 1e-5f - 0.01f);
    std::memcpy(bytes.data() + i, &half, 2);
  }
  return rawFromBytes(DType::F16, shape, std::move(bytes));
}

using Tensors = std::map<std::string, RawTensor>;

void addLora(Tensors& tensors, const std::string& name, const Shape& weight, std::minstd_rand& random) {
  const bool isConvolution = weight.rank() == 4;
  const Shape down = isConvolution ? Shape{kRank, weight[1], 1, 1} : Shape{kRank, weight[1]};
  const Shape up = isConvolution ? Shape{weight[0], kRank, 1, 1} : Shape{weight[0], kRank};
  tensors.emplace(name + ".lora_A.weight", randomFactor(down, random));
  tensors.emplace(name + ".lora_B.weight", randomFactor(up, random));
}

void addDora(Tensors& tensors, const std::string& name, const Shape& weight, std::minstd_rand& random) {
  addLora(tensors, name, weight, random);
  tensors.emplace(name + ".lora_magnitude_vector", randomFactor({weight[0]}, random));
}

void addLoha(Tensors& tensors, const std::string& name, const Shape& weight, std::minstd_rand& random) {
  for (const char* pair : {"1", "2"}) {
    tensors.emplace(fmt::format("{}.hada_w{}_a", name, pair), randomFactor({weight[0], kRank}, random));
    tensors.emplace(fmt::format("{}.hada_w{}_b", name, pair), randomFactor({kRank, weight[1]}, random));
  }
}

void addLokr(Tensors& tensors, const std::string& name, const Shape& weight, std::minstd_rand& random) {
  tensors.emplace(name + ".lokr_w1", randomFactor({8, 8}, random));
  tensors.emplace(name + ".lokr_w2_a", randomFactor({weight[0] / 8, kRank}, random));
  tensors.emplace(name + ".lokr_w2_b", randomFactor({kRank, weight[1] / 8}, random));
}

void addOft(Tensors& tensors, const std::string& name, const Shape& weight, std::minstd_rand& random) {
  tensors.emplace(name + ".oft_blocks", randomFactor({weight[0] / kRank, kRank, kRank}, random));
}

struct Kind {
  const char* name;
  void (*add)(Tensors& tensors, const std::string& name, const Shape& weight, std::minstd_rand& random);
  size_t files = 2;
};
constexpr Kind kKinds[] = {{"LoRA", addLora}, {"LoHa", addLoha}, {"LoKr", addLokr},
                           {"DoRA", addDora}, {"OFT", addOft},   {"many", addLora, 10}};

void writeAdapter(const fs::path& file, const TensorShapes& modules, const Kind& kind, unsigned seed) {
  std::minstd_rand random(seed);
  Tensors tensors;
  for (const auto& [name, shape] : modules) kind.add(tensors, name, shape, random);
  writeSafetensors(file, tensors);
}

class Bench {
 public:
  Bench(const fs::path& model, int threads)
      : pool_(threads), context_(pool_), model_(DiffusionModel::load(context_, model, findResources())) {
    sample_ = noise({2, 64, 64, model_->unet.config().inChannels});
    text_ = noise({2, 77, model_->unet.config().contextWidth});
  }

  void run(const fs::path& folder, std::string_view only) {
    const TensorShapes modules = trainedModules(*model_);
    fmt::print("{} threads, {} modules\n", pool_.threadCount(), modules.size());
    call();  // warms buffers up
    for (const Kind& kind : kKinds)
      if (only.empty() || only == kind.name) measure(kind, folder, modules);
  }

 private:
  static Tensor noise(const Shape& shape) {
    Tensor t(shape);
    std::minstd_rand random(7);
    for (float& v : t.values()) v = static_cast<float>(random() % 2001) / 1000.f - 1.f;
    return t;
  }
  void call() { model_->unet(context_, sample_, 500, text_); }

  void measure(const Kind& kind, const fs::path& folder, const TensorShapes& modules) {
    std::vector<AdapterUse> uses(kind.files);
    int64_t fileBytes = 0;
    for (size_t i = 0; i < uses.size(); ++i) {
      uses[i].file = folder / fmt::format("{}-{}.safetensors", kind.name, i);
      uses[i].weight = 0.6;
      writeAdapter(uses[i].file, modules, kind, static_cast<unsigned>(i + 1));
      fileBytes += static_cast<int64_t>(fs::file_size(uses[i].file));
    }
    AdapterStack stack(model_->textEncoder.parameters(), model_->unet.parameters());
    const int64_t before = residentBytes();
    const double open = secondsOf([&] {
      for (const AdapterUse& use : uses) stack.open(use);
    });
    const double apply = secondsOf([&] { stack.apply(context_, uses); });
    const int64_t after = residentBytes();
    const AdapterPaths paths = stack.paths();
    double change = 1e9;
    for (int i = 0; i < kRepetitions; ++i) {
      uses[0].weight += 0.05;
      change = std::min(change, secondsOf([&] { stack.apply(context_, uses); }));
    }
    // In turns, so that what else the machine does falls on both.
    double with = 1e9, without = 1e9, remove = 0;
    for (int i = 0; i < kRepetitions; ++i) {
      stack.apply(context_, uses);
      with = std::min(with, secondsOf([&] { call(); }));
      remove = secondsOf([&] { stack.apply(context_, {}); });
      without = std::min(without, secondsOf([&] { call(); }));
    }
    fmt::print("\n{}, {} files of rank {}, {:.1f} MB together; {} modules beside the products, {} merged\n", kind.name,
               kind.files, kRank, double(fileBytes) / 1e6, paths.beside, paths.merged);
    fmt::print("  first application {:8.3f} s (read, check and hash {:.3f}, apply {:.3f})\n", open + apply, open,
               apply);
    fmt::print("  weight change     {:8.3f} s\n  removal           {:8.3f} s\n", change, remove);
    fmt::print("  UNet call         {:8.3f} s without, {:.3f} s with ({:+.1f} %)\n", without, with,
               100 * (with / without - 1));
    fmt::print("  resident memory   {:+8.1f} MB\n", double(after - before) / 1e6);
  }

  ThreadPool pool_;
  ExecutionContext context_;
  std::unique_ptr<DiffusionModel> model_;
  Tensor sample_, text_;
};

}  // namespace
}  // namespace lorikeet

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: bench_adapters MODEL [threads [LoRA|LoHa|LoKr|DoRA|OFT|many]]\n");
    return 2;
  }
  std::string pattern = (std::filesystem::temp_directory_path() / "lorikeet-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return 1;
  int code = 0;
  try {
    lorikeet::Bench(argv[1], argc > 2 ? std::atoi(argv[2]) : 0).run(pattern, argc > 3 ? argv[3] : "");
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    code = 1;
  }
  std::filesystem::remove_all(pattern);
  return code;
}
