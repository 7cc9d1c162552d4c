// Writes FIX numbers and times: the native side of the writers in decimal.ts and timestamp.ts. Each returns where it ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "codec/fix-numbers.h"

namespace headrace::codec::fix {

inline constexpr struct DigitPairs {
  char text[200];
  constexpr DigitPairs() : text() {
    for (int value = 0; value < 100; value++) {
      text[value * 2] = static_cast<char>('0' + value / 10);
      text[value * 2 + 1] = static_cast<char>('0' + value % 10);
    }
  }
} kDigitPairs;

inline uint8_t* writePair(uint32_t value, uint8_t* to) {
  std::memcpy(to, kDigitPairs.text + size_t{value} * 2, 2);
  return to + 2;
}

// `count` digits with leading zeros.
inline uint8_t* writePadded(uint64_t value, int count, uint8_t* to) {
  for (int at = count; at > 0; at--, value /= 10) to[at - 1] = static_cast<uint8_t>('0' + value % 10);
  return to + count;
}

inline uint8_t* writeInteger(uint64_t value, uint8_t* to) {
  char digits[20];
  int at = 20;
  while (value >= 100) {
    at -= 2;
    std::memcpy(digits + at, kDigitPairs.text + value % 100 * 2, 2);
    value /= 100;
  }
  if (value >= 10) {
    at -= 2;
    std::memcpy(digits + at, kDigitPairs.text + value * 2, 2);
  } else {
    digits[--at] = static_cast<char>('0' + value);
  }
  std::memcpy(to, digits + at, static_cast<size_t>(20 - at));
  return to + (20 - at);
}

// An integer at 10^-8 as a FIX float without trailing zeros.
inline uint8_t* writeDecimal(int64_t value, uint8_t* to) {
  const uint64_t magnitude = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  if (value < 0) *to++ = '-';
  to = writeInteger(magnitude / kDecimalUnit, to);
  uint64_t fraction = magnitude % kDecimalUnit;
  if (fraction == 0) return to;
  int decimals = 8;
  for (; fraction % 10 == 0; fraction /= 10) decimals--;
  *to++ = '.';
  return writePadded(fraction, decimals, to);
}

// UTC nanoseconds as YYYYMMDD-HH:MM:SS.sss, further decimals cut.
inline uint8_t* writeTimestampMs(uint64_t timeNs, uint8_t* to) {
  const uint64_t milliseconds = timeNs / 1000000;
  const auto ofDay = static_cast<uint32_t>(milliseconds % 86400000);
  const uint64_t shifted = milliseconds / 86400000 + 719468;
  const uint64_t era = shifted / 146097;
  const auto dayOfEra = static_cast<uint32_t>(shifted % 146097);
  const uint32_t yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const uint32_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const uint32_t marchMonth = (5 * dayOfYear + 2) / 153;
  const uint32_t month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const auto year = static_cast<uint32_t>(yearOfEra + era * 400 + (month <= 2 ? 1 : 0));
  to = writePair(year % 100, writePair(year / 100 % 100, to));
  to = writePair(dayOfYear - (153 * marchMonth + 2) / 5 + 1, writePair(month, to));
  *to++ = '-';
  to = writePair(ofDay / 3600000, to);
  *to++ = ':';
  to = writePair(ofDay / 60000 % 60, to);
  *to++ = ':';
  to = writePair(ofDay / 1000 % 60, to);
  *to++ = '.';
  return writePadded(ofDay % 1000, 3, to);
}

}  // namespace headrace::codec::fix
