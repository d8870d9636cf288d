#include "io/safetensors_header.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <nlohmann/json.hpp>
#include <set>

#include "io/utf8.h"

namespace lorikeet {
namespace {

constexpr std::string_view kMetadataKey = "__metadata__";

/// Takes the JSON events of a header, which has a fixed form: an object of objects. Anything else is an error; nothing
/// is built that the form does not need, so a hostile header costs no more memory than its own size.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  SafetensorsHeader header;
  std::string problem;

  bool null() override { return unexpectedValue("null"); }
  bool boolean(bool) override { return unexpectedValue("true or false"); }
  bool number_integer(number_integer_t) override { return unexpectedValue("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { return unexpectedValue("a fraction"); }
  bool binary(binary_t&) override { return unexpectedValue("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ != Place::List) return unexpectedValue("a number");
    list_->push_back(value);
    if (list_->size() > kMaxListLength) return fail(fmt::format("\"{}\" has more than 8 dimensions", entryName()));
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::Metadata) {
      if (!header.metadata.emplace(key_, value).second)
        return fail(fmt::format("metadata \"{}\" is there twice", key_));
      return true;
    }
    if (place_ == Place::Entry && key_ == "dtype") {
      entry().dtype = value;
      return true;
    }
    return unexpectedValue("a string");
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::Start) return enter(Place::Top);
    if (place_ != Place::Top) return unexpectedValue("an object");
    if (key_ == kMetadataKey) return enter(Place::Metadata);
    header.entries.emplace_back().name = key_;
    fields_.clear();
    return enter(Place::Entry);
  }

  bool key(string_t& value) override {
    key_ = value;
    if (place_ == Place::Top && !names_.insert(value).second)
      return fail(fmt::format("the name \"{}\" is there twice", value));
    if (place_ == Place::Entry && !fields_.insert(value).second)
      return fail(fmt::format("\"{}\" of \"{}\" is there twice", value, entryName()));
    return true;
  }

  bool end_object() override {
    if (place_ == Place::Top) return enter(Place::End);
    if (place_ == Place::Entry && fields_.size() != 3)
      return fail(fmt::format("\"{}\" lacks dtype, shape or data_offsets", entryName()));
    if (place_ == Place::Entry && entry().offsets.size() != 2)
      return fail(fmt::format("data_offsets of \"{}\" are not two numbers", entryName()));
    return enter(Place::Top);
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::Entry || (key_ != "shape" && key_ != "data_offsets")) return unexpectedValue("a list");
    list_ = key_ == "shape" ? &entry().shape : &entry().offsets;
    return enter(Place::List);
  }

  bool end_array() override { return enter(Place::Entry); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    return fail(fmt::format("it is not valid JSON at byte {}", position));
  }

 private:
  enum class Place { Start, Top, Metadata, Entry, List, End };
  static constexpr size_t kMaxListLength = 8;

  bool enter(Place place) {
    place_ = place;
    return true;
  }
  bool fail(std::string reason) {
    if (problem.empty()) problem = std::move(reason);
    return false;
  }
  bool unexpectedValue(std::string_view what) {
    if (place_ == Place::Start) return fail(fmt::format("it is {} instead of an object", what));
    if (place_ == Place::Top) return fail(fmt::format("\"{}\" is {} instead of an object", key_, what));
    if (place_ == Place::Metadata) return fail(fmt::format("metadata \"{}\" is {} instead of a string", key_, what));
    return fail(fmt::format("\"{}\" of \"{}\" cannot be {}", key_, entryName(), what));
  }
  SafetensorsEntry& entry() { return header.entries.back(); }
  const std::string& entryName() { return entry().name; }

  Place place_ = Place::Start;
  std::string key_;
  std::set<std::string> names_;
  std::set<std::string> fields_;
  std::vector<uint64_t>* list_ = nullptr;
};

}  // namespace

SafetensorsHeader parseSafetensorsHeader(std::string_view json, const std::string& source) {
  const auto fail = [&](const std::string& reason) {
    throw Error(ErrorKind::Corrupt, fmt::format("{}: its header is damaged: {}.", source, reason));
  };
  if (!isValidUtf8(json)) fail("it is not UTF-8 text");
  HeaderReader reader;
  const bool complete = nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
  if (!complete) fail(reader.problem.empty() ? "it is not valid JSON" : reader.problem);
  return std::move(reader.header);
}

}  // namespace lorikeet
