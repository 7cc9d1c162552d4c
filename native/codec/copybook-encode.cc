// Rows to records, row by row. The twin is src/codec/record/row-encode-twin.ts.
#include <algorithm>
#include <array>
#include <cstring>

#include "codec/copybook-float.h"
#include "codec/copybook-kernels.h"
#include "codec/copybook-number.h"
#include "codec/copybook-plan.h"
#include "codec/copybook-text.h"

namespace headrace::codec::copybook {

namespace {

// Two digits as a packed byte.
constexpr std::array<uint8_t, 100> kPackedPairs = [] {
  std::array<uint8_t, 100> pairs{};
  for (int pair = 0; pair < 100; pair++) pairs[pair] = static_cast<uint8_t>((pair / 10) << 4 | pair % 10);
  return pairs;
}();

class RowEncoder {
 public:
  explicit RowEncoder(const RowPlan& plan) : plan_(plan), scratch_(plan.recordSize), written_(plan.recordSize) {}

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
    const int32_t code =
        leaf.kind == kText ? encodeText(leaf, row + op.target, to) : encodeNumber(leaf, row + op.target, to);
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

  int32_t encodeNumber(const Leaf& leaf, const uint8_t* slot, uint8_t* to) {
    if (leaf.has(kWide)) {
      __int128 wide;
      std::memcpy(&wide, slot, 16);
      if (wide >= kTooLarge || wide <= -kTooLarge) return status::kDigitsOverflow;
      return encodeDigits(leaf, wide, to);
    }
    if (leaf.kind == kFloat) {
      double value;
      std::memcpy(&value, slot, 8);
      return writeFloatDouble(leaf, value, to);
    }
    int64_t value;
    std::memcpy(&value, slot, 8);
    const uint64_t magnitude = value < 0 ? -static_cast<uint64_t>(value) : value;
    if (leaf.kind == kPacked && !leaf.has(kNoSignNibble)) return encodePacked(leaf, value, magnitude, to);
    const bool plain = !leaf.has(kLeading) && !leaf.has(kSeparate) && !leaf.has(kBlankWhenZero) && !leaf.has(kNational);
    if (leaf.kind == kDisplay && plain) return encodeDisplay(leaf, value, magnitude, to);
    return encodeDigits(leaf, value, to);
  }

  int32_t encodeDigits(const Leaf& leaf, __int128 value, uint8_t* to) {
    Digits digits;
    digits.set(value);
    return writeNumber(leaf, plan_.page, digits, to);
  }

  // The sign is judged before the digits, as writeNumber does.
  static int32_t judge(const Leaf& leaf, int64_t value, uint64_t magnitude) {
    if (value < 0 && !leaf.has(kSigned)) return status::kBadSign;
    return magnitude >= static_cast<uint64_t>(kPowersOfTen[leaf.digits]) ? status::kDigitsOverflow : status::kOk;
  }

  static int32_t encodePacked(const Leaf& leaf, int64_t value, uint64_t rest, uint8_t* to) {
    if (const int32_t code = judge(leaf, value, rest); code != status::kOk) return code;
    const uint8_t sign = !leaf.has(kSigned) ? 0x0f : value < 0 ? 0x0d : 0x0c;
    to[leaf.size - 1] = static_cast<uint8_t>((rest % 10) << 4 | sign);
    rest /= 10;
    int32_t index = leaf.size - 2;
    // Four pairs at a time, so that the rest divides in 32 bits.
    for (; index >= 3; index -= 4, rest /= 100000000u) {
      uint32_t eight = static_cast<uint32_t>(rest % 100000000u);
      for (int32_t pair = 0; pair < 4; pair++, eight /= 100) to[index - pair] = kPackedPairs[eight % 100];
    }
    for (uint32_t few = static_cast<uint32_t>(rest); index >= 0; index--, few /= 100)
      to[index] = kPackedPairs[few % 100];
    return status::kOk;
  }

  int32_t encodeDisplay(const Leaf& leaf, int64_t value, uint64_t rest, uint8_t* to) const {
    if (const int32_t code = judge(leaf, value, rest); code != status::kOk) return code;
    const uint8_t zone = plan_.page.zone;
    const uint8_t last = rest % 10;
    rest /= 10;
    int32_t index = leaf.size - 2;
    for (; index >= 7; index -= 8, rest /= 100000000u) {
      uint32_t eight = static_cast<uint32_t>(rest % 100000000u);
      for (int32_t digit = 0; digit < 8; digit++, eight /= 10)
        to[index - digit] = zone | static_cast<uint8_t>(eight % 10);
    }
    for (uint32_t few = static_cast<uint32_t>(rest); index >= 0; index--, few /= 10) {
      to[index] = zone | static_cast<uint8_t>(few % 10);
    }
    to[leaf.size - 1] =
        leaf.has(kSigned) ? plan_.page.bytes[tables::kSignedBytes + last + (value < 0 ? 10 : 0)] : zone | last;
    return status::kOk;
  }

  int32_t encodeText(const Leaf& leaf, const uint8_t* slot, uint8_t* to) const {
    uint32_t length;
    std::memcpy(&length, slot, 4);
    if (length > static_cast<uint32_t>(leaf.width) - 4) return status::kTooLong;
    return writeText(leaf, plan_.page, slot + 4, length, to);
  }

  static constexpr __int128 kTooLarge = static_cast<__int128>(10000000000000000000ull) * 10000000000000000000ull;

  const RowPlan& plan_;
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
