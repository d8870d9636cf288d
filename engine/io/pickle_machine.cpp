#include "io/pickle_machine.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>

#include "io/byte_reader.h"
#include "io/utf8.h"

namespace lorikeet {
namespace {

constexpr size_t kMaxStack = 20'000'000;
constexpr size_t kMaxMemo = 4'000'000;

/// The contents of a quoted Python 2 string literal.
std::string unquoted(std::string_view literal) {
  if (literal.size() < 2) return {};
  std::string result;
  for (size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] != '\\' || i + 2 >= literal.size()) {
      result += literal[i];
      continue;
    }
    const char escaped = literal[++i];
    unsigned code = 0;
    if (escaped == 'x' && i + 3 < literal.size() &&
        std::from_chars(literal.data() + i + 1, literal.data() + i + 3, code, 16).ec == std::errc()) {
      result += static_cast<char>(code);
      i += 2;
    } else {
      result += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
    }
  }
  return result;
}

}  // namespace

uint32_t PickleMachine::run() {
  for (;;) {
    const auto opcode = takeNumber<uint8_t>();
    if (opcode == '.') return pop();
    const bool isKnown = runConstant(opcode) || runNumber(opcode) || runText(opcode) || runContainer(opcode) ||
                         runSetItems(opcode) || runStack(opcode) || runMemo(opcode) || runObject(opcode);
    if (!isKnown)
      build_.fail(
          fmt::format("it contains the pickle instruction 0x{:02x}, which Lorikeet does not carry out", opcode));
    if (stack_.size() + marks_.size() > kMaxStack || memo_.size() > kMaxMemo)
      build_.fail("its instructions pile up too many values");
  }
}

bool PickleMachine::runConstant(uint8_t opcode) {
  switch (opcode) {
    case 0x80: {  // PROTO
      const auto version = takeNumber<uint8_t>();
      if (version > 5) build_.fail(fmt::format("it is written in version {} of pickle, newer than 5", version));
      return true;
    }
    case 0x95:
      take(8);
      return true;  // FRAME
    case 'N':
      return push(build_.make(Kind::None));
    case 0x88:
      return push(build_.make(Kind::Bool, 1));
    case 0x89:
      return push(build_.make(Kind::Bool, 0));
    default:
      return false;
  }
}

bool PickleMachine::runNumber(uint8_t opcode) {
  switch (opcode) {
    case 'J':
      return push(build_.make(Kind::Int, takeNumber<int32_t>()));  // BININT
    case 'K':
      return push(build_.make(Kind::Int, takeNumber<uint8_t>()));  // BININT1
    case 'M':
      return push(build_.make(Kind::Int, takeNumber<uint16_t>()));  // BININT2
    case 0x8a:
      return pushLong(take(takeNumber<uint8_t>()));  // LONG1
    case 0x8b:
      return pushLong(take(takeNumber<uint32_t>()));  // LONG4
    case 'G':                                         // BINFLOAT
      return push(build_.make(Kind::Float, 0, std::bit_cast<double>(bigEndian<uint64_t>(take(8)))));
    case 'I':    // INT
    case 'L': {  // LONG
      const std::string_view line = takeLine();
      int64_t value = 0;
      if (std::from_chars(line.data(), line.data() + line.size(), value).ec != std::errc())
        build_.fail("it holds a malformed number");
      const bool isBool = opcode == 'I' && (line == "00" || line == "01");
      return push(build_.make(isBool ? Kind::Bool : Kind::Int, value));
    }
    case 'F': {  // FLOAT
      const std::string_view line = takeLine();
      double value = 0;
      if (std::from_chars(line.data(), line.data() + line.size(), value).ec != std::errc())
        build_.fail("it holds a malformed number");
      return push(build_.make(Kind::Float, 0, value));
    }
    default:
      return false;
  }
}

bool PickleMachine::runText(uint8_t opcode) {
  switch (opcode) {
    case 'X':
      return pushText(Kind::String, asText(take(takeNumber<uint32_t>())));  // BINUNICODE
    case 0x8c:
      return pushText(Kind::String, asText(take(takeNumber<uint8_t>())));  // SHORT_BINUNICODE
    case 0x8d:
      return pushText(Kind::String, asText(take(takeNumber<uint64_t>())));  // BINUNICODE8
    case 'V':
      return pushText(Kind::String, takeLine());  // UNICODE
    case 'B':
      return pushText(Kind::Bytes, asText(take(takeNumber<uint32_t>())));  // BINBYTES
    case 'C':
      return pushText(Kind::Bytes, asText(take(takeNumber<uint8_t>())));  // SHORT_BINBYTES
    case 0x8e:                                                            // BINBYTES8
    case 0x96:
      return pushText(Kind::Bytes, asText(take(takeNumber<uint64_t>())));  // BYTEARRAY8
    case 'S':                                                              // STRING
    case 'T':                                                              // BINSTRING
    case 'U': {                                                            // SHORT_BINSTRING
      const std::string text = opcode == 'S'   ? unquoted(takeLine())
                               : opcode == 'T' ? std::string(asText(take(takeNumber<uint32_t>())))
                                               : std::string(asText(take(takeNumber<uint8_t>())));
      return pushText(isValidUtf8(text) ? Kind::String : Kind::Bytes, text);
    }
    default:
      return false;
  }
}

bool PickleMachine::runContainer(uint8_t opcode) {
  switch (opcode) {
    case ']':
      return push(build_.makeContainer(Kind::List, {}));
    case ')':
      return push(build_.makeContainer(Kind::Tuple, {}));
    case '}':
      return push(build_.makeContainer(Kind::Dict, {}));
    case 0x8f:
      return push(build_.makeContainer(Kind::List, {}));  // EMPTY_SET
    case 0x85:
      return collect(Kind::Tuple, 1);
    case 0x86:
      return collect(Kind::Tuple, 2);
    case 0x87:
      return collect(Kind::Tuple, 3);
    case 't':     // TUPLE
    case 'l':     // LIST
    case 'd':     // DICT
    case 0x91: {  // FROZENSET
      const auto items = sinceMark();
      if (opcode == 'd' && items.size() % 2 != 0) build_.fail("a dictionary has a key without a value");
      const uint32_t made = build_.makeContainer(opcode == 't'   ? Kind::Tuple
                                                 : opcode == 'd' ? Kind::Dict
                                                                 : Kind::List,
                                                 items);
      dropMark();
      return push(made);
    }
    default:
      return false;
  }
}

bool PickleMachine::runSetItems(uint8_t opcode) {
  const auto checked = [&](uint32_t container, Kind kind) {
    if (build_.node(container).kind != kind) build_.fail("it adds elements to something that is no container");
    return container;
  };
  switch (opcode) {
    case 'a': {  // APPEND
      const uint32_t value = pop();
      build_.append(checked(top(), Kind::List), {&value, 1});
      return true;
    }
    case 's': {  // SETITEM
      const uint32_t value = pop();
      const std::array pair{pop(), value};
      build_.append(checked(top(), Kind::Dict), pair);
      return true;
    }
    case 'e':    // APPENDS
    case 0x90:   // ADDITEMS
    case 'u': {  // SETITEMS
      const std::vector<uint32_t> items(sinceMark().begin(), sinceMark().end());
      dropMark();
      if (opcode == 'u' && items.size() % 2 != 0) build_.fail("a dictionary has a key without a value");
      build_.append(checked(top(), opcode == 'u' ? Kind::Dict : Kind::List), items);
      return true;
    }
    default:
      return false;
  }
}

bool PickleMachine::runStack(uint8_t opcode) {
  switch (opcode) {
    case '(':
      marks_.push_back(stack_.size());
      return true;
    case '0':  // POP
      if (!marks_.empty() && marks_.back() == stack_.size())
        marks_.pop_back();
      else
        pop();
      return true;
    case '1':
      dropMark();
      return true;  // POP_MARK
    case '2':
      return push(top());  // DUP
    default:
      return false;
  }
}

bool PickleMachine::runMemo(uint8_t opcode) {
  const auto lineSlot = [&] {
    const std::string_view line = takeLine();
    uint64_t slot = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), slot).ec != std::errc())
      build_.fail("it holds a malformed memo number");
    return slot;
  };
  switch (opcode) {
    case 'p':
      return remember(lineSlot());
    case 'q':
      return remember(takeNumber<uint8_t>());
    case 'r':
      return remember(takeNumber<uint32_t>());
    case 0x94:
      return remember(memo_.size());  // MEMOIZE
    case 'g':
      return recall(lineSlot());
    case 'h':
      return recall(takeNumber<uint8_t>());
    case 'j':
      return recall(takeNumber<uint32_t>());
    default:
      return false;
  }
}

bool PickleMachine::runObject(uint8_t opcode) {
  switch (opcode) {
    case 'c': {  // GLOBAL
      const std::string_view module = takeLine();
      const std::string_view name = takeLine();
      return push(build_.makeGlobal(module, name));
    }
    case 0x93: {  // STACK_GLOBAL
      const uint32_t name = pop();
      const uint32_t module = pop();
      if (build_.node(name).kind != Kind::String || build_.node(module).kind != Kind::String)
        build_.fail("the name of an object is no string");
      return push(build_.makeGlobal(std::string(build_.node(module).text), std::string(build_.node(name).text)));
    }
    case 'R':     // REDUCE
    case 0x81: {  // NEWOBJ
      const uint32_t arguments = pop();
      const uint32_t function = pop();
      return push(build_.call(function, arguments));
    }
    case 'b': {  // BUILD
      const uint32_t state = pop();
      build_.setState(top(), state);
      return true;
    }
    case 'i': {  // INST
      const std::string_view module = takeLine();
      const uint32_t function = build_.makeGlobal(module, takeLine());
      const uint32_t arguments = build_.makeContainer(Kind::Tuple, sinceMark());
      dropMark();
      return push(build_.call(function, arguments));
    }
    case 'o': {  // OBJ
      const auto values = sinceMark();
      if (values.empty()) build_.fail("its instructions take more values than there are");
      const uint32_t function = values[0];
      const uint32_t arguments = build_.makeContainer(Kind::Tuple, values.subspan(1));
      dropMark();
      return push(build_.call(function, arguments));
    }
    case 'Q':
      return push(build_.makeStorage(pop()));  // BINPERSID
    default:
      return false;
  }
}

std::span<const std::byte> PickleMachine::take(uint64_t count) {
  if (count > rest_.size()) build_.fail("its description of the contents is cut off");
  const auto taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

template <class Integer>
Integer PickleMachine::takeNumber() {
  return littleEndian<Integer>(take(sizeof(Integer)));
}

std::string_view PickleMachine::takeLine() {
  const std::string_view text = asText(rest_);
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) build_.fail("its description of the contents is cut off");
  take(end + 1);
  return text.substr(0, end);
}

bool PickleMachine::pushLong(std::span<const std::byte> digits) {
  // Two's complement, least significant byte first. Larger numbers occur only as magic numbers.
  if (digits.size() > sizeof(int64_t)) {
    return push(build_.makeText(Kind::Opaque, "large number"));
  }
  uint64_t value = !digits.empty() && (digits.back() & std::byte{0x80}) != std::byte{} ? ~uint64_t{0} : 0;
  for (size_t i = digits.size(); i > 0; --i) value = value << 8 | static_cast<uint64_t>(digits[i - 1]);
  return push(build_.make(Kind::Int, static_cast<int64_t>(value)));
}

bool PickleMachine::pushText(Kind kind, std::string_view text) {
  if (kind == Kind::String && !isValidUtf8(text)) build_.fail("it holds a string that is not UTF-8");
  return push(build_.makeText(kind, text));
}

uint32_t PickleMachine::pop() {
  if (stack_.empty() || (!marks_.empty() && marks_.back() == stack_.size()))
    build_.fail("its instructions take more values than there are");
  const uint32_t value = stack_.back();
  stack_.pop_back();
  return value;
}

uint32_t PickleMachine::top() {
  if (stack_.empty() || (!marks_.empty() && marks_.back() == stack_.size()))
    build_.fail("its instructions take more values than there are");
  return stack_.back();
}

std::span<const uint32_t> PickleMachine::sinceMark() {
  if (marks_.empty()) build_.fail("its instructions refer to a mark that is not there");
  return std::span(stack_).subspan(marks_.back());
}

void PickleMachine::dropMark() {
  stack_.resize(stack_.size() - sinceMark().size());
  marks_.pop_back();
}

bool PickleMachine::collect(Kind kind, size_t count) {
  std::array<uint32_t, 3> items{};
  for (size_t i = count; i > 0; --i) items[i - 1] = pop();
  return push(build_.makeContainer(kind, std::span(items).first(count)));
}

bool PickleMachine::remember(uint64_t slot) {
  memo_[slot] = top();
  return true;
}

bool PickleMachine::recall(uint64_t slot) {
  const auto found = memo_.find(slot);
  if (found == memo_.end()) build_.fail("it recalls a value that it never remembered");
  return push(found->second);
}

}  // namespace lorikeet
