// Where a string and a number of JSON end, many bytes at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "codec/digit-run.h"

namespace headrace::codec::json {

// A number of at most 18 digits without an exponent: its digits, and how many of them are decimals.
inline constexpr int16_t kShortDigits = 18, kNotShort = -1;
struct Number {
  uint64_t magnitude;
  int16_t decimals;  // kNotShort of any other number, whose text tells
  int8_t digits;
  bool negative;
};

using Bytes16 = uint8_t __attribute__((vector_size(16)));

// The first byte that ends plain text: a quote, a backslash or a control character; `end` where none does.
inline const uint8_t* plainEnd(const uint8_t* at, const uint8_t* end) {
  for (; end - at >= 16; at += 16) {
    Bytes16 bytes;
    std::memcpy(&bytes, at, 16);
    const auto found = (bytes == '"') | (bytes == '\\') | (bytes < 0x20);
    uint64_t halves[2];
    std::memcpy(halves, &found, 16);
    if (halves[0] != 0) return at + std::countr_zero(halves[0]) / 8;
    if (halves[1] != 0) return at + 8 + std::countr_zero(halves[1]) / 8;
  }
  while (at < end && *at >= 0x20 && *at != '"' && *at != '\\') at++;
  return at;
}

// Behind the digits; they join `value` as long as it has room.
inline const uint8_t* digitsEnd(const uint8_t* at, const uint8_t* end, uint64_t* value) {
  for (; end - at >= 8; at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    const int32_t count = digitCount(word);
    if (count > 0) *value = *value * kTens[count] + numberOf(word, count);
    if (count < 8) return at + count;
  }
  for (; at < end && *at >= '0' && *at <= '9'; at++) *value = *value * 10 + (*at - '0');
  return at;
}

// Behind a number, or null where there is none. The digits of the common number are read here, where they are looked at anyway.
[[gnu::always_inline]] inline const uint8_t* numberEnd(const uint8_t* at, const uint8_t* end, Number* out) {
  uint64_t magnitude = 0;
  const auto isAt = [&](uint8_t byte) { return at < end && *at == byte; };
  const bool negative = isAt('-');
  at += negative;
  const uint8_t* const whole = at;
  at = digitsEnd(at, end, &magnitude);
  if (at == whole || (at - whole > 1 && *whole == '0')) return nullptr;
  int64_t digits = at - whole, decimals = 0;
  if (isAt('.')) {
    const uint8_t* const point = at++;
    at = digitsEnd(at, end, &magnitude);
    decimals = at - point - 1;
    if (decimals == 0) return nullptr;
  }
  bool isShort = digits + decimals <= kShortDigits;
  if (isAt('e') || isAt('E')) {
    isShort = false;
    at++;
    if (isAt('+') || isAt('-')) at++;
    const uint8_t* const exponent = at;
    uint64_t ignored = 0;
    at = digitsEnd(at, end, &ignored);
    if (at == exponent) return nullptr;
  }
  *out = {magnitude, isShort ? static_cast<int16_t>(decimals) : kNotShort,
          static_cast<int8_t>(isShort ? digits + decimals : 0), negative};
  return at;
}

}  // namespace headrace::codec::json
