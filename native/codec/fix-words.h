// Arithmetic on eight text bytes at once, in a little-endian word: the first byte of the text is the lowest.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace headrace::codec::fix {

static_assert(std::endian::native == std::endian::little);

inline constexpr uint64_t kOnes = 0x0101010101010101;
inline constexpr uint64_t kTops = 0x8080808080808080;

inline uint64_t loadWord(const uint8_t* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// The first `count` bytes of a word, 1 ≤ count ≤ 8; the others 0.
inline uint64_t firstBytes(uint64_t word, size_t count) { return word & (~uint64_t{0} >> (64 - 8 * count)); }

// The top bit of the first byte that equals `byte` is the lowest one set; 0 when there is none.
inline uint64_t findByte(uint64_t word, uint8_t byte) {
  const uint64_t difference = word ^ (kOnes * byte);
  return (difference - kOnes) & ~difference & kTops;
}

// The first `count` ≤ 8 bytes of a word of digits, moved to its top with zeros below; 0 to 9 each when they are digits.
inline uint64_t digitBytes(uint64_t word, unsigned count) {
  return count == 0 ? 0 : (word ^ (kOnes * '0')) << (64 - 8 * count);
}

// True when each byte of such a word is 0 to 9: what lies above gets its top bit from the addition, or has it.
inline bool areDigits(uint64_t digits) { return (((digits + kOnes * 0x76) | digits) & kTops) == 0; }

// The number that eight such bytes make: pairs, then fours, then all eight.
inline uint64_t numberOf(uint64_t digits) {
  digits = (digits * 10) + (digits >> 8);
  digits = ((digits & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((digits & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

}  // namespace headrace::codec::fix
