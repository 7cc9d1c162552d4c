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

struct PackedRules {
  uint8_t padMask;  // 0xf0 where the first nibble is no digit of the picture and must be 0
  uint16_t signs;   // a bit for each nibble that is a sign
};

// COMP-3 of Size bytes, at most 18 digits.
template <int Size>
inline bool readPackedFast(const uint8_t* from, PackedRules rules, int64_t* out) {
  uint32_t bad = from[0] & rules.padMask;
  uint64_t value = 0;
  for (int index = 0; index < Size - 1; index++) {
    const uint16_t pair = kPairs[from[index]];
    bad |= pair & kBadPair;
    value = value * 100 + (pair & 0x7fff);
  }
  const uint8_t last = from[Size - 1];
  const uint32_t sign = last & 15;
  const bool negative = sign == 13 || sign == 11;
  value = value * 10 + (last >> 4);
  bad |= ((last >> 4) > 9) | (~(rules.signs >> sign) & 1);
  *out = negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
  return bad == 0;
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
    uint8_t head[8];
    std::memcpy(head, &zones, 8);
    std::memcpy(head + 8 - kHead, from, kHead);
    uint64_t word;
    std::memcpy(&word, head, 8);
    good = readEight(word, zones, &value);
  }
  for (int at = kHead; at < Count; at += 8) {
    uint64_t word, eight;
    std::memcpy(&word, from + at, 8);
    good &= readEight(word, zones, &eight);
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
