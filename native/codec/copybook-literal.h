// Decimal literals as they are written, never through a float: the twin is src/codec/record/number-literal.ts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "codec/copybook-kernels.h"
#include "codec/copybook-number.h"
#include "codec/json-tape.h"

namespace headrace::codec::copybook {

// Digits times a power of ten.
class NumberLiteral {
 public:
  // Reads `-12.50e3`, also with a plus or zeros before it; false when it is no number.
  bool read(const json::Text& literal) {
    const auto [text, length] = literal;
    int32_t at = 0;
    negative_ = length > 0 && text[0] == '-';
    if (negative_ || (length > 0 && text[0] == '+')) at++;
    count_ = exponent_ = 0;
    int64_t zeros = 0, seen = 0, point = -1;  // zeros behind the last digit that is none
    for (; at < length; at++) {
      const uint8_t byte = text[at];
      if (byte == '.' && point < 0) {
        point = seen;
      } else if (byte >= '0' && byte <= '9') {
        seen++;
        zeros = add(byte - '0', zeros);
      } else {
        break;
      }
    }
    int64_t exponent = 0;
    if (seen == 0 || (at < length && !readExponent(text, length, at, &exponent))) return false;
    if (count_ == 0) negative_ = false;
    if (count_ > 0) exponent_ = zeros - (point < 0 ? 0 : seen - point) + exponent;
    return true;
  }

  bool equals(const NumberLiteral& other) const {
    if (negative_ != other.negative_ || count_ != other.count_ || exponent_ != other.exponent_) return false;
    return count_ <= kDigitsKept && std::memcmp(digits_, other.digits_, count_) == 0;
  }

  // The number as an integer at `scale`; a status: a digit lost, or more than any item has.
  int32_t toDigits(int32_t scale, Digits& out) const {
    const int64_t zeros = exponent_ + scale;
    out.negative = negative_;
    out.count = 0;
    if (count_ == 0) return status::kOk;
    if (zeros < 0) return status::kScaleLoss;
    if (count_ + zeros > kDigitsKept) return status::kDigitsOverflow;
    std::memcpy(out.digits, digits_, count_);
    std::memset(out.digits + count_, 0, zeros);
    out.count = static_cast<int32_t>(count_ + zeros);
    return status::kOk;
  }

 private:
  // A COMP-5 of 16 bytes holds up to 2^127 - 1, which has one digit more than a picture.
  static constexpr int64_t kDigitsKept = 39;
  static_assert(sizeof(Digits::digits) >= kDigitsKept);
  // An exponent beyond this says only that it is large.
  static constexpr int64_t kExponentMax = int64_t{1} << 29;

  int64_t add(uint8_t digit, int64_t zeros) {
    if (digit == 0) return count_ == 0 ? 0 : zeros + 1;
    for (; zeros > 0; zeros--) keep(0);
    keep(digit);
    return 0;
  }
  void keep(uint8_t digit) {
    if (count_ < kDigitsKept) digits_[count_] = digit;
    count_++;
  }

  // The exponent that begins with its e at `at`.
  static bool readExponent(const uint8_t* text, int32_t length, int32_t at, int64_t* out) {
    if ((text[at++] | 0x20) != 'e' || at == length) return false;
    const bool negative = text[at] == '-';
    if (negative || text[at] == '+') at++;
    if (at == length) return false;
    int64_t exponent = 0;
    for (; at < length; at++) {
      if (text[at] < '0' || text[at] > '9') return false;
      exponent = std::min(exponent * 10 + (text[at] - '0'), kExponentMax);
    }
    *out = negative ? -exponent : exponent;
    return true;
  }

  bool negative_ = false;
  uint8_t digits_[kDigitsKept];  // without zeros before or behind
  int64_t count_ = 0;            // of more digits than are kept, all
  int64_t exponent_ = 0;         // of the last digit
};

// The common number as an integer of at most 18 digits at `scale`; false leaves it to NumberLiteral.
inline bool scaleShort(const json::Number& number, int32_t scale, int64_t* out) {
  const int32_t zeros = scale - number.decimals;
  if (number.decimals == json::kNotShort || zeros < 0 || number.digits + zeros > json::kShortDigits) return false;
  const auto value = static_cast<int64_t>(number.magnitude) * kPowersOfTen[zeros];
  *out = number.negative ? -value : value;
  return true;
}

}  // namespace headrace::codec::copybook
