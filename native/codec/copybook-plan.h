// The compiled plan of a record layout, as src/codec/record/row-plan.ts, json-plan.ts, leaf.ts and page-tables.ts draw it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/status.h"

namespace headrace::codec::copybook {

inline constexpr int32_t kOpInts = 8;
inline constexpr int32_t kLeafInts = 8;
inline constexpr int32_t kDigitsMax = 38;
inline constexpr int32_t kSizeOfNumberMax = 40;  // bytes of the longest number: 38 digits and a sign
inline constexpr uint8_t kNoDigit = 0xff;
inline constexpr uint8_t kNegative = 0x80;

enum Kind : int32_t { kText = 1, kDisplay = 2, kPacked = 3, kBinary = 4, kFloat = 5 };

enum Flag : int32_t {
  kSigned = 1,
  kLeading = 2,
  kSeparate = 4,
  kLittleEndian = 8,
  kFullRange = 16,
  kBlankWhenZero = 32,
  kJustified = 64,
  kWide = 128,
  kNoSignNibble = 256,
  kStrictSign = 512,
  kIeee = 1024,
  kNational = 2048,
  kDbcs = 4096,
  kFullRangeRead = 8192,
  kTrimStart = 16384,
  kTrimEnd = 32768,
  kNullable = 65536,
};

inline constexpr int32_t kMaskShift = 6;

struct Leaf {
  int32_t kind, size, digits, scale, flags, item, width, blanks;
  // Of an edited number: where its mask begins, plus 1; it lies above the bits of the policies.
  int32_t mask() const { return blanks >> kMaskShift; }
  bool has(Flag flag) const { return (flags & flag) != 0; }
};

struct Op {
  int32_t code, leaf, source, target, view, item, unused1, unused2;
};

// What a leaf says of bytes that are all spaces, low-values or high-values and hold no number: two bits each in Leaf::blanks.
enum BlankPolicy : int32_t { kBlankRefused = 0, kBlankNull = 1, kBlankZero = 2 };
enum BlankShift : int32_t { kBlankSpaces = 0, kBlankLow = 2, kBlankHigh = 4 };

enum OpCode : int32_t { kOpLeaf = 1, kOpResolve = 2 };

inline constexpr size_t kRowStatus = 0;
inline constexpr size_t kRowFailedOp = 4;
inline constexpr size_t kRowViews = 8;

namespace tables {
inline constexpr size_t kDigits = 0;
inline constexpr size_t kSigns = 256;
inline constexpr size_t kUtf8 = 512;
inline constexpr size_t kJson = 1536;
inline constexpr size_t kSignedBytes = 3584;
inline constexpr size_t kDigitBytes = 3604;
inline constexpr size_t kSpace = 3614;
inline constexpr size_t kPlus = 3615;
inline constexpr size_t kMinus = 3616;
inline constexpr size_t kForm = 3618;
inline constexpr size_t kReverseCount = 3620;
inline constexpr size_t kReverse = 3624;
inline constexpr size_t kSize = 3624 + 1024;
// The double-byte part of a mixed page: 65536 code points by pair, then 65536 pairs by code point; 0 is none.
inline constexpr size_t kPairsSize = 65536 * 2 * 2;
}  // namespace tables

// How the bytes of a text leaf are characters. The first three are also the forms of a page.
enum Charset : int32_t { kSingle = 0, kMixed = 1, kUtf8Text = 2, kDoubleByte = 3, kUtf16 = 4 };

// A code page with its sign dialect, and what is derived from it once.
struct Page {
  std::vector<uint8_t> bytes;
  uint8_t first[256];  // the first byte of a byte's UTF-8; below 0x80 it is the whole of it
  uint8_t plain[256];  // the byte inside a JSON string where it is one byte and needs no escape, else 0
  uint8_t space = 0;
  uint8_t zone = 0;      // 0xf0 on EBCDIC pages, 0x30 on ASCII ones
  uint8_t widthMax = 1;  // bytes of UTF-8 of the widest single byte
  Charset form = kSingle;
  uint16_t points[256];     // code points of the single bytes, in order, `pointCount` of them
  uint8_t pointBytes[256];  // and the byte of each
  int32_t pointCount = 0;
  int16_t ascii[128];           // the byte of an ASCII character, or -1
  std::vector<uint16_t> pairs;  // as tables::kPairsSize says, or empty

  explicit Page(std::span<const uint8_t> source, std::span<const uint8_t> pairs = {});
  const uint8_t* table(size_t offset) const { return bytes.data() + offset; }
  uint16_t pointOfPair(uint8_t high, uint8_t low) const { return pairs[high << 8 | low]; }
  uint16_t pairOf(uint32_t point) const { return point > 0xffff || pairs.empty() ? 0 : pairs[65536 + point]; }
  // The byte of a code point, or -1.
  int32_t byteOf(uint32_t point) const;
  bool isSound() const;
};

inline Charset charsetOf(const Leaf& leaf, const Page& page) {
  if (leaf.has(kNational)) return kUtf16;
  return leaf.has(kDbcs) ? kDoubleByte : page.form;
}

// Records of a batch. Without `starts` they follow each other from `from` on, all of the plan's size.
struct Records {
  const uint8_t* bytes = nullptr;
  size_t from = 0;
  size_t stride = 0;
  const int32_t* starts = nullptr;
  const int32_t* lengths = nullptr;
};

// Where the slots of a plan go: rows, one after the other, or columns, one after the other.
struct Target {
  uint8_t* bytes = nullptr;
  size_t capacity = 0;  // of columns; 0 says rows
};

// The sign nibbles that a packed leaf takes, a bit for each: A, C, E and F are plus, B and D minus; strict leaves C, D and F.
inline uint16_t signNibblesOf(const Leaf& leaf) {
  constexpr uint16_t kTaken[] = {0xd400, 0xfc00, 0x9000, 0xb000};
  return kTaken[(leaf.has(kSigned) ? 1 : 0) + (leaf.has(kStrictSign) ? 2 : 0)];
}

// Whether each leaf's sizes fit each other, and its text the page.
bool areLeavesSound(const std::vector<Leaf>& leaves, const Page& page);

struct RowPlan {
  int32_t recordSize, rowSize, viewCount;
  std::vector<Op> ops;
  std::vector<Leaf> leaves;
  std::vector<int32_t> viewParents;
  std::vector<uint8_t> recordTemplate;
  Page page;

  // Whether every offset lies inside the record and the row: a plan that does not is refused when it is opened.
  bool isSound() const;
};

// A test of an item's value against lists and ranges: see src/codec/record/value-tests.ts.
struct ValueTest {
  int32_t leaf, size, first, count;
};

struct Alternative {
  int32_t kind;
  int32_t low[4], high[4];  // of numbers; of bytes the offsets low[0] and low[1] in JsonPlan::testBytes
  int32_t unused[3];
};

enum AlternativeKind : int32_t { kBytes = 1, kNumber = 2 };

struct JsonPlan {
  int32_t recordSize, textSizeMax, registerCount, flagCount, nullsMax;
  std::vector<Op> ops;
  std::vector<Leaf> leaves;
  std::vector<uint8_t> literals;
  std::vector<ValueTest> tests;
  std::vector<Alternative> alternatives;
  std::vector<uint8_t> testBytes;
  Page page;

  bool isSound() const;
};

bool areTestsSound(const JsonPlan& plan);

// Whether the item at `offset` of a record of `length` bytes has one of the values of a test.
bool holds(const JsonPlan& plan, const ValueTest& test, const uint8_t* record, int64_t offset, int64_t length);

void decodeRows(const RowPlan& plan, const Records& records, size_t count, const Target& target);

// Encodes rows to records; returns how many are good.
size_t encodeRows(const RowPlan& plan, uint8_t* rows, size_t count, uint8_t* out);

struct Refused {
  int32_t index, item, source, status;  // a status below 0: the value is null and the record written
};

struct JsonBatch {
  size_t records = 0, length = 0, refusals = 0;
};

struct JsonTarget {
  uint8_t* out;
  size_t size;
  Refused* refused;
  size_t refusedMax;
};

// Writes records [from, count) as lines until the target may not hold the next one or a further refusal.
JsonBatch writeJson(const JsonPlan& plan, const Records& records, size_t from, size_t count, bool exact,
                    const JsonTarget& target);

}  // namespace headrace::codec::copybook
