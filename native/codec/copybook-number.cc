#include "codec/copybook-number.h"

#include <algorithm>
#include <cstring>

namespace headrace::codec::copybook {

using uint128 = unsigned __int128;

void Digits::set(__int128 value) {
  negative = value < 0;
  uint128 rest = negative ? -static_cast<uint128>(value) : static_cast<uint128>(value);
  uint8_t reversed[kSizeOfNumberMax];
  int32_t length = 0;
  do {
    reversed[length++] = static_cast<uint8_t>(rest % 10);
    rest /= 10;
  } while (rest != 0);
  count = length;
  for (int32_t index = 0; index < length; index++) digits[index] = reversed[length - 1 - index];
}

bool Digits::isZero() const {
  for (int32_t index = 0; index < count; index++) {
    if (digits[index] != 0) return false;
  }
  return true;
}

namespace {

bool isBlank(const Page& page, const uint8_t* from, int32_t size) {
  for (int32_t index = 0; index < size; index++) {
    if (from[index] != page.space) return false;
  }
  return true;
}

int32_t readSeparate(const Page& page, uint8_t byte, Digits& out) {
  out.negative = byte == page.bytes[tables::kMinus];
  return out.negative || byte == page.bytes[tables::kPlus] ? status::kOk : status::kBadSign;
}

int32_t readOverpunch(const Page& page, uint8_t byte, Digits& out) {
  const uint8_t entry = page.bytes[tables::kSigns + byte];
  if (entry == kNoDigit) return status::kBadSign;
  out.negative = (entry & kNegative) != 0;
  out.digits[out.count++] = entry & 0x0f;
  return status::kOk;
}

int32_t readDisplay(const Leaf& leaf, const Page& page, const uint8_t* from, Digits& out) {
  if (leaf.has(kBlankWhenZero) && isBlank(page, from, leaf.size)) return status::kOk;
  const int32_t signAt = !leaf.has(kSigned) ? -1 : leaf.has(kLeading) ? 0 : leaf.size - 1;
  for (int32_t index = 0; index < leaf.size; index++) {
    if (index == signAt) {
      const int32_t found =
          leaf.has(kSeparate) ? readSeparate(page, from[index], out) : readOverpunch(page, from[index], out);
      if (found != status::kOk) return found;
      continue;
    }
    const uint8_t digit = page.bytes[tables::kDigits + from[index]];
    if (digit == kNoDigit) return status::kBadDigit;
    out.digits[out.count++] = digit;
  }
  return status::kOk;
}

constexpr uint16_t kNationalSpace = 0x20, kNationalPlus = 0x2b, kNationalMinus = 0x2d, kNationalZero = 0x30;

uint16_t nationalAt(const uint8_t* from, int32_t index) {
  return static_cast<uint16_t>(from[index * 2] << 8 | from[index * 2 + 1]);
}

// Digits in UTF-16; the sign, where there is one, is a character of its own.
int32_t readNational(const Leaf& leaf, const uint8_t* from, Digits& out) {
  const int32_t count = leaf.size / 2;
  bool isBlank = leaf.has(kBlankWhenZero);
  for (int32_t index = 0; index < count; index++) isBlank &= nationalAt(from, index) == kNationalSpace;
  if (isBlank) return status::kOk;
  const int32_t signAt = !leaf.has(kSigned) ? -1 : leaf.has(kLeading) ? 0 : count - 1;
  for (int32_t index = 0; index < count; index++) {
    const uint16_t character = nationalAt(from, index);
    if (index == signAt) {
      out.negative = character == kNationalMinus;
      if (!out.negative && character != kNationalPlus) return status::kBadSign;
      continue;
    }
    if (character < kNationalZero || character > kNationalZero + 9) return status::kBadDigit;
    out.digits[out.count++] = static_cast<uint8_t>(character - kNationalZero);
  }
  return status::kOk;
}

int32_t readPacked(const Leaf& leaf, const uint8_t* from, Digits& out) {
  const int32_t signNibbles = leaf.has(kNoSignNibble) ? 0 : 1;
  const int32_t nibbles = leaf.size * 2 - signNibbles;
  const int32_t pad = nibbles - leaf.digits;
  for (int32_t index = 0; index < nibbles; index++) {
    const uint8_t digit = (from[index >> 1] >> ((index & 1) == 0 ? 4 : 0)) & 0x0f;
    if (digit > 9) return status::kBadDigit;
    if (index >= pad) {
      out.digits[out.count++] = digit;
    } else if (digit != 0) {
      return status::kDigitsOverflow;
    }
  }
  if (signNibbles == 0) return status::kOk;
  const uint8_t sign = from[leaf.size - 1] & 0x0f;
  out.negative = sign == 0x0d || sign == 0x0b;
  return (signNibblesOf(leaf) >> sign & 1) != 0 ? status::kOk : status::kBadSign;
}

int32_t readBinary(const Leaf& leaf, const uint8_t* from, Digits& out) {
  uint128 bits = 0;
  for (int32_t index = 0; index < leaf.size; index++) {
    bits = (bits << 8) | from[leaf.has(kLittleEndian) ? leaf.size - 1 - index : index];
  }
  const int32_t unused = 128 - leaf.size * 8;
  const bool highest = (bits >> (leaf.size * 8 - 1)) != 0;
  const bool negative = leaf.has(kSigned) && highest;
  // A row's slot is a signed 128-bit integer: an unsigned item of 16 bytes may hold more.
  if (leaf.size == 16 && highest && !negative) return status::kDigitsOverflow;
  uint128 magnitude = bits;
  if (negative) magnitude = (-(bits << unused)) >> unused;
  uint8_t reversed[kSizeOfNumberMax];
  int32_t length = 0;
  do {
    reversed[length++] = static_cast<uint8_t>(magnitude % 10);
    magnitude /= 10;
  } while (magnitude != 0);
  out.negative = negative;
  out.count = length;
  for (int32_t index = 0; index < length; index++) out.digits[index] = reversed[length - 1 - index];
  const bool isFull = leaf.has(kFullRange) || leaf.has(kFullRangeRead);
  return !isFull && length > leaf.digits ? status::kDigitsOverflow : status::kOk;
}

// The digit that stands `fromRight` places from the right, 0 where the number has none.
uint8_t digitAt(const Digits& number, int32_t fromRight) {
  const int32_t index = number.count - 1 - fromRight;
  return index < 0 ? 0 : number.digits[index];
}

void writePacked(const Leaf& leaf, const Digits& number, bool negative, uint8_t* to) {
  const int32_t signNibbles = leaf.has(kNoSignNibble) ? 0 : 1;
  const uint8_t sign = !leaf.has(kSigned) ? 0x0f : negative ? 0x0d : 0x0c;
  const auto digit = [&](int32_t fromRight) -> uint8_t {
    return fromRight < leaf.digits ? digitAt(number, fromRight) : 0;
  };
  for (int32_t index = 0; index < leaf.size; index++) {
    const int32_t low = (leaf.size - 1 - index) * 2 - signNibbles;
    to[index] = static_cast<uint8_t>((digit(low + 1) << 4) | (low < 0 ? sign : digit(low)));
  }
}

void writeDisplay(const Leaf& leaf, const Page& page, const Digits& number, bool negative, uint8_t* to) {
  if (leaf.has(kBlankWhenZero) && number.isZero()) {
    std::memset(to, page.space, leaf.size);
    return;
  }
  uint8_t* start = to + (leaf.has(kSeparate) && leaf.has(kLeading) ? 1 : 0);
  for (int32_t index = 0; index < leaf.digits; index++) {
    start[index] = page.bytes[tables::kDigitBytes + digitAt(number, leaf.digits - 1 - index)];
  }
  if (!leaf.has(kSigned)) return;
  uint8_t* signAt = leaf.has(kLeading) ? to : to + leaf.size - 1;
  if (leaf.has(kSeparate)) {
    *signAt = page.bytes[negative ? tables::kMinus : tables::kPlus];
  } else {
    const uint8_t digit = digitAt(number, leaf.has(kLeading) ? leaf.digits - 1 : 0);
    *signAt = page.bytes[tables::kSignedBytes + digit + (negative ? 10 : 0)];
  }
}

void writeNational(const Leaf& leaf, const Digits& number, bool negative, uint8_t* to) {
  const int32_t count = leaf.size / 2;
  const bool isBlank = leaf.has(kBlankWhenZero) && number.isZero();
  const int32_t signAt = !leaf.has(kSigned) ? -1 : leaf.has(kLeading) ? 0 : count - 1;
  for (int32_t index = 0; index < count; index++) {
    const int32_t fromRight = leaf.digits - 1 - index + (signAt == 0 ? 1 : 0);
    uint16_t character = negative ? kNationalMinus : kNationalPlus;
    if (index != signAt) character = kNationalZero + digitAt(number, fromRight);
    if (isBlank) character = kNationalSpace;
    to[index * 2] = 0;
    to[index * 2 + 1] = static_cast<uint8_t>(character);
  }
}

// A row's slot is a signed 128-bit integer: no item holds more.
constexpr uint128 kSlotEnd = uint128{1} << 127;

int32_t writeBinary(const Leaf& leaf, const Digits& number, int32_t significant, bool negative, uint8_t* to) {
  uint128 magnitude = 0;
  for (int32_t index = 0; index < number.count; index++) {
    // 39 digits may be more than 128 bits hold.
    if (magnitude > kSlotEnd / 10) return status::kDigitsOverflow;
    magnitude = magnitude * 10 + number.digits[index];
  }
  const int32_t bits = std::min(leaf.size * 8 - (leaf.has(kSigned) ? 1 : 0), 127);
  if (magnitude > (uint128{1} << bits) - 1 + (negative ? 1 : 0)) return status::kDigitsOverflow;
  if (!leaf.has(kFullRange) && significant > leaf.digits) return status::kDigitsOverflow;
  uint128 rest = negative ? -magnitude : magnitude;
  for (int32_t index = 0; index < leaf.size; index++, rest >>= 8) {
    to[leaf.has(kLittleEndian) ? index : leaf.size - 1 - index] = static_cast<uint8_t>(rest);
  }
  return status::kOk;
}

}  // namespace

int32_t blankPolicy(const Leaf& leaf, const Page& page, const uint8_t* from) {
  if (leaf.blanks == 0) return kBlankRefused;
  const bool isNational = leaf.has(kNational);
  const auto isFilledWith = [&](uint8_t even, uint8_t odd) {
    for (int32_t index = 0; index < leaf.size; index++) {
      if (from[index] != (index % 2 == 0 ? even : odd)) return false;
    }
    return true;
  };
  const uint8_t space = isNational ? kNationalSpace : page.space;
  if (isFilledWith(0, 0)) return leaf.blanks >> kBlankLow & 3;
  if (isFilledWith(0xff, 0xff)) return leaf.blanks >> kBlankHigh & 3;
  if (isFilledWith(isNational ? 0 : space, space)) return leaf.blanks >> kBlankSpaces & 3;
  return kBlankRefused;
}

namespace {

int32_t readKind(const Leaf& leaf, const Page& page, const uint8_t* from, Digits& out) {
  switch (leaf.kind) {
    case kDisplay:
      return leaf.has(kNational) ? readNational(leaf, from, out) : readDisplay(leaf, page, from, out);
    case kPacked:
      return readPacked(leaf, from, out);
    default:
      return readBinary(leaf, from, out);
  }
}

}  // namespace

int32_t readNumber(const Leaf& leaf, const Page& page, const uint8_t* from, Digits& out) {
  out.count = 0;
  out.negative = false;
  const int32_t code = readKind(leaf, page, from, out);
  if (code == status::kOk || blankPolicy(leaf, page, from) != kBlankZero) return code;
  out.count = 0;
  out.negative = false;
  return status::kOk;
}

int32_t writeNumber(const Leaf& leaf, const Page& page, const Digits& number, uint8_t* to) {
  int32_t first = 0;
  while (first < number.count && number.digits[first] == 0) first++;
  const int32_t significant = number.count - first;
  const bool negative = number.negative && significant > 0;
  if (negative && !leaf.has(kSigned)) return status::kBadSign;
  if (leaf.kind == kBinary) return writeBinary(leaf, number, significant, negative, to);
  if (significant > leaf.digits) return status::kDigitsOverflow;
  if (leaf.kind == kPacked) {
    writePacked(leaf, number, negative, to);
  } else if (leaf.has(kNational)) {
    writeNational(leaf, number, negative, to);
  } else {
    writeDisplay(leaf, page, number, negative, to);
  }
  return status::kOk;
}

}  // namespace headrace::codec::copybook
