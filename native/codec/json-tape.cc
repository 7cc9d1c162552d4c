#include "codec/json-tape.h"

#include "codec/json-scan.h"

namespace headrace::codec::json {

inline Tape::At Tape::space(At at) const {
  while (at < end_ && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
  return at;
}

// A value is mostly a string or a number, and always behind a loop: both are inlined there.
// Its places are those between the quotes.
[[gnu::always_inline]] inline Tape::At Tape::string(At at) {
  const int32_t value = open(kString, ++at);
  while (true) {
    at = plainEnd(at, end_);
    if (at >= end_ || *at < 0x20) return nullptr;
    if (*at == '"') return close(value, at) + 1;
    values_[value].kind = kEscaped;
    at = escape(at);
    if (at == nullptr) return nullptr;
  }
}

[[gnu::always_inline]] inline Tape::At Tape::number(At at) {
  const int32_t value = open(kNumber, at);
  at = numberEnd(at, end_, &values_[value].number);
  return at == nullptr ? nullptr : close(value, at);
}

[[gnu::always_inline]] inline Tape::At Tape::value(At at, int32_t depth) {
  if (at >= end_) return nullptr;
  if (*at == '"') return string(at);
  if (*at == '-' || (*at >= '0' && *at <= '9')) return number(at);
  return other(at, depth);
}

int32_t Tape::read(const uint8_t* bytes, int32_t start, int32_t end) {
  bytes_ = bytes;
  end_ = bytes + end;
  count_ = 0;
  isFull_ = false;
  const At at = value(space(bytes + start), 0);
  if (isFull_) return status::kCapacity;
  return at != nullptr && space(at) == end_ ? status::kOk : status::kBadJson;
}

int32_t Tape::count(int32_t array) const {
  int32_t count = 0;
  for (int32_t value = array + 1; value < values_[array].next; value = values_[value].next) count++;
  return count;
}

Tape::At Tape::other(At at, int32_t depth) {
  switch (*at) {
    case '{':
      return depth < kDepthMax ? object(at, depth + 1) : nullptr;
    case '[':
      return depth < kDepthMax ? array(at, depth + 1) : nullptr;
    case 'n':
      return word(at, "null", 4, kNull);
    case 't':
      return word(at, "true", 4, kBoolean);
    case 'f':
      return word(at, "false", 5, kBoolean);
    default:
      return nullptr;
  }
}

Tape::At Tape::word(At at, const char* word, int32_t length, int32_t kind) {
  if (end_ - at < length || std::memcmp(at, word, length) != 0) return nullptr;
  return close(open(kind, at), at + length);
}

Tape::At Tape::object(At at, int32_t depth) {
  const int32_t object = open(kObject, at);
  at = space(at + 1);
  if (isAt(at, '}')) return close(object, at + 1);
  while (true) {
    if (!isAt(at, '"') || (at = string(at)) == nullptr) return nullptr;
    at = space(at);
    if (!isAt(at, ':')) return nullptr;
    at = value(space(at + 1), depth);
    if (at == nullptr) return nullptr;
    at = space(at);
    if (!isAt(at, ',')) break;
    at = space(at + 1);
  }
  return isAt(at, '}') ? close(object, at + 1) : nullptr;
}

Tape::At Tape::array(At at, int32_t depth) {
  const int32_t array = open(kArray, at);
  at = space(at + 1);
  if (isAt(at, ']')) return close(array, at + 1);
  while (true) {
    at = value(at, depth);
    if (at == nullptr) return nullptr;
    at = space(at);
    if (!isAt(at, ',')) break;
    at = space(at + 1);
  }
  return isAt(at, ']') ? close(array, at + 1) : nullptr;
}

// From the backslash to behind the escape.
Tape::At Tape::escape(At at) const {
  if (++at >= end_) return nullptr;
  const uint8_t letter = *at++;
  if (letter != 'u') return letter != 0 && std::strchr("\"\\/bfnrt", letter) != nullptr ? at : nullptr;
  if (end_ - at < 4) return nullptr;
  for (int32_t digit = 0; digit < 4; digit++) {
    if (hexValue(*at++) < 0) return nullptr;
  }
  return at;
}

namespace {

// Puts the escapes of a checked string together as UTF-8.
class Unescaper {
 public:
  Unescaper(const uint8_t* from, const uint8_t* end, uint8_t* to) : from_(from), end_(end), start_(to), to_(to) {}

  int32_t run() {
    while (from_ < end_) {
      if (*from_ != '\\') {
        *to_++ = *from_++;
        continue;
      }
      const uint8_t letter = from_[1];
      from_ += 2;
      if (letter == 'u') {
        unit();
      } else {
        *to_++ = plainOf(letter);
      }
    }
    return static_cast<int32_t>(to_ - start_);
  }

 private:
  static uint8_t plainOf(uint8_t letter) {
    switch (letter) {
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      default:
        return letter;
    }
  }

  uint32_t hex4() {
    uint32_t unit = 0;
    for (int32_t digit = 0; digit < 4; digit++) unit = unit << 4 | static_cast<uint32_t>(hexValue(*from_++));
    return unit;
  }

  // A UTF-16 unit; a high surrogate takes the low one that follows as an escape too.
  void unit() {
    const uint32_t first = hex4();
    if (first < 0xd800 || first > 0xdfff) return put(first);
    if (first < 0xdc00 && end_ - from_ >= 6 && from_[0] == '\\' && from_[1] == 'u') {
      const uint8_t* const before = from_;
      from_ += 2;
      const uint32_t second = hex4();
      if (second >= 0xdc00 && second <= 0xdfff) return put(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
      from_ = before;
    }
    *to_++ = 0xff;
  }

  // At most four bytes, fewer than the escape has.
  void put(uint32_t point) {
    if (point < 0x80) {
      *to_++ = static_cast<uint8_t>(point);
      return;
    }
    const int32_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    *to_++ = static_cast<uint8_t>(0xff00 >> (more + 1) | point >> 6 * more);
    for (int32_t left = more - 1; left >= 0; left--) *to_++ = static_cast<uint8_t>(0x80 | (point >> 6 * left & 0x3f));
  }

  const uint8_t* from_;
  const uint8_t* end_;
  uint8_t* const start_;
  uint8_t* to_;
};

}  // namespace

Text unescape(Text escaped, std::vector<uint8_t>& room) {
  if (room.size() < static_cast<size_t>(escaped.size)) room.resize(escaped.size);
  return {room.data(), Unescaper(escaped.bytes, escaped.bytes + escaped.size, room.data()).run()};
}

}  // namespace headrace::codec::json
