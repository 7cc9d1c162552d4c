// Records to rows or columns: operation by operation over a block of records that stays in the L2 cache. The twin is
// src/codec/record/row-twin.ts.
#include <algorithm>
#include <cstring>
#include <utility>

#include "codec/copybook-float.h"
#include "codec/copybook-kernels.h"
#include "codec/copybook-number.h"
#include "codec/copybook-plan.h"
#include "codec/copybook-text.h"

namespace headrace::codec::copybook {

namespace {

// Half of a small L2; records and rows of one block fit beside each other.
constexpr size_t kBlockBytes = 256 * 1024;

// Where an item lies in each record of a block. Loops keep it in registers, whatever their bytes go to.
struct Items {
  const uint8_t* bytes;
  size_t stride;
  const int32_t* starts;  // null where the records follow each other, all of the plan's size
  const int32_t* lengths;
  int64_t end;

  // Null where the record ends before the item does.
  const uint8_t* at(size_t index) const {
    if (starts == nullptr) return bytes + index * stride;
    return end <= lengths[index] ? bytes + starts[index] : nullptr;
  }
};

// One block: its records, and where each operation finds the heads and slots of its rows.
struct Block {
  const RowPlan& plan;
  const Records& records;
  const Target& target;
  size_t first;
  size_t count;

  Items items(const Op& op, const Leaf& leaf) const {
    const int64_t end = int64_t{op.source} + leaf.size;
    if (records.starts != nullptr)
      return {records.bytes + op.source, 0, records.starts + first, records.lengths + first, end};
    return {records.bytes + records.from + first * records.stride + op.source, records.stride, nullptr, nullptr, end};
  }
  // The slot at `offset` of width `width` in the block's first row, and how far the next row's slot is.
  uint8_t* slot(size_t offset, size_t width, size_t* stride) const {
    if (target.capacity == 0) {
      *stride = plan.rowSize;
      return target.bytes + first * plan.rowSize + offset;
    }
    *stride = width;
    return target.bytes + offset * target.capacity + first * width;
  }
};

void fail(const Block& block, const Op& op, size_t index, int32_t code) {
  size_t stride;
  if (op.view >= 0) {
    uint8_t* views = block.slot(kRowViews, (block.plan.viewCount + 7) & ~7, &stride);
    views[index * stride + op.view] = 0;
    return;
  }
  uint8_t* head = block.slot(kRowStatus, 8, &stride) + index * stride;
  int32_t known;
  std::memcpy(&known, head + kRowStatus, 4);
  if (known != status::kOk) return;
  const int32_t at = static_cast<int32_t>(&op - block.plan.ops.data());
  std::memcpy(head + kRowStatus, &code, 4);
  std::memcpy(head + kRowFailedOp, &at, 4);
}

void startRows(const Block& block) {
  size_t stride;
  uint8_t* heads = block.slot(kRowStatus, 8, &stride);
  const uint64_t fresh = 0xffffffff00000000ull;  // status 0, failedOp -1
  for (size_t index = 0; index < block.count; index++) std::memcpy(heads + index * stride, &fresh, 8);
  const size_t viewCount = block.plan.viewCount;
  if (viewCount == 0) return;
  const size_t width = (viewCount + 7) & ~size_t{7};
  uint8_t* views = block.slot(kRowViews, width, &stride);
  for (size_t index = 0; index < block.count; index++) {
    std::memset(views + index * stride, 1, viewCount);
    std::memset(views + index * stride + viewCount, 0, width - viewCount);
  }
}

void resolve(const Block& block, const Op& op) {
  size_t stride;
  const uint8_t* views = block.slot(kRowViews, (block.plan.viewCount + 7) & ~7, &stride);
  for (size_t index = 0; index < block.count; index++) {
    const uint8_t* first = views + index * stride + op.leaf;
    bool any = false;
    for (int32_t view = 0; view < op.target; view++) any |= first[view] != 0;
    if (!any) fail(block, op, index, status::kNoView);
  }
}

// A record that is not of the plan's size is refused where no field refused it before.
void checkLengths(const Block& block) {
  if (block.records.starts == nullptr) return;
  size_t stride;
  uint8_t* heads = block.slot(kRowStatus, 8, &stride);
  for (size_t index = 0; index < block.count; index++) {
    const int32_t length = block.records.lengths[block.first + index];
    if (length == block.plan.recordSize) continue;
    int32_t known;
    std::memcpy(&known, heads + index * stride, 4);
    const int32_t code = length < block.plan.recordSize ? status::kShortRecord : status::kBadRecordLength;
    if (known == status::kOk) std::memcpy(heads + index * stride, &code, 4);
  }
}

// Runs one int64 kernel over the block. The slow path says why a number was refused, as the twin would.
template <class Kernel>
void runInt64(const Block& block, const Op& op, const Leaf& leaf, Kernel kernel) {
  int64_t unwritten;
  size_t stride = 0;
  uint8_t* slots = op.target < 0 ? reinterpret_cast<uint8_t*>(&unwritten) : block.slot(op.target, leaf.width, &stride);
  const Items items = block.items(op, leaf);
  const size_t count = block.count;
  for (size_t index = 0; index < count; index++) {
    int64_t value = 0;
    int32_t code = status::kOk;
    const uint8_t* from = items.at(index);
    if (from == nullptr) [[unlikely]] {
      code = status::kShortRecord;
    } else if (!kernel(from, &value)) [[unlikely]] {
      Digits digits;
      code = readNumber(leaf, block.plan.page, from, digits);
      value = code == status::kOk ? static_cast<int64_t>(digits.value()) : 0;
    }
    if (code != status::kOk) [[unlikely]] {
      value = 0;
      fail(block, op, index, code);
    }
    std::memcpy(slots + index * stride, &value, 8);
  }
}

void runWide(const Block& block, const Op& op, const Leaf& leaf) {
  __int128 unwritten;
  size_t stride = 0;
  uint8_t* slots = op.target < 0 ? reinterpret_cast<uint8_t*>(&unwritten) : block.slot(op.target, leaf.width, &stride);
  const Items items = block.items(op, leaf);
  for (size_t index = 0; index < block.count; index++) {
    Digits digits;
    const uint8_t* from = items.at(index);
    const int32_t code = from == nullptr ? status::kShortRecord : readNumber(leaf, block.plan.page, from, digits);
    const __int128 value = code == status::kOk ? digits.value() : 0;
    if (code != status::kOk) fail(block, op, index, code);
    std::memcpy(slots + index * stride, &value, 16);
  }
}

void runFloat(const Block& block, const Op& op, const Leaf& leaf) {
  double unwritten;
  size_t stride = 0;
  uint8_t* slots = op.target < 0 ? reinterpret_cast<uint8_t*>(&unwritten) : block.slot(op.target, leaf.width, &stride);
  const Items items = block.items(op, leaf);
  for (size_t index = 0; index < block.count; index++) {
    double value = 0;
    int32_t code = status::kShortRecord;
    if (const uint8_t* from = items.at(index); from != nullptr) {
      code = readFloatDouble(leaf, from, &value);
      if (code != status::kOk && blankPolicy(leaf, block.plan.page, from) == kBlankZero) code = status::kOk;
    }
    if (code != status::kOk) fail(block, op, index, code);
    std::memcpy(slots + index * stride, &value, 8);
  }
}

template <int Size>
void runPacked(const Block& block, const Op& op, const Leaf& leaf) {
  const PackedRules rules{static_cast<uint8_t>(leaf.digits % 2 == 0 ? 0xf0 : 0), signNibblesOf(leaf)};
  runInt64(block, op, leaf,
           [rules](const uint8_t* from, int64_t* out) { return readPackedFast<Size>(from, rules, out); });
}

template <int Count>
void runDisplay(const Block& block, const Op& op, const Leaf& leaf) {
  const Page& page = block.plan.page;
  const DisplayRules rules{page.zone * 0x0101010101010101ull, leaf.has(kSigned) ? page.table(tables::kSigns) : nullptr};
  runInt64(block, op, leaf,
           [rules](const uint8_t* from, int64_t* out) { return readDisplayFast<Count>(from, rules, out); });
}

template <class Word>
void runBinary(const Block& block, const Op& op, const Leaf& leaf) {
  const bool isFull = leaf.has(kFullRange) || leaf.has(kFullRangeRead);
  const int64_t limit = isFull ? 0 : kPowersOfTen[leaf.digits];
  const BinaryRules rules{limit, leaf.has(kSigned), leaf.has(kLittleEndian)};
  runInt64(block, op, leaf,
           [rules](const uint8_t* from, int64_t* out) { return readBinaryFast<Word>(from, rules, out); });
}

using Run = void (*)(const Block&, const Op&, const Leaf&);

void runSlow(const Block& block, const Op& op, const Leaf& leaf) {
  runInt64(block, op, leaf, [](const uint8_t*, int64_t*) { return false; });
}

template <size_t... Sizes>
constexpr std::array<Run, sizeof...(Sizes)> packedRuns(std::index_sequence<Sizes...>) {
  return {runPacked<static_cast<int>(Sizes) + 1>...};
}
template <size_t... Counts>
constexpr std::array<Run, sizeof...(Counts)> displayRuns(std::index_sequence<Counts...>) {
  return {runDisplay<static_cast<int>(Counts) + 1>...};
}
constexpr auto kPackedRuns = packedRuns(std::make_index_sequence<10>{});
constexpr auto kDisplayRuns = displayRuns(std::make_index_sequence<18>{});

size_t translate(const Page& page, const uint8_t* from, int32_t size, uint8_t* to) {
  uint8_t high = 0;
  for (int32_t index = 0; index < size; index++) {
    const uint8_t byte = page.first[from[index]];
    high |= byte;
    to[index] = byte;
  }
  if (high < 0x80) return size;
  size_t length = 0;
  for (int32_t index = 0; index < size; index++) {
    const uint8_t* utf8 = page.table(tables::kUtf8) + from[index] * 4;
    for (uint8_t byte = 1; byte <= utf8[0]; byte++) to[length++] = utf8[byte];
  }
  return length;
}

void runText(const Block& block, const Op& op, const Leaf& leaf) {
  if (op.target < 0) return;
  size_t stride;
  uint8_t* slots = block.slot(op.target, leaf.width, &stride);
  const Page& page = block.plan.page;
  const Items items = block.items(op, leaf);
  for (size_t index = 0; index < block.count; index++) {
    uint8_t* slot = slots + index * stride;
    uint32_t length = 0;
    if (const uint8_t* from = items.at(index); from != nullptr) {
      const int32_t size = trimBytes(leaf, page.space, &from);
      length = static_cast<uint32_t>(translate(page, from, size, slot + 4));
    } else {
      fail(block, op, index, status::kShortRecord);
    }
    std::memcpy(slot, &length, 4);
    std::memset(slot + 4 + length, 0, leaf.width - 4 - length);
  }
}

// At most eight characters of one byte, in the first and last byte of `word` as in the field; where one of them is no ASCII,
// the top bit of its byte is set.
template <int Size>
uint64_t translateWord(const Page& page, const uint8_t* from) {
  uint64_t word = 0;
  for (int index = 0; index < Size; index++) word |= static_cast<uint64_t>(page.first[from[index]]) << index * 8;
  return word;
}

// How many of the word's bytes are left without the zero bytes at its end.
inline uint32_t usedBytes(uint64_t word) { return (64 - (word == 0 ? 64 : std::countl_zero(word)) + 7) / 8; }

inline uint64_t firstBytes(uint64_t word, uint32_t count) {
  return count >= 8 ? word : word & ((uint64_t{1} << count * 8) - 1);
}

constexpr uint64_t kNothing = 0;

// Text of at most sixteen bytes, its slot one for the words it is written by, its spaces trimmed at the end: no step depends on how long it is.
template <int Size>
void runShortText(const Block& block, const Op& op, const Leaf& leaf) {
  constexpr int kLow = Size < 8 ? Size : 8, kHigh = Size - kLow;
  if (op.target < 0) return;
  size_t stride;
  uint8_t* slots = block.slot(op.target, leaf.width, &stride);
  const Page& page = block.plan.page;
  const uint64_t spaces = page.space * 0x0101010101010101ull;
  const uint64_t lowSpaces = firstBytes(spaces, kLow), highSpaces = firstBytes(spaces, kHigh);
  const Items items = block.items(op, leaf);
  const size_t count = block.count, width = leaf.width;
  for (size_t index = 0; index < count; index++) {
    uint8_t* slot = slots + index * stride;
    for (size_t at = 0; at < width; at += 8) std::memcpy(slot + at, &kNothing, 8);
    const uint8_t* from = items.at(index);
    if (from == nullptr) [[unlikely]] {
      fail(block, op, index, status::kShortRecord);
      continue;
    }
    const uint32_t low = usedBytes(loadBytes<kLow>(from) ^ lowSpaces);
    const uint32_t high = usedBytes(loadBytes<kHigh>(from + kLow) ^ highSpaces);
    const uint32_t size = high > 0 ? kLow + high : low;
    uint64_t words[2] = {translateWord<kLow>(page, from), translateWord<kHigh>(page, from + kLow)};
    if (((words[0] | words[1]) & 0x8080808080808080ull) != 0) [[unlikely]] {
      const auto length = static_cast<uint32_t>(translate(page, from, size, slot + 4));
      std::memcpy(slot, &length, 4);
      continue;
    }
    words[0] = firstBytes(words[0], size);
    words[1] = firstBytes(words[1], size > 8 ? size - 8 : 0);
    std::memcpy(slot, &size, 4);
    std::memcpy(slot + 4, words, kHigh > 0 ? 16 : 8);
  }
}

template <size_t... Sizes>
constexpr std::array<Run, sizeof...(Sizes)> shortTextRuns(std::index_sequence<Sizes...>) {
  return {runShortText<static_cast<int>(Sizes) + 1>...};
}
constexpr auto kShortTextRuns = shortTextRuns(std::make_index_sequence<16>{});

// Text of any other charset than one byte a character.
void runCharacters(const Block& block, const Op& op, const Leaf& leaf) {
  if (op.target < 0) return;
  size_t stride;
  uint8_t* slots = block.slot(op.target, leaf.width, &stride);
  const Items items = block.items(op, leaf);
  for (size_t index = 0; index < block.count; index++) {
    uint8_t* slot = slots + index * stride;
    const uint8_t* from = items.at(index);
    int32_t length = from == nullptr ? 0 : readText(leaf, block.plan.page, from, slot + 4);
    if (from == nullptr || length < 0) {
      fail(block, op, index, from == nullptr ? status::kShortRecord : status::kBadCharacter);
      length = 0;
    }
    std::memcpy(slot, &length, 4);
    std::memset(slot + 4 + length, 0, leaf.width - 4 - length);
  }
}

Run chooseText(const Leaf& leaf, const Page& page) {
  if (charsetOf(leaf, page) != kSingle) return runCharacters;
  const bool trimsEnd = leaf.has(kTrimEnd) && !leaf.has(kTrimStart);
  const bool isShort = leaf.size <= 16 && leaf.width >= 4 + (leaf.size > 8 ? 16 : 8);
  return trimsEnd && isShort ? kShortTextRuns[leaf.size - 1] : runText;
}

Run chooseNumber(const Leaf& leaf) {
  if (leaf.kind == kFloat) return runFloat;
  if (leaf.has(kWide)) return runWide;
  if (leaf.kind == kPacked && !leaf.has(kNoSignNibble) && leaf.size <= 10) return kPackedRuns[leaf.size - 1];
  const bool plain = !leaf.has(kLeading) && !leaf.has(kSeparate) && !leaf.has(kBlankWhenZero) && !leaf.has(kNational);
  if (leaf.kind == kDisplay && plain && leaf.size <= 18) return kDisplayRuns[leaf.size - 1];
  if (leaf.kind != kBinary) return runSlow;
  switch (leaf.size) {
    case 1:
      return runBinary<uint8_t>;
    case 2:
      return runBinary<uint16_t>;
    case 4:
      return runBinary<uint32_t>;
    case 8:
      return runBinary<uint64_t>;
    default:
      return runSlow;
  }
}

}  // namespace

void decodeRows(const RowPlan& plan, const Records& records, size_t count, const Target& target) {
  std::vector<Run> runs(plan.leaves.size());
  for (size_t leaf = 0; leaf < runs.size(); leaf++) {
    const Leaf& each = plan.leaves[leaf];
    runs[leaf] = each.kind == kText ? chooseText(each, plan.page) : chooseNumber(each);
  }
  const size_t perBlock = std::max<size_t>(1, kBlockBytes / (static_cast<size_t>(plan.recordSize) + plan.rowSize));
  for (size_t first = 0; first < count; first += perBlock) {
    const Block block{plan, records, target, first, std::min(perBlock, count - first)};
    startRows(block);
    for (const Op& op : plan.ops) {
      if (op.code == kOpResolve) {
        resolve(block, op);
      } else {
        runs[op.leaf](block, op, plan.leaves[op.leaf]);
      }
    }
    checkLengths(block);
  }
}

}  // namespace headrace::codec::copybook
