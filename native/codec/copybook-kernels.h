// Kernels of numbers of at most 18 digits, specialised by their length: each reads one number, checks every digit and the
// sign, and returns false when it refuses; readNumber() then says why.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "codec/copybook-plan.h"

namespace headrace::codec::copybook {

// The first Size bytes, at most 8, as a little-endian word. Loads overlap, so that nothing passes through the stack.
template <int Size>
inline uint64_t loadBytes(const uint8_t* from) {
  if constexpr (Size == 0) return 0;
  if constexpr (Size == 1) return from[0];
  if constexpr (Size == 2 || Size == 3) {
    uint16_t first, last;
    std::memcpy(&first, from, 2);
    std::memcpy(&last, from + Size - 2, 2);
    return first | static_cast<uint64_t>(last) << (Size - 2) * 8;
  }
  if constexpr (Size >= 4 && Size < 8) {
    uint32_t first, last;
    std::memcpy(&first, from, 4);
    std::memcpy(&last, from + Size - 4, 4);
    return first | static_cast<uint64_t>(last) << (Size - 4) * 8;
  }
  uint64_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

// Writes the last Size bytes, at most 8, of a little-endian word.
template <int Size>
inline void storeLast(uint64_t word, uint8_t* to) {
  word >>= (8 - Size) * 8;
  if constexpr (Size == 1) *to = static_cast<uint8_t>(word);
  if constexpr (Size == 2 || Size == 3) {
    const auto first = static_cast<uint16_t>(word), last = static_cast<uint16_t>(word >> (Size - 2) * 8);
    std::memcpy(to, &first, 2);
    std::memcpy(to + Size - 2, &last, 2);
  }
  if constexpr (Size >= 4 && Size < 8) {
    const auto first = static_cast<uint32_t>(word), last = static_cast<uint32_t>(word >> (Size - 4) * 8);
    std::memcpy(to, &first, 4);
    std::memcpy(to + Size - 4, &last, 4);
  }
  if constexpr (Size == 8) std::memcpy(to, &word, 8);
}

inline constexpr uint16_t kBadPair = 0x8000;

// Two packed digits: their value, or kBadPair.
inline constexpr std::array<uint16_t, 256> kPairs = [] {
  std::array<uint16_t, 256> pairs{};
  for (int byte = 0; byte < 256; byte++) {
    const int high = byte >> 4, low = byte & 15;
    pairs[byte] = high > 9 || low > 9 ? kBadPair : static_cast<uint16_t>(high * 10 + low);
  }
  return pairs;
}();

// Whether each nibble is a digit.
inline bool areDigits(uint64_t nibbles) {
  return (nibbles & (nibbles << 1 | nibbles << 2) & 0x8888888888888888ull) == 0;
}

// Sixteen packed digits as a number: neighbours are joined, two digits to four to eight to sixteen.
inline uint64_t joinDigits(uint64_t nibbles) {
  const uint64_t twos = nibbles - 6 * (nibbles >> 4 & 0x0f0f0f0f0f0f0f0full);
  const uint64_t fours = twos - 156 * (twos >> 8 & 0x00ff00ff00ff00ffull);
  const uint64_t eights = fours - 55536 * (fours >> 16 & 0x0000ffff0000ffffull);
  return (eights & 0xffffffffu) + 100000000 * (eights >> 32);
}

struct PackedRules {
  uint8_t padMask;  // 0xf0 where the first nibble is no digit of the picture and must be 0
  uint16_t signs;   // a bit for each nibble that is a sign
};

// Packed digits of Size bytes, the last nibble the sign's: by pairs where they are few, else sixteen at a time.
template <int Size>
inline bool readPackedDigits(const uint8_t* from, uint64_t* out) {
  if constexpr (Size <= 5) {
    uint64_t value = 0;
    uint32_t bad = from[Size - 1] >> 4 > 9;
    for (int index = 0; index < Size - 1; index++) {
      const uint16_t pair = kPairs[from[index]];
      bad |= pair & kBadPair;
      value = value * 100 + (pair & 0x7fff);
    }
    *out = value * 10 + (from[Size - 1] >> 4);
    return bad == 0;
  }
  constexpr int kHead = Size > 8 ? Size - 8 : 0;
  const uint64_t word = __builtin_bswap64(loadBytes<Size - kHead>(from + kHead) << (8 - (Size - kHead)) * 8);
  const uint64_t head = kHead == 0 ? 0 : __builtin_bswap64(loadBytes<kHead>(from) << (8 - kHead) * 8);
  *out = joinDigits(word >> 4) + joinDigits(head) * 1000000000000000ull;
  return areDigits(word & ~uint64_t{15}) && areDigits(head);
}

// COMP-3 of Size bytes, at most 18 digits.
template <int Size>
inline bool readPackedFast(const uint8_t* from, PackedRules rules, int64_t* out) {
  uint64_t value;
  const bool good = readPackedDigits<Size>(from, &value);
  const uint32_t sign = from[Size - 1] & 15;
  const bool negative = sign == 13 || sign == 11;
  *out = negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
  return good & ((from[0] & rules.padMask) == 0) & ((rules.signs >> sign & 1) != 0);
}

// Eight characters, each a digit under `zones`: their value by three multiplications.
inline bool readEight(uint64_t word, uint64_t zones, uint64_t* value) {
  uint64_t digits = word ^ zones;
  const bool good = ((digits | (digits + 0x7676767676767676ull)) & 0x8080808080808080ull) == 0 &&
                    (digits & 0xf0f0f0f0f0f0f0f0ull) == 0;
  digits = (digits * 10) + (digits >> 8);
  *value = (((digits & 0x000000ff000000ffull) * 0x000f424000000064ull) +
            (((digits >> 16) & 0x000000ff000000ffull) * 0x0000271000000001ull)) >>
           32;
  return good;
}

// Count unsigned characters, at most 18.
template <int Count>
inline bool readDigitsFast(const uint8_t* from, uint64_t zones, uint64_t* out) {
  constexpr int kHead = Count % 8;
  uint64_t value = 0;
  bool good = true;
  if constexpr (kHead > 0) {
    const uint64_t head = loadBytes<kHead>(from) << (8 - kHead) * 8 | zones >> kHead * 8;
    good = readEight(head, zones, &value);
  }
  for (int at = kHead; at < Count; at += 8) {
    uint64_t eight;
    good &= readEight(loadBytes<8>(from + at), zones, &eight);
    value = value * 100000000u + eight;
  }
  *out = value;
  return good;
}

struct DisplayRules {
  uint64_t zones;
  const uint8_t* signs;  // null for an unsigned number
};

// DISPLAY of Count characters, the sign overpunched in the last where there is one.
template <int Count>
inline bool readDisplayFast(const uint8_t* from, DisplayRules rules, int64_t* out) {
  uint64_t value = 0;
  if (rules.signs == nullptr) {
    const bool good = readDigitsFast<Count>(from, rules.zones, &value);
    *out = static_cast<int64_t>(value);
    return good;
  }
  bool good = true;
  if constexpr (Count > 1) good = readDigitsFast<Count - 1>(from, rules.zones, &value);
  const uint8_t entry = rules.signs[from[Count - 1]];
  value = value * 10 + (entry & 15);
  *out = (entry & kNegative) != 0 ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
  return good && entry != kNoDigit;
}

inline constexpr std::array<int64_t, 19> kPowersOfTen = [] {
  std::array<int64_t, 19> powers{};
  powers[0] = 1;
  for (int index = 1; index < 19; index++) powers[index] = powers[index - 1] * 10;
  return powers;
}();

struct BinaryRules {
  int64_t limit;  // the magnitude must be below; 0 for the full range
  bool isSigned;
  bool isLittle;
};

template <class Word>
inline bool readBinaryFast(const uint8_t* from, BinaryRules rules, int64_t* out) {
  Word word;
  std::memcpy(&word, from, sizeof(Word));
  if constexpr (sizeof(Word) == 2) word = rules.isLittle ? word : __builtin_bswap16(word);
  if constexpr (sizeof(Word) == 4) word = rules.isLittle ? word : __builtin_bswap32(word);
  if constexpr (sizeof(Word) == 8) word = rules.isLittle ? word : __builtin_bswap64(word);
  const int64_t value =
      rules.isSigned ? static_cast<int64_t>(static_cast<std::make_signed_t<Word>>(word)) : static_cast<int64_t>(word);
  *out = value;
  if (rules.limit == 0) return true;
  // An unsigned word with its top bit set is larger than any picture; as int64 it would look small.
  if (!rules.isSigned && value < 0) return false;
  return value < rules.limit && value > -rules.limit;
}

// What the field's bytes are without the spaces at their end.
inline int32_t trimmedSize(const uint8_t* from, int32_t size, uint8_t space) {
  const uint64_t spaces = space * 0x0101010101010101ull;
  while (size >= 8) {
    uint64_t word;
    std::memcpy(&word, from + size - 8, 8);
    const uint64_t other = word ^ spaces;
    if (other != 0) return size - std::countl_zero(other) / 8;
    size -= 8;
  }
  while (size > 0 && from[size - 1] == space) size--;
  return size;
}

// The same by the leaf's trimming; `from` moves to the first byte that is kept.
inline int32_t trimBytes(const Leaf& leaf, uint8_t space, const uint8_t** from) {
  int32_t size = leaf.has(kTrimEnd) ? trimmedSize(*from, leaf.size, space) : leaf.size;
  if (leaf.has(kTrimStart)) {
    for (; size > 0 && **from == space; size--) ++*from;
  }
  return size;
}

}  // namespace headrace::codec::copybook
