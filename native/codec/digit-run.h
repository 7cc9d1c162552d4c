// Eight characters of a text at once, the first lowest.
#pragma once

#include <bit>
#include <cstdint>

namespace headrace::codec {

inline constexpr uint64_t kTens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

// A high bit at the lowest byte that is no ASCII digit, and perhaps above it.
inline uint64_t nonDigits(uint64_t word) {
  const uint64_t digits = word ^ 0x3030303030303030ull;
  return (digits | (digits + 0x7676767676767676ull)) & 0x8080808080808080ull;
}

// How many of the characters are digits, from the first on.
inline int32_t digitCount(uint64_t word) {
  const uint64_t others = nonDigits(word);
  return others == 0 ? 8 : std::countr_zero(others) / 8;
}

// The number that the first `count` characters are, all digits; `count` is 1 to 8.
inline uint64_t numberOf(uint64_t word, int32_t count) {
  uint64_t digits = (word ^ 0x3030303030303030ull) << (8 - count) * 8;
  digits = (digits * 10) + (digits >> 8);
  return (((digits & 0x000000ff000000ffull) * 0x000f424000000064ull) +
          (((digits >> 16) & 0x000000ff000000ffull) * 0x0000271000000001ull)) >>
         32;
}

}  // namespace headrace::codec
