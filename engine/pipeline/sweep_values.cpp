#include <fmt/format.h>
#include <lorikeet/sweep.h>

#include <algorithm>
#include <charconv>

namespace lorikeet {
namespace {

constexpr size_t kMaxValuesBytes = size_t{64} << 10;

/// Numbers of ranges are whole multiples of 1e-9, so that 0-1(+0.1) has ten equal steps and 2^64 fits.
__extension__ typedef __int128 Wide;  // NOLINT(modernize-use-using): the extension takes no alias
constexpr Wide kOne = 1'000'000'000;
constexpr int kDigits = 9;
constexpr Wide kLargest = (Wide{1} << 64) * kOne;

/// Reads the values of one axis from left to right.
class ValueReader {
 public:
  ValueReader(SweepField field, std::string_view text) : field_(field), text_(text) {}

  std::vector<SweepValue> read() {
    do {
      skipBlanks();
      if (at_ == text_.size() || text_[at_] == ',') refuse("a value is missing");
      isText() ? readText() : readRange();
      skipBlanks();
      if (at_ < text_.size() && text_[at_] != ',') refuse(fmt::format("a comma is expected, not \"{}\"", letter()));
    } while (at_++ < text_.size());
    return std::move(values_);
  }

 private:
  struct Number {
    Wide value = 0;
    size_t at = 0;
  };

  bool isText() const {
    return field_ == SweepField::Sampler || field_ == SweepField::Schedule || field_ == SweepField::Prompt;
  }
  bool isWhole() const {
    return field_ == SweepField::Seed || field_ == SweepField::Steps || field_ == SweepField::ClipSkip;
  }

  [[noreturn]] void refuse(const std::string& why, size_t at) const {
    constexpr size_t kShown = 60;
    std::string shown(text_.substr(0, kShown));
    while (!shown.empty() && shown.size() < text_.size() && (text_[shown.size()] & 0xc0) == 0x80) shown.pop_back();
    if (shown.size() < text_.size()) shown += "...";
    throw Error(ErrorKind::InvalidArgument, fmt::format("The values \"{}\" cannot be read at character {}: {}.", shown,
                                                        placeOf(text_, at).column, why));
  }
  [[noreturn]] void refuse(const std::string& why) const { refuse(why, at_); }

  /// The character at the place, all of its bytes.
  std::string letter() const {
    size_t end = at_ + 1;
    while (end < text_.size() && (text_[end] & 0xc0) == 0x80) ++end;
    return std::string(text_.substr(at_, end - at_));
  }

  void skipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  bool take(char c) {
    skipBlanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    skipBlanks();
    return true;
  }

  void expect(char c) {
    if (!take(c)) refuse(fmt::format("\"{}\" is missing", c));
  }

  Number readNumber() {
    skipBlanks();
    Number number{0, at_};
    const bool isNegative = take('-');
    if (!isNegative) take('+');
    int digits = 0, decimals = -1;  // all of them; those after the point
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '.' && decimals < 0) {
        decimals = 0;
        continue;
      }
      if (c < '0' || c > '9') break;
      ++digits;
      if (decimals >= 0 && ++decimals > kDigits) refuse(fmt::format("more than {} decimals are not read", kDigits));
      number.value = number.value * 10 + (c - '0');
      if (number.value > kLargest) refuse("the number is too large", number.at);
    }
    if (digits == 0)
      refuse(at_ == text_.size() ? std::string("a number is missing")
                                 : fmt::format("a number is expected, not \"{}\"", letter()));
    for (int i = std::max(decimals, 0); i < kDigits; ++i) number.value *= 10;
    if (number.value >= kLargest) refuse("the number is too large", number.at);
    if (isNegative) number.value = -number.value;
    if (isWhole() && number.value % kOne != 0) refuse("a whole number is expected", number.at);
    return number;
  }

  void readRange() {
    const Number first = readNumber();
    if (!take('-')) return add(first.value, first.at);
    const Number last = readNumber();
    if (take('[')) return readCount(first, last);
    Wide step = last.value < first.value ? -kOne : kOne;
    if (take('(')) {
      const Number given = readNumber();
      expect(')');
      step = given.value;
      if (step == 0) refuse("the step must not be 0", given.at);
      if (last.value != first.value && (last.value > first.value) != (step > 0))
        refuse("the step leads away from the range's end", given.at);
    }
    const Wide count = (last.value - first.value) / step + 1;
    checkCount(count, first.at);
    for (Wide i = 0; i < count; ++i) add(first.value + i * step, first.at);
  }

  /// numpy.linspace, rounded to millionths; whole numbers are cut off as A1111 does it.
  void readCount(const Number& first, const Number& last) {
    const size_t at = at_;
    const Wide count = readNumber().value;
    expect(']');
    if (count < kOne || count % kOne != 0) refuse("the number of values must be a whole number above 0", at);
    checkCount(count / kOne, at);
    const auto steps = static_cast<int>(count / kOne) - 1;
    const Wide grain = isWhole() ? kOne : kOne / 1'000'000;
    for (int i = 0; i <= steps; ++i) {
      const Wide exact = steps == 0 ? first.value : first.value + (last.value - first.value) * i / steps;
      const Wide half = isWhole() ? 0 : (exact < 0 ? -grain / 2 : grain / 2);
      const bool isEnd = i == 0 || i == steps;
      add(isEnd ? exact : (exact + half) / grain * grain, first.at);
    }
  }

  void checkCount(Wide count, size_t at) const {
    if (count > static_cast<Wide>(kMaxSweepValues) - static_cast<Wide>(values_.size()))
      refuse(fmt::format("an axis takes at most {} values", kMaxSweepValues), at);
  }

  void add(Wide value, size_t at) {
    checkCount(1, at);
    if (isWhole() && value < 0) refuse("a number below 0 makes no sense here", at);
    SweepValue entry;
    const Wide magnitude = value < 0 ? -value : value;
    entry.whole = static_cast<uint64_t>(magnitude / kOne);
    entry.text = fmt::format("{}{}", value < 0 ? "-" : "", entry.whole);
    if (const auto rest = static_cast<uint64_t>(magnitude % kOne); rest != 0) {
      entry.text += fmt::format(".{:09}", rest);
      while (entry.text.back() == '0') entry.text.pop_back();
    }
    std::from_chars(entry.text.data(), entry.text.data() + entry.text.size(), entry.number);
    values_.push_back(std::move(entry));
  }

  void readText() {
    const size_t start = at_;
    SweepValue entry;
    if (text_[at_] == '"') {
      entry.text = readQuoted();
    } else {
      at_ = std::min(text_.find(',', at_), text_.size());
      std::string_view text = text_.substr(start, at_ - start);
      text.remove_suffix(text.size() - (text.find_last_not_of(" \t") + 1));
      entry.text = text;
    }
    checkCount(1, start);
    if (field_ != SweepField::Prompt) readName(entry, start);
    values_.push_back(std::move(entry));
  }

  /// "a, b" with "" for a quotation mark, as in CSV.
  std::string readQuoted() {
    const size_t open = at_++;
    std::string text;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        text += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        text += text_[at_++];
      } else {
        ++at_;
        return text;
      }
    }
    refuse("the quotation mark is not closed", open);
  }

  void readName(SweepValue& entry, size_t at) const {
    try {
      if (field_ == SweepField::Sampler) {
        entry.sampler = samplerChoiceFromName(entry.text);
        entry.text = label(entry.sampler.sampler);
        if (entry.sampler.schedule != Schedule::Default) entry.text += " " + std::string(label(entry.sampler.schedule));
      } else {
        entry.sampler.schedule = scheduleFromName(entry.text);
        entry.text = label(entry.sampler.schedule);
      }
    } catch (const Error& error) {
      std::string why = error.what();
      if (why.ends_with('.')) why.pop_back();
      refuse(why, at);
    }
  }

  SweepField field_;
  std::string_view text_;
  size_t at_ = 0;
  std::vector<SweepValue> values_;
};

}  // namespace

std::vector<SweepValue> readSweepValues(SweepField field, std::string_view text) {
  if (text.size() > kMaxValuesBytes)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The values of an axis are longer than {} KiB.", kMaxValuesBytes >> 10));
  return ValueReader(field, text).read();
}

}  // namespace lorikeet
