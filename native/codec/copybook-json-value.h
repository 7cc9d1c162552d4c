// The JSON text of single values: the common numbers and plain text by kernels, the rest digit by digit. Of JsonWriter alone.
#pragma once

#include <cstring>
#include <string_view>

#include "codec/copybook-float.h"
#include "codec/copybook-kernels.h"
#include "codec/copybook-number.h"
#include "codec/copybook-plan.h"
#include "codec/copybook-text.h"

namespace headrace::codec::copybook {

// Digits of a number on their way, and room behind them for copies in steps.
constexpr int32_t kTextSize = 128;

// The two ASCII digits of each packed byte.
constexpr std::array<uint16_t, 256> kPairText = [] {
  std::array<uint16_t, 256> pairs{};
  for (int byte = 0; byte < 256; byte++) {
    pairs[byte] = static_cast<uint16_t>(('0' + (byte >> 4)) | ('0' + (byte & 15)) << 8);
  }
  return pairs;
}();

// Writes values to where `out` points, and moves it on.
class JsonValue {
 public:
  explicit JsonValue(const Page& page) : page_(page) {}

  // Writes the value at `from`; a status. `keep` takes the integer of a number that is a count.
  int32_t write(const Leaf& leaf, const uint8_t* from, double* keep) {
    if (leaf.kind == kText)
      return charsetOf(leaf, page_) == kSingle ? writeText(leaf, from) : writeCharacters(leaf, from);
    if (leaf.kind == kFloat) return writeFloat(leaf, from);
    if (keep == nullptr && writeFast(leaf, from)) return status::kOk;
    Digits digits;
    const int32_t code = readNumber(leaf, page_, from, digits);
    if (code != status::kOk) return writeBlank(leaf, from, code, keep);
    if (keep != nullptr) *keep = static_cast<double>(digits.value());
    uint8_t text[kTextSize];
    for (int32_t index = 0; index < digits.count; index++) text[index] = '0' + digits.digits[index];
    writeDigits(text, digits.count, leaf.scale, digits.negative);
    return status::kOk;
  }

  void writeAscii(std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    out += text.size();
  }

  uint8_t* out = nullptr;

 private:
  int32_t writeFloat(const Leaf& leaf, const uint8_t* from) {
    int32_t length = 0;
    const int32_t code = readFloatText(leaf, from, out, &length);
    out += length;
    return code == status::kOk ? code : writeBlank(leaf, from, code, nullptr);
  }

  // Bytes that hold no number: null or 0 where they are a filling that the policies name, else the status.
  int32_t writeBlank(const Leaf& leaf, const uint8_t* from, int32_t code, double* keep) {
    const int32_t policy = blankPolicy(leaf, page_, from);
    if (policy == kBlankRefused) return code;
    if (policy == kBlankZero && keep != nullptr) *keep = 0;
    writeAscii(policy == kBlankNull ? "null" : "0");
    return status::kOk;
  }

  // Text of any other charset than one byte a character.
  int32_t writeCharacters(const Leaf& leaf, const uint8_t* from) {
    *out = '"';
    const int32_t length = readJsonText(leaf, page_, from, out + 1);
    if (length < 0) return status::kBadCharacter;
    out += length + 1;
    *out++ = '"';
    return status::kOk;
  }

  int32_t writeText(const Leaf& leaf, const uint8_t* from) {
    const int32_t size = trimBytes(leaf, page_.space, &from);
    uint8_t* to = out;
    *to++ = '"';
    // First as if every character were one plain byte; where one is not, the text is written again.
    uint32_t rare = 0;
    for (int32_t index = 0; index < size; index++) {
      const uint8_t plain = page_.plain[from[index]];
      to[index] = plain;
      rare |= plain == 0;
    }
    to = rare == 0 ? to + size : writeEscaped(from, size, to);
    *to++ = '"';
    out = to;
    return status::kOk;
  }

  uint8_t* writeEscaped(const uint8_t* from, int32_t size, uint8_t* to) const {
    for (int32_t index = 0; index < size; index++) {
      const uint8_t* entry = page_.table(tables::kJson) + from[index] * 8;
      std::memcpy(to, entry + 1, 7);
      to += entry[0];
    }
    return to;
  }

  // The common numbers without a detour; false leaves the number, or its refusal, to readNumber.
  bool writeFast(const Leaf& leaf, const uint8_t* from) {
    if (leaf.kind == kPacked) return writePacked(leaf, from);
    if (leaf.kind == kBinary) return writeBinary(leaf, from);
    return writeDisplay(leaf, from);
  }

  bool writePacked(const Leaf& leaf, const uint8_t* from) {
    if (leaf.has(kNoSignNibble)) return false;
    uint8_t text[kTextSize];
    uint32_t bad = leaf.digits % 2 == 0 ? from[0] & 0xf0 : 0;
    for (int32_t index = 0; index < leaf.size - 1; index++) {
      bad |= areDigits(from[index]) ? 0 : 1;
      std::memcpy(text + index * 2, &kPairText[from[index]], 2);
    }
    const uint8_t last = from[leaf.size - 1];
    const uint8_t sign = last & 15;
    const bool negative = sign == 13 || sign == 11;
    text[leaf.size * 2 - 2] = '0' + (last >> 4);
    bad |= ((last >> 4) > 9) | (~(signNibblesOf(leaf) >> sign) & 1);
    if (bad != 0) return false;
    const int32_t pad = leaf.size * 2 - 1 - leaf.digits;
    writeDigits(text + pad, leaf.digits, leaf.scale, negative);
    return true;
  }

  bool writeDisplay(const Leaf& leaf, const uint8_t* from) {
    if ((leaf.flags & (kLeading | kSeparate | kBlankWhenZero | kNational)) != 0) return false;
    const int32_t plain = leaf.has(kSigned) ? leaf.size - 1 : leaf.size;
    uint8_t text[kTextSize];
    uint8_t bad = 0;
    for (int32_t index = 0; index < plain; index++) {
      const uint8_t digit = from[index] ^ page_.zone;
      bad |= digit > 9;
      text[index] = '0' | digit;
    }
    bool negative = false;
    if (leaf.has(kSigned)) {
      const uint8_t entry = page_.bytes[tables::kSigns + from[plain]];
      bad |= entry == kNoDigit;
      negative = (entry & kNegative) != 0;
      text[plain] = '0' + (entry & 15);
    }
    if (bad != 0) return false;
    writeDigits(text, leaf.digits, leaf.scale, negative);
    return true;
  }

  bool writeBinary(const Leaf& leaf, const uint8_t* from) {
    if (leaf.has(kWide)) return false;
    const int64_t limit = (leaf.flags & (kFullRange | kFullRangeRead)) != 0 ? 0 : kPowersOfTen[leaf.digits];
    const BinaryRules rules{limit, leaf.has(kSigned), leaf.has(kLittleEndian)};
    int64_t value;
    const bool good = leaf.size == 2   ? readBinaryFast<uint16_t>(from, rules, &value)
                      : leaf.size == 4 ? readBinaryFast<uint32_t>(from, rules, &value)
                      : leaf.size == 8 ? readBinaryFast<uint64_t>(from, rules, &value)
                                       : false;
    if (!good) return false;
    uint8_t text[kTextSize];
    uint64_t rest = value < 0 ? -static_cast<uint64_t>(value) : value;
    int32_t first = 40;
    do {
      text[--first] = '0' + rest % 10;
      rest /= 10;
    } while (rest != 0);
    writeDigits(text + first, 40 - first, leaf.scale, value < 0);
    return true;
  }

  // A JSON literal of `count` ASCII digits with exactly `scale` decimals; P to the right becomes zeros. `text` is the inside of
  // a kTextSize buffer: digits are copied sixteen at a time.
  void writeDigits(const uint8_t* text, int32_t count, int32_t scale, bool negative) {
    const int32_t whole = count - (scale > 0 ? scale : 0);
    int32_t first = 0;
    while (first < whole - 1 && text[first] == '0') first++;
    uint8_t* to = out;
    // Only a number that looks like nought is searched for another digit: there is no minus before 0.
    const bool looksZero = whole <= 0 || text[first] == '0';
    const bool isZero = looksZero && isAllZero(text, count);
    *to = '-';
    to += negative && !isZero;
    if (whole <= 0) {
      *to++ = '0';
    } else {
      copyDigits(to, text + first, whole - first);
      to += whole - first;
    }
    if (scale < 0 && !isZero) {
      for (int32_t zero = scale; zero < 0; zero++) *to++ = '0';
    } else if (scale > 0) {
      *to++ = '.';
      for (int32_t zero = whole; zero < 0; zero++) *to++ = '0';
      const int32_t from = whole < 0 ? 0 : whole;
      copyDigits(to, text + from, count - from);
      to += count - from;
    }
    out = to;
  }

  static bool isAllZero(const uint8_t* text, int32_t count) {
    for (int32_t index = 0; index < count; index++) {
      if (text[index] != '0') return false;
    }
    return true;
  }

  static void copyDigits(uint8_t* to, const uint8_t* from, int32_t count) {
    std::memcpy(to, from, 16);
    if (count > 16) std::memcpy(to + 16, from + 16, 32);
  }

  const Page& page_;
};

}  // namespace headrace::codec::copybook
