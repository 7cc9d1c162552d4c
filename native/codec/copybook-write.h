// The value in a row's slot as an item's bytes, by kernels of one length each. Rows are written by them, and the common numbers of JSON.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "codec/copybook-float.h"
#include "codec/copybook-kernels.h"
#include "codec/copybook-number.h"
#include "codec/copybook-plan.h"
#include "codec/copybook-text.h"

namespace headrace::codec::copybook {

// Writes the value in a row's slot as an item's bytes; a status.
using WriteSlot = int32_t (*)(const Page& page, const Leaf& leaf, const uint8_t* slot, uint8_t* to);

// A number of at most 18 digits, or of 64 bits. Signs come in any order: nothing branches on them.
struct SlotNumber {
  int64_t value;
  uint32_t negative;  // 0 or 1
  uint64_t magnitude;

  explicit SlotNumber(const uint8_t* slot) {
    std::memcpy(&value, slot, 8);
    const int64_t sign = value >> 63;
    negative = static_cast<uint32_t>(-sign);
    magnitude = static_cast<uint64_t>(value ^ sign) - sign;
  }

  // The sign is judged before the digits, as writeNumber does.
  int32_t judge(const Leaf& leaf) const {
    const bool badSign = (negative & ~leaf.flags & kSigned) != 0;
    const bool tooLarge = magnitude >= static_cast<uint64_t>(kPowersOfTen[leaf.digits]);
    if (badSign | tooLarge) [[unlikely]]
      return badSign ? status::kBadSign : status::kDigitsOverflow;
    return status::kOk;
  }
};

// Eight digits as four numbers below 100, sixteen bits each, the first lowest.
inline uint64_t splitPairs(uint32_t eight) {
  const uint64_t fours = eight / 10000 | static_cast<uint64_t>(eight % 10000) << 32;
  const uint64_t hundreds = (fours * 10486) >> 20 & 0x0000007f0000007full;
  return hundreds | (fours - hundreds * 100) << 16;
}

// The first digit of each pair.
inline uint64_t tensOf(uint64_t pairs) { return (pairs * 103) >> 10 & 0x000f000f000f000full; }

// Eight digits as bytes, the first lowest.
inline uint64_t digitBytes(uint32_t eight) {
  const uint64_t pairs = splitPairs(eight), tens = tensOf(pairs);
  return tens | (pairs - tens * 10) << 8;
}

// Eight digits packed, the first two lowest.
inline uint32_t packedBytes(uint32_t eight) {
  const uint64_t pairs = splitPairs(eight);
  uint64_t packed = pairs + tensOf(pairs) * 6;
  packed = (packed | packed >> 8) & 0x0000ffff0000ffffull;
  return static_cast<uint32_t>(packed | packed >> 16);
}

inline constexpr uint32_t kEightDigits = 100000000;

// Splits the last eight digits off a number of at most Digits.
template <int Digits>
uint32_t takeEight(uint64_t* rest) {
  if constexpr (Digits <= 8) return static_cast<uint32_t>(*rest);
  const auto eight = static_cast<uint32_t>(*rest % kEightDigits);
  *rest /= kEightDigits;
  return eight;
}

// COMP-3 of Size bytes: the digits and a nought in the sign's place, then the sign.
template <int Size>
int32_t writePacked(const Page&, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  constexpr int kLast = Size > 8 ? 8 : Size, kHead = Size - kLast;
  const SlotNumber number(slot);
  if (const int32_t code = number.judge(leaf); code != status::kOk) return code;
  const uint64_t sign = leaf.has(kSigned) ? 0x0c + number.negative : 0x0f;
  uint64_t rest = number.magnitude * 10;
  uint64_t word = static_cast<uint64_t>(packedBytes(takeEight<2 * Size>(&rest))) << 32 | sign << 56;
  if constexpr (Size > 4) word |= packedBytes(takeEight<2 * Size - 8>(&rest));
  storeLast<kLast>(word, to + kHead);
  if constexpr (kHead > 0) storeLast<kHead>(static_cast<uint64_t>(packedBytes(static_cast<uint32_t>(rest))) << 32, to);
  return status::kOk;
}

// DISPLAY of Count characters, the sign overpunched in the last.
template <int Count>
int32_t writeDisplay(const Page& page, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  constexpr int kLast = Count > 8 ? 8 : Count, kMiddle = Count > 16 ? 8 : Count - kLast,
                kHead = Count - kLast - kMiddle;
  const SlotNumber number(slot);
  if (const int32_t code = number.judge(leaf); code != status::kOk) return code;
  const uint64_t zones = page.zone * 0x0101010101010101ull;
  const uint8_t* signs = page.table(tables::kSignedBytes) + number.negative * 10;
  uint64_t rest = number.magnitude;
  uint64_t word = digitBytes(takeEight<Count>(&rest));
  const uint64_t last = leaf.has(kSigned) ? signs[word >> 56] : page.zone | word >> 56;
  word = ((word | zones) & 0x00ffffffffffffffull) | last << 56;
  storeLast<kLast>(word, to + Count - kLast);
  if constexpr (kMiddle > 0) storeLast<kMiddle>(digitBytes(takeEight<Count - 8>(&rest)) | zones, to + kHead);
  if constexpr (kHead > 0) storeLast<kHead>(digitBytes(static_cast<uint32_t>(rest)) | zones, to);
  return status::kOk;
}

template <class Word>
int32_t writeBinary(const Page&, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  const SlotNumber number(slot);
  if (number.negative != 0 && !leaf.has(kSigned)) return status::kBadSign;
  const int bits = sizeof(Word) * 8 - (leaf.has(kSigned) ? 1 : 0);
  const uint64_t largest = ~uint64_t{0} >> (64 - bits);
  if (number.magnitude > largest + number.negative) return status::kDigitsOverflow;
  if (!leaf.has(kFullRange) && number.judge(leaf) != status::kOk) return status::kDigitsOverflow;
  auto word = static_cast<Word>(number.value);
  if (!leaf.has(kLittleEndian))
    word = sizeof(Word) == 2   ? __builtin_bswap16(word)
           : sizeof(Word) == 4 ? __builtin_bswap32(word)
                               : __builtin_bswap64(word);
  std::memcpy(to, &word, sizeof(Word));
  return status::kOk;
}

inline int32_t writeDigits(const Page& page, const Leaf& leaf, __int128 value, uint8_t* to) {
  Digits digits;
  digits.set(value);
  return writeNumber(leaf, page, digits, to);
}

inline int32_t writeInt64(const Page& page, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  return writeDigits(page, leaf, SlotNumber(slot).value, to);
}

inline constexpr __int128 kTooLarge = static_cast<__int128>(10000000000000000000ull) * 10000000000000000000ull;

inline int32_t writeWide(const Page& page, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  __int128 value;
  std::memcpy(&value, slot, 16);
  if (value >= kTooLarge || value <= -kTooLarge) return status::kDigitsOverflow;
  return writeDigits(page, leaf, value, to);
}

inline int32_t writeFloat(const Page&, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  double value;
  std::memcpy(&value, slot, 8);
  return writeFloatDouble(leaf, value, to);
}

inline int32_t writeSlotText(const Page& page, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  uint32_t length;
  std::memcpy(&length, slot, 4);
  if (length > static_cast<uint32_t>(leaf.width) - 4) return status::kTooLong;
  return writeText(leaf, page, slot + 4, length, to);
}

template <size_t... Sizes>
constexpr std::array<WriteSlot, sizeof...(Sizes)> packedWrites(std::index_sequence<Sizes...>) {
  return {writePacked<static_cast<int>(Sizes) + 1>...};
}
template <size_t... Counts>
constexpr std::array<WriteSlot, sizeof...(Counts)> displayWrites(std::index_sequence<Counts...>) {
  return {writeDisplay<static_cast<int>(Counts) + 1>...};
}
inline constexpr auto kPackedWrites = packedWrites(std::make_index_sequence<10>{});
inline constexpr auto kDisplayWrites = displayWrites(std::make_index_sequence<18>{});

inline WriteSlot chooseWrite(const Leaf& leaf) {
  if (leaf.kind == kText) return writeSlotText;
  if (leaf.has(kWide)) return writeWide;
  if (leaf.kind == kFloat) return writeFloat;
  if (leaf.kind == kPacked && !leaf.has(kNoSignNibble) && leaf.size <= 10) return kPackedWrites[leaf.size - 1];
  const bool plain = !leaf.has(kLeading) && !leaf.has(kSeparate) && !leaf.has(kBlankWhenZero) && !leaf.has(kNational);
  if (leaf.kind == kDisplay && plain && leaf.size <= 18) return kDisplayWrites[leaf.size - 1];
  if (leaf.kind != kBinary || (leaf.digits > 18 && !leaf.has(kFullRange))) return writeInt64;
  return leaf.size == 2   ? writeBinary<uint16_t>
         : leaf.size == 4 ? writeBinary<uint32_t>
         : leaf.size == 8 ? writeBinary<uint64_t>
                          : writeInt64;
}

}  // namespace headrace::codec::copybook
