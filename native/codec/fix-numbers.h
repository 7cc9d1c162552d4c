// FIX numbers and times from and to bytes: the native side of decimal.ts and timestamp.ts, with their statuses.
// Each reader may look at up to 8 bytes from a value's start and 25 from a timestamp's: inside a message, the SOH and the
// trailer are always behind a value.
#pragma once

#include <cstdint>

#include "codec/fix-words.h"
#include "model/status.h"

namespace headrace::codec::fix {

inline constexpr uint64_t kDecimalUnit = 100000000;
inline constexpr uint64_t kNanos = 1000000000;
inline constexpr uint64_t kPowersOfTen[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

// Any length, sign and digits: parseFixDecimal of the twin, line by line. On kScaleLoss the value is the one cut.
inline int32_t parseDecimalSlow(const uint8_t* bytes, const uint8_t* end, int64_t* out) {
  constexpr uint64_t kWholeMax = 92233720368;
  const bool negative = *bytes == '-';
  const uint8_t* at = bytes + (negative ? 1 : 0);
  uint64_t whole = 0;
  bool any = false;
  for (; at < end && *at >= '0' && *at <= '9'; at++, any = true) {
    if (whole <= kWholeMax) whole = whole * 10 + (*at - '0');
  }
  uint64_t fraction = 0;
  uint64_t unit = kDecimalUnit;
  bool lost = false;
  if (at < end && *at == '.') {
    for (at++; at < end && *at >= '0' && *at <= '9'; at++, any = true) {
      if (unit > 1) {
        unit /= 10;
        fraction += (*at - '0') * unit;
      } else {
        lost |= *at != '0';
      }
    }
  }
  if (at < end || !any) return status::kBadNumber;
  if (whole > kWholeMax) return status::kOverflow;
  const uint64_t magnitude = whole * kDecimalUnit + fraction;
  if (magnitude > INT64_MAX) return status::kOverflow;
  *out = negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
  return lost ? status::kScaleLoss : status::kOk;
}

// Reads a not empty Qty, Price or Amt at 10^-8. Up to eight bytes without a sign, the usual case, are read in one word.
inline int32_t parseDecimal(const uint8_t* bytes, const uint8_t* end, int64_t* out) {
  const auto size = static_cast<unsigned>(end - bytes);
  if (size > 8) return parseDecimalSlow(bytes, end, out);
  uint64_t word = loadWord(bytes);
  unsigned count = size;
  unsigned decimals = 0;
  const uint64_t found = findByte(word, '.');
  const unsigned point = found == 0 ? 8 : static_cast<unsigned>(std::countr_zero(found)) >> 3;
  if (point < size) {
    // Closes the gap that the point leaves.
    const uint64_t below = (uint64_t{1} << (8 * point)) - 1;
    word = (word & below) | ((word >> 8) & ~below);
    decimals = size - 1 - point;
    count = size - 1;
  }
  const uint64_t digits = digitBytes(word, count);
  if (count == 0 || !areDigits(digits)) return parseDecimalSlow(bytes, end, out);
  *out = static_cast<int64_t>(numberOf(digits) * kPowersOfTen[8 - decimals]);
  return status::kOk;
}

// Days from 1970-01-01; years are counted from March, so that a leap day comes last.
inline int64_t daysOf(int64_t year, int64_t month, int64_t day) {
  const int64_t marchYear = month > 2 ? year : year - 1;
  const int64_t marchMonth = month > 2 ? month - 3 : month + 9;
  return marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + (marchMonth * 153 + 2) / 5 + day - 1 -
         719468;
}

inline bool isDate(uint64_t year, uint64_t month, uint64_t day) {
  constexpr uint8_t kMonthDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1970 || year > 2261 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= kMonthDays[month - 1] + (leap ? 1u : 0u);
}

// Reads UTCTimestamps. The date of the last one is kept: orders of a day have the same eight bytes.
class TimestampReader {
 public:
  int32_t read(const uint8_t* bytes, const uint8_t* end, uint64_t* out) {
    const auto size = static_cast<unsigned>(end - bytes);
    if (size < 17 || size > 27 || bytes[8] != '-') return status::kBadNumber;
    const uint64_t date = loadWord(bytes);
    if (date != date_ && !takeDate(date)) return status::kBadNumber;
    // Each byte less that of "00:00:00": colons become 0, digits 0 to 9.
    const uint64_t time = loadWord(bytes + 9) ^ 0x30303a30303a3030;
    if ((time & 0x0000ff0000ff0000) != 0 || !areDigits(time)) return status::kBadNumber;
    const uint64_t pairs = time * 10 + (time >> 8);
    const uint64_t hour = pairs & 0xff;
    const uint64_t minute = (pairs >> 24) & 0xff;
    const uint64_t second = (pairs >> 48) & 0xff;
    if (hour > 23 || minute > 59 || second > 60) return status::kBadNumber;
    uint64_t nanos = 0;
    if (size > 17 && !takeFraction(bytes + 17, size - 18, &nanos)) return status::kBadNumber;
    *out = (daySeconds_ + hour * 3600 + minute * 60 + second) * kNanos + nanos;
    return status::kOk;
  }

 private:
  bool takeDate(uint64_t date) {
    const uint64_t digits = digitBytes(date, 8);
    if (!areDigits(digits)) return false;
    const uint64_t number = numberOf(digits);
    if (!isDate(number / 10000, number / 100 % 100, number % 100)) return false;
    date_ = date;
    daySeconds_ = static_cast<uint64_t>(daysOf(number / 10000, number / 100 % 100, number % 100)) * 86400;
    return true;
  }

  static bool takeFraction(const uint8_t* bytes, unsigned count, uint64_t* nanos) {
    if (*bytes != '.' || (count != 3 && count != 6 && count != 9)) return false;
    uint64_t fraction = 0;
    for (unsigned at = 1; at <= count; at++) {
      const unsigned digit = bytes[at] - unsigned{'0'};
      if (digit > 9) return false;
      fraction = fraction * 10 + digit;
    }
    *nanos = fraction * kPowersOfTen[9 - count];
    return true;
  }

  uint64_t date_ = 0;
  uint64_t daySeconds_ = 0;
};

}  // namespace headrace::codec::fix
