#include "codec/copybook-text.h"

#include <cstring>

#include "codec/copybook-kernels.h"

namespace headrace::codec::copybook {

namespace {

constexpr uint8_t kShiftOut = 0x0e, kShiftIn = 0x0f;
// Stands for bytes that are no UTF-8; no page has it.
constexpr uint32_t kNoPoint = 0xffffffff;

bool isScalar(uint32_t point) { return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff); }

// One code point of UTF-8 at `at`; of bytes that are none of it one is passed.
uint32_t nextPoint(const uint8_t* text, uint32_t length, uint32_t* at) {
  static constexpr uint32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  const uint8_t lead = text[(*at)++];
  if (lead < 0x80) return lead;
  const uint32_t more = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
  if (more == 0 || more > length - *at) return kNoPoint;
  uint32_t point = lead & (0x3f >> more);
  for (uint32_t index = 0; index < more; index++) {
    const uint8_t next = text[*at + index];
    if ((next & 0xc0) != 0x80) return kNoPoint;
    point = (point << 6) | (next & 0x3f);
  }
  if (point < kSmallest[more] || !isScalar(point)) return kNoPoint;
  *at += more;
  return point;
}

uint8_t* putUtf8(uint32_t point, uint8_t* out) {
  if (point < 0x80) {
    *out++ = static_cast<uint8_t>(point);
    return out;
  }
  const int32_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  *out++ = static_cast<uint8_t>((0xff00 >> (more + 1)) | (point >> (6 * more)));
  for (int32_t left = more - 1; left >= 0; left--) *out++ = static_cast<uint8_t>(0x80 | ((point >> (6 * left)) & 0x3f));
  return out;
}

// A character inside a JSON string, escaped as JSON.stringify does it.
uint8_t* putJson(uint32_t point, uint8_t* out) {
  if (point >= 0x20 && point != '"' && point != '\\') return putUtf8(point, out);
  *out++ = '\\';
  constexpr char kLetters[] = "btn\0fr";
  if (point == '"' || point == '\\') {
    *out++ = static_cast<uint8_t>(point);
  } else if (point >= 8 && point <= 13 && point != 11) {
    *out++ = static_cast<uint8_t>(kLetters[point - 8]);
  } else {
    constexpr char kHex[] = "0123456789abcdef";
    const uint8_t escape[] = {'u', '0', '0', static_cast<uint8_t>(kHex[point >> 4]),
                              static_cast<uint8_t>(kHex[point & 15])};
    std::memcpy(out, escape, 5);
    out += 5;
  }
  return out;
}

// The bytes of a leaf without the spaces that its trimming leaves out.
std::span<const uint8_t> trimmed(const Leaf& leaf, Charset charset, const Page& page, const uint8_t* from) {
  if (charset < kDoubleByte) {
    const int32_t size = trimBytes(leaf, page.space, &from);
    return {from, static_cast<size_t>(size)};
  }
  const uint8_t high = charset == kUtf16 ? 0 : page.space;
  const uint8_t low = charset == kUtf16 ? 0x20 : page.space;
  int32_t size = leaf.size;
  if (leaf.has(kTrimEnd)) {
    while (size > 0 && from[size - 2] == high && from[size - 1] == low) size -= 2;
  }
  if (leaf.has(kTrimStart)) {
    for (; size > 0 && from[0] == high && from[1] == low; size -= 2) from += 2;
  }
  return {from, static_cast<size_t>(size)};
}

// Gives each character of the bytes to `put`; false where the bytes are no characters.
template <class Put>
bool eachUtf16(std::span<const uint8_t> bytes, Put put) {
  for (size_t at = 0; at < bytes.size(); at += 2) {
    uint32_t point = bytes[at] << 8 | bytes[at + 1];
    if (point >= 0xd800 && point < 0xdc00 && at + 4 <= bytes.size()) {
      const uint32_t low = bytes[at + 2] << 8 | bytes[at + 3];
      if (low >= 0xdc00 && low <= 0xdfff) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      }
    }
    if (!isScalar(point)) return false;
    put(point);
  }
  return true;
}

template <class Put>
bool eachPair(const Page& page, std::span<const uint8_t> bytes, Put put) {
  for (size_t at = 0; at < bytes.size(); at += 2) {
    const uint16_t point = page.pointOfPair(bytes[at], bytes[at + 1]);
    if (point == 0) return false;
    put(point);
  }
  return true;
}

template <class Put>
bool eachUtf8(std::span<const uint8_t> bytes, Put put) {
  const uint32_t length = static_cast<uint32_t>(bytes.size());
  for (uint32_t at = 0; at < length;) {
    const uint32_t point = nextPoint(bytes.data(), length, &at);
    if (point == kNoPoint) return false;
    put(point);
  }
  return true;
}

// The code point of a byte by the page's UTF-8; kNoPoint where it has no character.
uint32_t pointOf(const Page& page, uint8_t byte) {
  const uint8_t* utf8 = page.table(tables::kUtf8) + byte * 4;
  uint32_t at = 0;
  return utf8[0] == 0 ? kNoPoint : nextPoint(utf8 + 1, utf8[0], &at);
}

// Single bytes, and pairs between SO and SI; text ends in single bytes. Of a single-byte page no byte is a shift.
template <class Put>
bool eachMixed(const Page& page, std::span<const uint8_t> bytes, Put put) {
  const bool shifts = page.form == kMixed;
  bool isDouble = false;
  for (size_t at = 0; at < bytes.size(); at++) {
    const uint8_t byte = bytes[at];
    if (shifts && byte == (isDouble ? kShiftIn : kShiftOut)) {
      isDouble = !isDouble;
      continue;
    }
    if (isDouble) {
      if (++at == bytes.size()) return false;
      const uint16_t point = page.pointOfPair(byte, bytes[at]);
      if (point == 0) return false;
      put(point);
      continue;
    }
    const uint32_t point = shifts && byte == kShiftIn ? kNoPoint : pointOf(page, byte);
    if (point == kNoPoint) return false;
    put(point);
  }
  return !isDouble;
}

template <class Put>
bool eachCharacter(const Leaf& leaf, const Page& page, const uint8_t* from, Put put) {
  const Charset charset = charsetOf(leaf, page);
  const auto bytes = trimmed(leaf, charset, page, from);
  switch (charset) {
    case kUtf16:
      return eachUtf16(bytes, put);
    case kDoubleByte:
      return eachPair(page, bytes, put);
    case kUtf8Text:
      return eachUtf8(bytes, put);
    default:
      return eachMixed(page, bytes, put);
  }
}

// The bytes of a leaf as they are written, from its start on; what does not fit ends it.
struct Field {
  uint8_t* to;
  int32_t size;
  int32_t used = 0;

  // Puts bytes where `after` more fit behind them.
  bool put(std::span<const uint8_t> bytes, int32_t after) {
    const int32_t count = static_cast<int32_t>(bytes.size());
    if (used + count + after > size) return false;
    std::memcpy(to + used, bytes.data(), count);
    used += count;
    return true;
  }
};

int32_t putMixed(const Page& page, uint32_t point, bool* isDouble, Field& field) {
  uint8_t bytes[3];
  size_t count = 0;
  const int32_t byte = page.byteOf(point);
  const uint16_t pair = byte < 0 ? page.pairOf(point) : 0;
  if (byte < 0 && pair == 0) return status::kBadCharacter;
  if (*isDouble != (byte < 0)) bytes[count++] = *isDouble ? kShiftIn : kShiftOut;
  *isDouble = byte < 0;
  if (byte < 0) bytes[count++] = static_cast<uint8_t>(pair >> 8);
  bytes[count++] = static_cast<uint8_t>(byte < 0 ? pair : byte);
  return field.put({bytes, count}, *isDouble ? 1 : 0) ? status::kOk : status::kTooLong;
}

int32_t putPair(const Page& page, uint32_t point, Field& field) {
  const uint16_t pair = page.pairOf(point);
  if (pair == 0) return status::kBadCharacter;
  const uint8_t bytes[] = {static_cast<uint8_t>(pair >> 8), static_cast<uint8_t>(pair)};
  return field.put(bytes, 0) ? status::kOk : status::kTooLong;
}

int32_t putUtf16(uint32_t point, Field& field) {
  if (!isScalar(point)) return status::kBadCharacter;
  const uint32_t high = 0xd800 + ((point - 0x10000) >> 10), low = 0xdc00 + ((point - 0x10000) & 0x3ff);
  const uint32_t first = point < 0x10000 ? point : high;
  const uint8_t bytes[] = {static_cast<uint8_t>(first >> 8), static_cast<uint8_t>(first),
                           static_cast<uint8_t>(low >> 8), static_cast<uint8_t>(low)};
  return field.put({bytes, point < 0x10000 ? size_t{2} : size_t{4}}, 0) ? status::kOk : status::kTooLong;
}

int32_t putUtf8Bytes(uint32_t point, Field& field) {
  if (!isScalar(point)) return status::kBadCharacter;
  uint8_t bytes[4];
  const uint8_t* end = putUtf8(point, bytes);
  return field.put({bytes, static_cast<size_t>(end - bytes)}, 0) ? status::kOk : status::kTooLong;
}

// Spaces behind the text, or before it where the leaf is justified.
void pad(const Leaf& leaf, Charset charset, const Page& page, Field& field) {
  const int32_t rest = field.size - field.used;
  uint8_t* spaces = field.to + field.used;
  if (leaf.has(kJustified)) {
    std::memmove(field.to + rest, field.to, field.used);
    spaces = field.to;
  }
  std::memset(spaces, charset == kUtf16 ? 0 : page.space, rest);
  if (charset != kUtf16) return;
  for (int32_t at = 1; at < rest; at += 2) spaces[at] = 0x20;
}

int32_t writeCharacters(const Leaf& leaf, const Page& page, const uint8_t* text, uint32_t length, uint8_t* to) {
  const Charset charset = charsetOf(leaf, page);
  Field field{to, leaf.size};
  bool isDouble = false;
  for (uint32_t at = 0; at < length;) {
    const uint32_t point = nextPoint(text, length, &at);
    const int32_t code = charset == kMixed        ? putMixed(page, point, &isDouble, field)
                         : charset == kDoubleByte ? putPair(page, point, field)
                         : charset == kUtf16      ? putUtf16(point, field)
                                                  : putUtf8Bytes(point, field);
    if (code != status::kOk) return code;
  }
  if (isDouble) field.to[field.used++] = kShiftIn;
  pad(leaf, charset, page, field);
  return status::kOk;
}

// One byte a character. More characters than bytes are too long, whatever they are.
int32_t writeSingle(const Leaf& leaf, const Page& page, const uint8_t* text, uint32_t length, uint8_t* to) {
  uint32_t count = 0;
  for (uint32_t at = 0; at < length; count++) nextPoint(text, length, &at);
  if (count > static_cast<uint32_t>(leaf.size)) return status::kTooLong;
  std::memset(to, page.space, leaf.size);
  uint8_t* out = to + (leaf.has(kJustified) ? leaf.size - count : 0);
  for (uint32_t at = 0; at < length;) {
    const int32_t byte = page.byteOf(nextPoint(text, length, &at));
    if (byte < 0) return status::kBadCharacter;
    *out++ = static_cast<uint8_t>(byte);
  }
  return status::kOk;
}

// The same of ASCII alone. The first loop's work is for nothing when it meets another character.
int32_t writeAscii(const Leaf& leaf, const Page& page, const uint8_t* text, uint32_t length, uint8_t* to) {
  const uint32_t size = leaf.size;
  if (length > size) return writeSingle(leaf, page, text, length, to);
  const uint32_t before = leaf.has(kJustified) ? size - length : 0;
  std::memset(to, page.space, size);
  int32_t bad = 0;
  uint8_t high = 0;
  for (uint32_t at = 0; at < length; at++) {
    high |= text[at];
    const int16_t byte = page.ascii[text[at] & 0x7f];
    bad |= byte;
    to[before + at] = static_cast<uint8_t>(byte);
  }
  if (high >= 0x80) return writeSingle(leaf, page, text, length, to);
  return bad < 0 ? status::kBadCharacter : status::kOk;
}

}  // namespace

int32_t readText(const Leaf& leaf, const Page& page, const uint8_t* from, uint8_t* to) {
  uint8_t* out = to;
  const bool good = eachCharacter(leaf, page, from, [&out](uint32_t point) { out = putUtf8(point, out); });
  return good ? static_cast<int32_t>(out - to) : -1;
}

int32_t readJsonText(const Leaf& leaf, const Page& page, const uint8_t* from, uint8_t* to) {
  uint8_t* out = to;
  const bool good = eachCharacter(leaf, page, from, [&out](uint32_t point) { out = putJson(point, out); });
  return good ? static_cast<int32_t>(out - to) : -1;
}

int32_t writeText(const Leaf& leaf, const Page& page, const uint8_t* text, uint32_t length, uint8_t* to) {
  if (charsetOf(leaf, page) != kSingle) return writeCharacters(leaf, page, text, length, to);
  return writeAscii(leaf, page, text, length, to);
}

}  // namespace headrace::codec::copybook
