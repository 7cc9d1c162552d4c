// Rows to records, row by row. The twin is src/codec/record/row-encode-twin.ts.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "codec/copybook-float.h"
#include "codec/copybook-kernels.h"
#include "codec/copybook-number.h"
#include "codec/copybook-plan.h"
#include "codec/copybook-text.h"

namespace headrace::codec::copybook {

namespace {

// Writes the value in a row's slot as an item's bytes; a status.
using Write = int32_t (*)(const RowPlan& plan, const Leaf& leaf, const uint8_t* slot, uint8_t* to);

// Signs come in any order: nothing branches on them.
struct Number {
  int64_t value;
  uint32_t negative;  // 0 or 1
  uint64_t magnitude;

  explicit Number(const uint8_t* slot) {
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

constexpr uint32_t kEightDigits = 100000000;

// Splits the last eight digits off.
inline uint32_t takeEight(uint64_t* rest) {
  const auto eight = static_cast<uint32_t>(*rest % kEightDigits);
  *rest /= kEightDigits;
  return eight;
}

// COMP-3 of Size bytes: the digits and a nought in the sign's place, then the sign.
template <int Size>
int32_t writePacked(const RowPlan&, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  constexpr int kLast = Size > 8 ? 8 : Size, kHead = Size - kLast;
  const Number number(slot);
  if (const int32_t code = number.judge(leaf); code != status::kOk) return code;
  const uint64_t sign = leaf.has(kSigned) ? 0x0c + number.negative : 0x0f;
  uint64_t rest = number.magnitude * 10;
  uint64_t word = static_cast<uint64_t>(packedBytes(takeEight(&rest))) << 32 | sign << 56;
  if constexpr (Size > 4) word |= packedBytes(takeEight(&rest));
  storeLast<kLast>(word, to + kHead);
  if constexpr (kHead > 0) storeLast<kHead>(static_cast<uint64_t>(packedBytes(static_cast<uint32_t>(rest))) << 32, to);
  return status::kOk;
}

// DISPLAY of Count characters, the sign overpunched in the last.
template <int Count>
int32_t writeDisplay(const RowPlan& plan, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  constexpr int kLast = Count > 8 ? 8 : Count, kMiddle = Count > 16 ? 8 : Count - kLast,
                kHead = Count - kLast - kMiddle;
  const Number number(slot);
  if (const int32_t code = number.judge(leaf); code != status::kOk) return code;
  const uint64_t zones = plan.page.zone * 0x0101010101010101ull;
  const uint8_t* signs = plan.page.table(tables::kSignedBytes) + number.negative * 10;
  uint64_t rest = number.magnitude;
  uint64_t word = digitBytes(takeEight(&rest));
  const uint64_t last = leaf.has(kSigned) ? signs[word >> 56] : plan.page.zone | word >> 56;
  word = ((word | zones) & 0x00ffffffffffffffull) | last << 56;
  storeLast<kLast>(word, to + Count - kLast);
  if constexpr (kMiddle > 0) storeLast<kMiddle>(digitBytes(takeEight(&rest)) | zones, to + kHead);
  if constexpr (kHead > 0) storeLast<kHead>(digitBytes(static_cast<uint32_t>(rest)) | zones, to);
  return status::kOk;
}

template <class Word>
int32_t writeBinary(const RowPlan&, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  const Number number(slot);
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

int32_t writeDigits(const RowPlan& plan, const Leaf& leaf, __int128 value, uint8_t* to) {
  Digits digits;
  digits.set(value);
  return writeNumber(leaf, plan.page, digits, to);
}

int32_t writeInt64(const RowPlan& plan, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  return writeDigits(plan, leaf, Number(slot).value, to);
}

constexpr __int128 kTooLarge = static_cast<__int128>(10000000000000000000ull) * 10000000000000000000ull;

int32_t writeWide(const RowPlan& plan, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  __int128 value;
  std::memcpy(&value, slot, 16);
  if (value >= kTooLarge || value <= -kTooLarge) return status::kDigitsOverflow;
  return writeDigits(plan, leaf, value, to);
}

int32_t writeFloat(const RowPlan&, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  double value;
  std::memcpy(&value, slot, 8);
  return writeFloatDouble(leaf, value, to);
}

int32_t writeSlotText(const RowPlan& plan, const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
  uint32_t length;
  std::memcpy(&length, slot, 4);
  if (length > static_cast<uint32_t>(leaf.width) - 4) return status::kTooLong;
  return writeText(leaf, plan.page, slot + 4, length, to);
}

template <size_t... Sizes>
constexpr std::array<Write, sizeof...(Sizes)> packedWrites(std::index_sequence<Sizes...>) {
  return {writePacked<static_cast<int>(Sizes) + 1>...};
}
template <size_t... Counts>
constexpr std::array<Write, sizeof...(Counts)> displayWrites(std::index_sequence<Counts...>) {
  return {writeDisplay<static_cast<int>(Counts) + 1>...};
}
constexpr auto kPackedWrites = packedWrites(std::make_index_sequence<10>{});
constexpr auto kDisplayWrites = displayWrites(std::make_index_sequence<18>{});

Write chooseWrite(const Leaf& leaf) {
  if (leaf.kind == kText) return writeSlotText;
  if (leaf.has(kWide)) return writeWide;
  if (leaf.kind == kFloat) return writeFloat;
  if (leaf.kind == kPacked && !leaf.has(kNoSignNibble) && leaf.size <= 10) return kPackedWrites[leaf.size - 1];
  const bool plain = !leaf.has(kLeading) && !leaf.has(kSeparate) && !leaf.has(kBlankWhenZero) && !leaf.has(kNational);
  if (leaf.kind == kDisplay && plain && leaf.size <= 18) return kDisplayWrites[leaf.size - 1];
  if (leaf.kind != kBinary) return writeInt64;
  return leaf.size == 2   ? writeBinary<uint16_t>
         : leaf.size == 4 ? writeBinary<uint32_t>
         : leaf.size == 8 ? writeBinary<uint64_t>
                          : writeInt64;
}

class RowEncoder {
 public:
  explicit RowEncoder(const RowPlan& plan) : plan_(plan), scratch_(plan.recordSize), written_(plan.recordSize) {
    for (const Leaf& leaf : plan.leaves) writes_.push_back(chooseWrite(leaf));
  }

  bool encode(uint8_t* row, uint8_t* record) {
    std::memcpy(record, plan_.recordTemplate.data(), plan_.recordSize);
    if (plan_.viewCount > 0) std::fill(written_.begin(), written_.end(), 0);
    setHead(row, status::kOk, -1);
    for (size_t at = 0; at < plan_.ops.size(); at++) {
      const int32_t code = encodeOp(plan_.ops[at], row, record);
      if (code == status::kOk) continue;
      setHead(row, code, static_cast<int32_t>(at));
      std::memcpy(record, plan_.recordTemplate.data(), plan_.recordSize);
      return false;
    }
    return true;
  }

 private:
  static void setHead(uint8_t* row, int32_t code, int32_t op) {
    std::memcpy(row + kRowStatus, &code, 4);
    std::memcpy(row + kRowFailedOp, &op, 4);
  }

  int32_t encodeOp(const Op& op, const uint8_t* row, uint8_t* record) {
    if (op.code != kOpLeaf || op.target < 0 || !isActive(op.view, row)) return status::kOk;
    const Leaf& leaf = plan_.leaves[op.leaf];
    uint8_t* to = plan_.viewCount > 0 ? scratch_.data() + op.source : record + op.source;
    const int32_t code = writes_[op.leaf](plan_, leaf, row + op.target, to);
    return code == status::kOk && plan_.viewCount > 0 ? place(record, op.source, leaf.size) : code;
  }

  bool isActive(int32_t view, const uint8_t* row) const {
    for (int32_t at = view; at >= 0; at = plan_.viewParents[at]) {
      if (row[kRowViews + at] == 0) return false;
    }
    return true;
  }

  // Bytes that an earlier view wrote must be the same.
  int32_t place(uint8_t* record, int32_t from, int32_t size) {
    for (int32_t at = from; at < from + size; at++) {
      if (written_[at] != 0 && record[at] != scratch_[at]) return status::kViewsDiffer;
      written_[at] = 1;
    }
    std::memcpy(record + from, scratch_.data() + from, size);
    return status::kOk;
  }

  const RowPlan& plan_;
  std::vector<Write> writes_;
  std::vector<uint8_t> scratch_;
  std::vector<uint8_t> written_;
};

}  // namespace

size_t encodeRows(const RowPlan& plan, uint8_t* rows, size_t count, uint8_t* out) {
  RowEncoder encoder(plan);
  size_t good = 0;
  for (size_t index = 0; index < count; index++) {
    good += encoder.encode(rows + index * plan.rowSize, out + index * plan.recordSize) ? 1 : 0;
  }
  return good;
}

}  // namespace headrace::codec::copybook
