#include "codec/copybook-plan.h"

#include <cstring>

namespace headrace::codec::copybook {

Page::Page(std::span<const uint8_t> source) : bytes(source.begin(), source.end()) {
  bytes.resize(tables::kSize);
  for (size_t byte = 0; byte < 256; byte++) {
    const uint8_t* utf8 = table(tables::kUtf8) + byte * 4;
    const uint8_t* json = table(tables::kJson) + byte * 8;
    first[byte] = utf8[1];
    plain[byte] = json[0] == 1 ? json[1] : 0;
  }
  space = bytes[tables::kSpace];
  zone = bytes[tables::kDigitBytes];
}

namespace {

bool isLeafSound(const Leaf& leaf) {
  if (leaf.size < 1 || leaf.width < 8) return false;
  switch (leaf.kind) {
    case kText:
      return int64_t{leaf.width} >= 4 + int64_t{leaf.size} * 2;
    case kDisplay:
      if (leaf.has(kNational) && leaf.has(kSigned) && !leaf.has(kSeparate)) return false;
      return leaf.digits >= 1 && leaf.digits <= kDigitsMax &&
             leaf.size == (leaf.digits + (leaf.has(kSeparate) ? 1 : 0)) * (leaf.has(kNational) ? 2 : 1);
    case kPacked: {
      const int32_t nibbles = leaf.size * 2 - (leaf.has(kNoSignNibble) ? 0 : 1);
      return leaf.digits >= 1 && leaf.digits <= kDigitsMax && nibbles >= leaf.digits && nibbles <= leaf.digits + 1;
    }
    case kBinary:
      return leaf.size <= 16 && leaf.digits >= 1 && leaf.digits <= kDigitsMax;
    case kFloat:
      return leaf.size == 4 || leaf.size == 8;
    default:
      return false;
  }
}

}  // namespace

bool areLeavesSound(const std::vector<Leaf>& leaves) {
  for (const Leaf& leaf : leaves) {
    if (!isLeafSound(leaf)) return false;
    if (leaf.kind != kText && leaf.width != (leaf.has(kWide) ? 16 : 8)) return false;
  }
  return true;
}

namespace {

bool isWithin(int64_t from, int64_t size, int64_t whole) { return from >= 0 && size >= 0 && from + size <= whole; }

}  // namespace

bool RowPlan::isSound() const {
  if (recordSize < 1 || rowSize < 8 || rowSize % 8 != 0 || viewCount < 0) return false;
  if (viewParents.size() != static_cast<size_t>(viewCount) || !areLeavesSound(leaves)) return false;
  if (!isWithin(kRowViews, (viewCount + 7) & ~7, rowSize)) return false;
  for (int32_t view = 0; view < viewCount; view++) {
    if (viewParents[view] < -1 || viewParents[view] >= view) return false;
  }
  for (const Op& op : ops) {
    if (op.view < -1 || op.view >= viewCount) return false;
    if (op.code == kOpResolve) {
      if (!isWithin(op.leaf, op.target, viewCount)) return false;
      continue;
    }
    if (op.code != kOpLeaf || !isWithin(op.leaf, 1, static_cast<int64_t>(leaves.size()))) return false;
    const Leaf& leaf = leaves[op.leaf];
    if (!isWithin(op.source, leaf.size, recordSize)) return false;
    if (op.target != -1 && (op.target % 8 != 0 || !isWithin(op.target, leaf.width, rowSize))) return false;
  }
  return true;
}

}  // namespace headrace::codec::copybook
