#pragma once
#include <cstddef>
#include <cstdint>

#include "lorikeet/arithmetic.h"
#include "ops/isa.h"

namespace lorikeet {

/// Columns of a packed weight panel. Fixed for all instruction sets, so packed weights do not depend on the machine.
inline constexpr int kPanelWidth = 32;
/// The most rows that any tile kernel works on at once.
inline constexpr int kMaxTileRows = 16;

/// Products of integers: so many values of a row, or of a panel's column, share a scale.
inline constexpr int64_t kIntegerBlock = 128;
/// The largest magnitudes of rows and of weights as 16-bit integers: the sum of a block's products just fits 32 bits.
inline constexpr int kLargestInt16 = 4095;
/// The same of 8-bit integers, and what rows of them are raised by, as instructions want one factor unsigned.
inline constexpr int kLargestInt8 = 127;
inline constexpr int kInt8Offset = 128;

enum class Activation : uint8_t { None, Silu, Gelu, QuickGelu, Relu };

/// What happens to a finished tile of a matrix product on its way to the output.
struct TileEpilogue {
  const float* bias = nullptr;      ///< one value a column, or null
  const float* residual = nullptr;  ///< added after the activation, rows `outStride` apart as the output's, or null
  Activation activation = Activation::None;
};

/// Rows for ReducedKernels::tile: value k of row r stands for itself (bf16) or for its integer times
/// scales[r][k / kIntegerBlock].
struct ReducedTileRows {
  const std::byte* values[kMaxTileRows];
  const float* scales[kMaxTileRows];
  int count = 0;
};

/// What ReducedKernels::panel makes.
struct ReducedPanel {
  const std::byte* values = nullptr;
  const float* scales = nullptr;
  int64_t depth = 0;
};

/// Products of numbers of fewer bits than f32. Values lie in lanes of 32 bits, two or four, which are multiplied and
/// added up together: depths are multiples of that.
struct ReducedKernels {
  int valueBytes;  ///< of a value: 1 or 2
  int scaleRows;   ///< rows of kPanelWidth floats that a panel keeps for a block of its depth
  /// c[r][j] (+)= sum over k of rows[r][k] * panel[k][j], j < width (16 or 32). Integers: sums of whole numbers,
  /// exact, that are scaled and added up in f32 block by block of the depth. bf16: sums in f32.
  void (*tile)(const ReducedTileRows& rows, const ReducedPanel& panel, int width, float* c, int64_t cStride,
               bool accumulate);
  /// A row of f32; scales: one a block, of integers only. A block that holds something not finite gets the scale NaN.
  void (*row)(const float* from, int64_t count, std::byte* to, float* scales);
  /// Rows of kPanelWidth columns, `depth` of them, the rows of a lane interleaved:
  /// to[row / values][column][row % values], scales[row / kIntegerBlock][column]. Not finite: as above, by column.
  void (*panel)(const float* from, int64_t depth, std::byte* to, float* scales);

  int valuesPerLane() const { return 4 / valueBytes; }
};

/// Where transformed weights go as integers.
struct WinogradIntegers {
  int16_t* values = nullptr;
  int64_t planeStride = 0;
  float* scales = nullptr;
  int64_t scaleStride = 0;
};
/// A block of 36 planes for the widest vector.
inline constexpr int64_t kWinogradWork = 36 * kIntegerBlock * 16;

/// Group normalisation on its way back, everything by channel.
struct NormBackward {
  const float* center = nullptr;
  const float* rate = nullptr;
  const float* gamma = nullptr;
  const float* beta = nullptr;
  const float* meanSum = nullptr;      ///< mean of g over the channel's group
  const float* meanProduct = nullptr;  ///< mean of g * h over the channel's group
  bool silu = false;
};

/// The inner loops, compiled once per instruction set. All work on f32; sums run over the depth in ascending order with
/// one fused multiply-add chain per element, so results do not depend on how a caller cuts rows and columns.
struct Kernels {
  Isa isa;
  int tileRows;  ///< rows of a full tile

  /// c[r][j] (+)= sum over k of rows[r][k] * panel[k * panelStride + j], j < width (32, 16 or 8), rowCount <= tileRows.
  void (*tile)(const float* const* rows, int rowCount, const float* panel, int64_t panelStride, int width,
               int64_t depth, float* c, int64_t cStride, bool accumulate);
  ReducedKernels bf16, int16, int8;
  /// Those of an arithmetic other than F32.
  const ReducedKernels& reduced(Arithmetic arithmetic) const {
    return arithmetic == Arithmetic::Bf16 ? bf16 : arithmetic == Arithmetic::Int16 ? int16 : int8;
  }
  /// out[r][j] = act(tile[r][j] + bias[j]) + residual[r][j] for j < columns; tile rows are kPanelWidth apart.
  void (*finishTile)(const float* tile, int rowCount, int columns, const TileEpilogue& epilogue, float* out,
                     int64_t outStride);
  /// out = (value + valueBias) * gelu(gate + gateBias), the GEGLU of the feed-forward layers.
  void (*finishGegluTile)(const float* value, const float* gate, int rowCount, int columns, const float* valueBias,
                          const float* gateBias, float* out, int64_t outStride);

  void (*f16ToF32)(const uint16_t* from, float* to, int64_t count);
  void (*bf16ToF32)(const uint16_t* from, float* to, int64_t count);
  /// Round to nearest even; what is too large becomes infinite.
  void (*f32ToF16)(const float* from, uint16_t* to, int64_t count);
  /// Round to nearest even; NaN stays NaN.
  void (*f32ToBf16)(const float* from, uint16_t* to, int64_t count);

  // Rows of kPanelWidth columns, contiguous; one number for each column.
  /// to = from * scales[column].
  void (*int8ToF32)(const int8_t* from, const float* scales, float* to, int64_t rowCount);
  /// largest[column] = the largest |x|.
  void (*largestOfColumns)(const float* x, int64_t rowCount, float* largest);
  /// to = from * rates[column] rounded to nearest even; |from * rate| must stay below 127.5.
  void (*f32ToInt8)(const float* from, const float* rates, int8_t* to, int64_t rowCount);

  /// One block of online softmax for a row of scores: p = exp(scale * s - newMaximum); returns the sum of p and raises
  /// *maximum (of scaled scores). `count` scores are replaced by p, the rest up to `padded` by 0.
  float (*softmaxBlock)(float* scores, int64_t count, int64_t padded, float scale, float* maximum);
  void (*scaleRow)(float* row, float factor, int64_t count);
  /// exp() of one value with the polynomial that softmaxBlock uses.
  float (*expOne)(float x);

  /// sums[c] += x - shift[c], squares[c] += (x - shift[c])^2 over rows of `channels` values, `stride` apart.
  void (*momentsRows)(const float* x, int64_t rowCount, int64_t channels, int64_t stride, const float* shift,
                      float* sums, float* squares);
  /// y = (x - center[c]) * scale[c] + offset[c], then SiLU if asked for; x rows are xStride apart, y rows yStride.
  void (*affineRows)(const float* x, int64_t xStride, float* y, int64_t yStride, int64_t rowCount, int64_t channels,
                     const float* center, const float* scale, const float* offset, bool silu);
  void (*layerNormRow)(const float* x, float* y, int64_t channels, const float* gamma, const float* beta,
                       float epsilon);
  void (*activate)(float* x, int64_t count, Activation activation);
  void (*add)(const float* a, const float* b, float* sum, int64_t count);
  /// sum += factor * x.
  void (*addScaled)(const float* x, float factor, float* sum, int64_t count);
  /// sum += factor * a * b.
  void (*addProduct)(const float* a, const float* b, float factor, float* sum, int64_t count);
  /// sum[r][j] += columns[j] * x[r][j] for j < kPanelWidth; rows of x are xStride apart, those of sum kPanelWidth.
  void (*addColumnScaled)(const float* x, int64_t xStride, const float* columns, float* sum, int64_t rowCount);

  /// Winograd F(4x4, 3x3), channels-last. patch: 36 row pointers (the 6x6 patch; zeros outside the picture), each
  /// `channels` long; out: 36 planes `planeStride` apart.
  void (*winogradInput)(const float* const* patch, int64_t channels, float* out, int64_t planeStride);
  /// 3x3 taps of one panel, tap planes `tapStride` apart, [9][channels][32] -> [36][channels][32].
  void (*winogradWeights)(const float* taps, int64_t tapStride, int64_t channels, float* out);
  /// The same as integers, in one go so that less passes through the caches: at most kIntegerBlock channels (an even
  /// number of them), planes as int16.panel makes them, `planeStride` integers and `scaleStride` scales apart. work:
  /// kWinogradWork floats.
  void (*winogradWeightsInt16)(const float* taps, int64_t tapStride, int64_t channels, float* work,
                               const WinogradIntegers& out);
  /// 36 planes of 32 columns -> 4x4 pixels of 32 columns (16 rows, contiguous).
  void (*winogradOutput)(const float* planes, int64_t planeStride, float* pixels);

  // Gradients (engine/training).

  /// gradient *= activation'(x).
  void (*activateBackward)(const float* x, float* gradient, int64_t count, Activation activation);
  /// y = value * gelu(gate).
  void (*geglu)(const float* value, const float* gate, float* y, int64_t count);
  /// From the gradient of y to those of value and gate.
  void (*gegluBackward)(const float* value, const float* gate, const float* gradient, float* valueGradient,
                        float* gateGradient, int64_t count);
  /// gradient = p * (gradient - mean) * scale: softmax's.
  void (*scoreBackward)(const float* p, float* gradient, float mean, float scale, int64_t count);
  /// For n = h * gamma + beta (then SiLU), h = (x - center) * rate, and g the gradient of h:
  /// sums[c] += g, products[c] += g * h over contiguous rows.
  void (*normBackwardSums)(const float* x, const float* gradient, int64_t rowCount, int64_t channels,
                           const NormBackward& norm, float* sums, float* products);
  /// The gradient of x: rate * (g - meanSum - h * meanProduct).
  void (*normBackwardRows)(const float* x, const float* gradient, float* y, int64_t rowCount, int64_t channels,
                           const NormBackward& norm);
  /// The gradient of a row that was layer-normalised.
  void (*layerNormRowBackward)(const float* x, const float* gradient, float* y, int64_t channels, const float* gamma,
                               float epsilon);
};

/// The table for activeIsa().
const Kernels& kernels();
/// For tests that compare instruction sets; the caller makes sure that the machine has them.
const Kernels& kernels(Isa isa);

}  // namespace lorikeet
