#include "codec/copybook-plan.h"

#include <algorithm>
#include <cstring>

namespace headrace::codec::copybook {

Page::Page(std::span<const uint8_t> source, std::span<const uint8_t> pairSource) : bytes(source.begin(), source.end()) {
  bytes.resize(tables::kSize);
  for (size_t byte = 0; byte < 256; byte++) {
    uint8_t* utf8 = bytes.data() + tables::kUtf8 + byte * 4;
    uint8_t* json = bytes.data() + tables::kJson + byte * 8;
    utf8[0] = std::min<uint8_t>(utf8[0], 3);
    json[0] = std::min<uint8_t>(json[0], 7);
    first[byte] = utf8[1];
    plain[byte] = json[0] == 1 ? json[1] : 0;
    widthMax = std::max(widthMax, utf8[0]);
  }
  space = bytes[tables::kSpace];
  zone = bytes[tables::kDigitBytes];
  form = static_cast<Charset>(bytes[tables::kForm]);
  uint16_t count;
  std::memcpy(&count, table(tables::kReverseCount), 2);
  pointCount = std::min<int32_t>(count, 256);
  std::fill(std::begin(ascii), std::end(ascii), -1);
  for (int32_t index = 0; index < pointCount; index++) {
    uint16_t pair[2];
    std::memcpy(pair, table(tables::kReverse) + index * 4, 4);
    points[index] = pair[0];
    pointBytes[index] = static_cast<uint8_t>(pair[1]);
    if (pair[0] < 0x80) ascii[pair[0]] = pointBytes[index];
  }
  pairs.resize(pairSource.size() / 2);
  if (!pairs.empty()) std::memcpy(pairs.data(), pairSource.data(), pairs.size() * 2);
}

int32_t Page::byteOf(uint32_t point) const {
  if (point < 0x80) return ascii[point];
  const uint16_t* end = points + pointCount;
  const uint16_t* found = point > 0xffff ? end : std::lower_bound(points, end, point);
  return found == end || *found != point ? -1 : pointBytes[found - points];
}

bool Page::isSound() const {
  const bool hasPairs = pairs.size() * 2 == tables::kPairsSize;
  return form <= kUtf8Text && (hasPairs || (pairs.empty() && form != kMixed));
}

namespace {

// Three bytes of UTF-8 for a character of two are less than two a byte; four for a surrogate pair are one.
bool isTextSound(const Leaf& leaf, const Page& page) {
  const Charset charset = charsetOf(leaf, page);
  if (charset >= kDoubleByte && leaf.size % 2 != 0) return false;
  if (charset == kDoubleByte && page.pairs.empty()) return false;
  const int64_t each = charset >= kDoubleByte                   ? 2
                       : charset == kUtf8Text                   ? 1
                       : charset == kMixed && page.widthMax < 2 ? 2
                                                                : page.widthMax;
  return leaf.width >= 4 + leaf.size * each;
}

// P may put the point outside the digits, by no more than a number has of them.
constexpr int32_t kScaleMax = kDigitsMax + 2;

// Checked against the powers of ten that an int64 holds.
bool isNarrow(const Leaf& leaf) { return !leaf.has(kWide) && (leaf.flags & (kFullRange | kFullRangeRead)) == 0; }

bool isLeafSound(const Leaf& leaf, const Page& page) {
  if (leaf.size < 1 || leaf.width < 8 || leaf.scale < -kScaleMax || leaf.scale > kScaleMax) return false;
  switch (leaf.kind) {
    case kText:
      return isTextSound(leaf, page);
    case kDisplay:
      if (leaf.has(kNational) && leaf.has(kSigned) && !leaf.has(kSeparate)) return false;
      return leaf.digits >= 1 && leaf.digits <= kDigitsMax &&
             leaf.size == (leaf.digits + (leaf.has(kSeparate) ? 1 : 0)) * (leaf.has(kNational) ? 2 : 1);
    case kPacked: {
      const int32_t nibbles = leaf.size * 2 - (leaf.has(kNoSignNibble) ? 0 : 1);
      return leaf.digits >= 1 && leaf.digits <= kDigitsMax && nibbles >= leaf.digits && nibbles <= leaf.digits + 1;
    }
    case kBinary:
      return leaf.size <= 16 && leaf.digits >= 1 && leaf.digits <= (isNarrow(leaf) ? 18 : kDigitsMax);
    case kFloat:
      return leaf.size == 4 || leaf.size == 8;
    default:
      return false;
  }
}

}  // namespace

bool areLeavesSound(const std::vector<Leaf>& leaves, const Page& page) {
  if (!page.isSound()) return false;
  for (const Leaf& leaf : leaves) {
    if (!isLeafSound(leaf, page)) return false;
    if (leaf.kind != kText && leaf.width != (leaf.has(kWide) ? 16 : 8)) return false;
  }
  return true;
}

namespace {

bool isWithin(int64_t from, int64_t size, int64_t whole) { return from >= 0 && size >= 0 && from + size <= whole; }

}  // namespace

bool RowPlan::isSound() const {
  if (recordSize < 1 || rowSize < 8 || rowSize % 8 != 0 || viewCount < 0) return false;
  if (viewParents.size() != static_cast<size_t>(viewCount) || !areLeavesSound(leaves, page)) return false;
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
