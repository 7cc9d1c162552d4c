// The record codec without Node: kernels against the digit-by-digit reader, and plans that must be refused.
#include <cstring>
#include <random>
#include <string>

#include "codec/copybook-edit.h"
#include "codec/copybook-float.h"
#include "codec/copybook-kernels.h"
#include "codec/copybook-number.h"
#include "codec/copybook-plan.h"
#include "test/check.h"
#include "test/text-page.h"

using namespace headrace::codec::copybook;
namespace status = headrace::status;

namespace {

// A page whose characters are those of ASCII; overpunch as GnuCOBOL writes it, or for EBCDIC digits by zone.
std::vector<uint8_t> makeTables(bool ebcdic) {
  std::vector<uint8_t> bytes(tables::kSize);
  std::memset(bytes.data(), kNoDigit, 512);
  const uint8_t zone = ebcdic ? 0xf0 : 0x30;
  for (uint8_t digit = 0; digit < 10; digit++) {
    bytes[tables::kDigits + zone + digit] = digit;
    bytes[tables::kSigns + zone + digit] = digit;
    const uint8_t plus = ebcdic ? 0xc0 + digit : 0x30 + digit;
    const uint8_t minus = ebcdic ? 0xd0 + digit : 0x70 + digit;
    bytes[tables::kSigns + plus] = digit;
    bytes[tables::kSigns + minus] = digit | kNegative;
    bytes[tables::kDigitBytes + digit] = zone + digit;
    bytes[tables::kSignedBytes + digit] = plus;
    bytes[tables::kSignedBytes + 10 + digit] = minus;
  }
  for (int byte = 0; byte < 256; byte++) {
    bytes[tables::kUtf8 + byte * 4] = 1;
    bytes[tables::kUtf8 + byte * 4 + 1] = byte & 0x7f;
    bytes[tables::kJson + byte * 8] = 1;
    bytes[tables::kJson + byte * 8 + 1] = byte & 0x7f;
    const uint16_t pair[2] = {static_cast<uint16_t>(byte), static_cast<uint16_t>(byte)};
    std::memcpy(bytes.data() + tables::kReverse + byte * 4, pair, 4);
  }
  const uint16_t count = 256;
  std::memcpy(bytes.data() + tables::kReverseCount, &count, 2);
  bytes[tables::kSpace] = ebcdic ? 0x40 : 0x20;
  bytes[tables::kPlus] = ebcdic ? 0x4e : 0x2b;
  bytes[tables::kMinus] = ebcdic ? 0x60 : 0x2d;
  return bytes;
}

RowPlan planOf(Leaf leaf, bool ebcdic) {
  leaf.width = leaf.has(kWide) ? 16 : 8;
  return RowPlan{leaf.size,
                 8 + leaf.width,
                 0,
                 {{kOpLeaf, 0, 0, 8, -1, 0, 0, 0}},
                 {leaf},
                 {},
                 std::vector<uint8_t>(leaf.size),
                 Page(makeTables(ebcdic))};
}

std::mt19937 random_{20260101};
uint32_t below(uint32_t bound) { return random_() % bound; }

Leaf randomLeaf() {
  Leaf leaf{};
  leaf.kind = kDisplay + static_cast<int32_t>(below(3));
  leaf.digits = 1 + static_cast<int32_t>(below(below(3) == 0 ? 38 : 18));
  leaf.flags = below(2) == 0 ? kSigned : 0;
  if (leaf.kind == kDisplay) {
    leaf.size = leaf.digits;
    if (below(4) == 0) leaf.flags |= kBlankWhenZero;
    if (leaf.has(kSigned) && below(3) == 0) leaf.flags |= kLeading;
    const bool national = below(3) == 0;
    if (leaf.has(kSigned) && (national || below(3) == 0)) leaf.flags |= kSeparate, leaf.size++;
    if (national) leaf.flags |= kNational, leaf.size *= 2;
  } else if (leaf.kind == kPacked) {
    if (below(3) == 0) leaf.flags |= kStrictSign;
    if (below(4) == 0) leaf.flags = kNoSignNibble;
    leaf.size = leaf.has(kNoSignNibble) ? (leaf.digits + 1) / 2 : leaf.digits / 2 + 1;
  } else {
    leaf.size = leaf.digits <= 4 ? 2 : leaf.digits <= 9 ? 4 : leaf.digits <= 18 ? 8 : 16;
    if (below(2) == 0) leaf.flags |= kLittleEndian;
    if (below(3) == 0 && leaf.digits <= 18) leaf.flags |= below(2) == 0 ? kFullRange : kFullRangeRead;
  }
  const bool isFull = leaf.has(kFullRange) || leaf.has(kFullRangeRead);
  const bool fullUnsigned = leaf.kind == kBinary && isFull && !leaf.has(kSigned) && leaf.size == 8;
  if (leaf.digits > 18 || fullUnsigned) leaf.flags |= kWide;
  return leaf;
}

// A canonical field, then perhaps some bytes of it changed.
std::vector<uint8_t> randomField(const Leaf& leaf, const Page& page) {
  std::vector<uint8_t> field(leaf.size);
  Digits digits;
  digits.count = leaf.digits;
  for (int32_t index = 0; index < leaf.digits; index++) digits.digits[index] = below(10);
  digits.negative = leaf.has(kSigned) && below(2) == 0;
  writeNumber(leaf, page, digits, field.data());
  for (uint32_t change = below(3); change > 0; change--) field[below(leaf.size)] = below(256);
  return field;
}

void testKernelsAgree() {
  for (int round = 0; round < 200000; round++) {
    const bool ebcdic = below(2) == 0;
    const RowPlan plan = planOf(randomLeaf(), ebcdic);
    CHECK(plan.isSound());
    const Leaf& leaf = plan.leaves[0];
    const std::vector<uint8_t> field = randomField(leaf, plan.page);
    std::vector<uint8_t> row(plan.rowSize, 0xee);
    decodeRows(plan, {field.data(), 0, field.size(), nullptr, nullptr}, 1, {row.data(), 0});
    Digits digits;
    const int32_t expected = readNumber(leaf, plan.page, field.data(), digits);
    int32_t found;
    std::memcpy(&found, row.data() + kRowStatus, 4);
    CHECK(found == expected);
    const __int128 value = expected == status::kOk ? digits.value() : 0;
    CHECK(std::memcmp(row.data() + 8, &value, leaf.has(kWide) ? 16 : 8) == 0);
    if (expected != status::kOk) continue;
    // What was read is written again, and read as the same value.
    std::vector<uint8_t> again(leaf.size);
    const bool fits = encodeRows(plan, row.data(), 1, again.data()) == 1;
    CHECK(fits || leaf.has(kFullRangeRead));
    if (!fits) continue;
    Digits second;
    CHECK(readNumber(leaf, plan.page, again.data(), second) == status::kOk);
    CHECK(second.value() == digits.value());
  }
}

// The literal of a float is written as the same number again, at both ends of the range and between.
void testFloatLiterals() {
  for (int round = 0; round < 200000; round++) {
    Leaf leaf{};
    leaf.kind = kFloat;
    leaf.size = below(2) == 0 ? 4 : 8;
    leaf.flags = below(2) == 0 ? 0 : below(2) == 0 ? kIeee : kIeee | kLittleEndian;
    uint8_t bytes[8], again[8];
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(below(4) == 0 ? 0 : random_());
    uint8_t text[kFloatTextMax];
    int32_t length = 0;
    double value = 0, second = 0;
    const int32_t expected = readFloatDouble(leaf, bytes, &value);
    CHECK(readFloatText(leaf, bytes, text, &length) == expected);
    if (expected != status::kOk) continue;
    CHECK(length <= kFloatTextMax);
    const std::string_view literal(reinterpret_cast<char*>(text), length);
    CHECK(writeFloatText(leaf, literal, again) == status::kOk);
    CHECK(readFloatDouble(leaf, again, &second) == status::kOk && second == value);
    uint8_t twice[kFloatTextMax];
    int32_t twiceLength = 0;
    CHECK(readFloatText(leaf, again, twice, &twiceLength) == status::kOk);
    CHECK(std::string_view(reinterpret_cast<char*>(twice), twiceLength) == literal);
    const bool isExact = leaf.size == 4 || leaf.has(kIeee);
    CHECK(writeFloatDouble(leaf, value, again) == status::kOk);
    CHECK(!isExact || (readFloatDouble(leaf, again, &second) == status::kOk && second == value));
  }
  Leaf leaf{};
  leaf.kind = kFloat;
  leaf.size = 8;
  uint8_t bytes[8];
  for (const std::string_view bad : {"", "-", ".", "1e", "1e+", "x", "1x", "1e1x", "--1", "1 "}) {
    CHECK(writeFloatText(leaf, bad, bytes) == status::kBadNumber);
  }
  for (const std::string_view large : {"1e76", "1e999999999999999999999", "9e75"}) {
    CHECK(writeFloatText(leaf, large, bytes) == status::kDigitsOverflow);
  }
}

// A number as a picture shows it: the mask's currency sign is $, its decimal point the point.
std::string edited(std::string_view symbols, int32_t digits, int32_t scale, int64_t value) {
  std::vector<uint8_t> masks(8);
  const auto length = static_cast<uint32_t>(symbols.size());
  std::memcpy(masks.data(), &length, 4);
  masks[4] = '$';
  masks.insert(masks.end(), symbols.begin(), symbols.end());
  Leaf leaf{};
  leaf.kind = kText;
  leaf.digits = digits;
  leaf.scale = scale;
  leaf.blanks = 1 << kMaskShift;
  CHECK(areMasksSound({leaf}, masks));
  CHECK(!areMasksSound({leaf}, std::span(masks).first(masks.size() - 1)));
  Digits number;
  number.set(value);
  std::vector<uint16_t> points;
  if (const int32_t code = editNumber(leaf, masks, number, points); code != status::kOk) return std::to_string(code);
  return {points.begin(), points.end()};
}

// Enterprise COBOL Language Reference, PICTURE clause editing: its tables of examples.
void testEditedNumbers() {
  CHECK(edited("ZZZZ.ZZ", 6, 2, 0) == "       ");
  CHECK(edited("****.**", 6, 2, 0) == "****.**");
  CHECK(edited("ZZZZ.99", 6, 2, 0) == "    .00");
  CHECK(edited("ZZ99.99", 6, 2, 0) == "  00.00");
  CHECK(edited("Z,ZZZ.ZZ+", 6, 2, 12345) == "  123.45+");
  CHECK(edited("*,***.**+", 6, 2, -12345) == "**123.45-");
  CHECK(edited("**,***,***.**", 10, 2, 1234567890) == "12,345,678.90");
  CHECK(edited("$Z,ZZZ,ZZZ.ZZCR", 9, 2, 1234567) == "$   12,345.67  ");
  CHECK(edited("$B*,***,***.**BBDB", 9, 2, -1234567) == "$ ***12,345.67  DB");
  CHECK(edited("$$$9.99", 5, 2, 12) == "  $0.12");
  CHECK(edited("++,+++,999.99", 9, 2, -12345678) == "  -123,456.78");
  CHECK(edited("-9.9", 2, 1, -15) == "-1.5");
  CHECK(edited("9.9", 2, 1, -15) == std::to_string(status::kBadSign));
  CHECK(edited("9.9", 2, 1, 100) == std::to_string(status::kDigitsOverflow));
}

// Bytes that mean something in one charset or another.
std::vector<uint8_t> randomText(int32_t size) {
  static constexpr uint8_t kBytes[] = {0x00, 0x0e, 0x0f, 0x20, 0x40, 0x41, 0x57, 0x80,
                                       0xc3, 0xd8, 0xde, 0xe2, 0xf0, 0xfe, 0xff};
  std::vector<uint8_t> field(size);
  for (int32_t at = 0; at < size; at++) {
    field[at] = below(2) == 0 ? kBytes[below(sizeof(kBytes))] : static_cast<uint8_t>(0x41 + below(0x40));
    if (below(6) != 0 || at + 4 > size) continue;
    const uint8_t run[] = {0x0e, static_cast<uint8_t>(0x41 + below(190)), static_cast<uint8_t>(0x41 + below(190)),
                           0x0f};
    std::memcpy(field.data() + at, run, 4);
    at += 3;
  }
  return field;
}

void testTextIsKept() {
  for (const Charset form : {kSingle, kMixed, kUtf8Text}) {
    const Page page = headrace::test::textPage(form);
    CHECK(page.isSound());
    for (int round = 0; round < 60000; round++) {
      const Charset charset = below(2) == 0 ? form : below(2) == 0 ? kUtf16 : kDoubleByte;
      const Leaf leaf =
          headrace::test::textLeaf(charset, 2 + static_cast<int32_t>(below(12)), static_cast<int32_t>(random_()));
      CHECK(areLeavesSound({leaf}, page));
      CHECK(headrace::test::keepsText(leaf, page, randomText(leaf.size)));
      // Any bytes as UTF-8: a status, and no byte beyond the leaf.
      const std::vector<uint8_t> text = randomText(static_cast<int32_t>(below(20)));
      std::vector<uint8_t> field(leaf.size);
      writeText(leaf, page, text.data(), static_cast<uint32_t>(text.size()), field.data());
    }
  }
}

void testUnsoundTextIsRefused() {
  const Page single(makeTables(true));
  Leaf leaf = headrace::test::textLeaf(kDoubleByte, 4, 0);
  CHECK(!areLeavesSound({leaf}, single));
  const Page mixed = headrace::test::textPage(kMixed);
  CHECK(areLeavesSound({leaf}, mixed));
  leaf.size = 3;
  CHECK(!areLeavesSound({leaf}, mixed));
  leaf = headrace::test::textLeaf(kMixed, 20, 0);
  leaf.width = 48;
  CHECK(!areLeavesSound({leaf}, mixed));
  std::vector<uint8_t> tables = makeTables(true);
  tables[tables::kForm] = kMixed;
  CHECK(!Page(tables).isSound());
  tables[tables::kForm] = 7;
  CHECK(!Page(tables).isSound());
}

void testUnsoundPlansAreRefused() {
  Leaf leaf{kPacked, 3, 5, 0, kSigned, 0, 8, 0};
  CHECK(planOf(leaf, true).isSound());
  const auto refuses = [&](auto change) {
    RowPlan plan = planOf(leaf, true);
    change(plan);
    CHECK(!plan.isSound());
  };
  refuses([](RowPlan& plan) { plan.ops[0].source = 1; });
  refuses([](RowPlan& plan) { plan.ops[0].source = -1; });
  refuses([](RowPlan& plan) { plan.ops[0].target = 16; });
  refuses([](RowPlan& plan) { plan.ops[0].target = 4; });
  refuses([](RowPlan& plan) { plan.ops[0].leaf = 1; });
  refuses([](RowPlan& plan) { plan.ops[0].view = 0; });
  refuses([](RowPlan& plan) { plan.ops[0].code = 9; });
  refuses([](RowPlan& plan) { plan.leaves[0].size = 30; });
  refuses([](RowPlan& plan) { plan.leaves[0].digits = 39; });
  refuses([](RowPlan& plan) { plan.leaves[0].kind = 0; });
}

}  // namespace

int main() {
  testKernelsAgree();
  testFloatLiterals();
  testEditedNumbers();
  testTextIsKept();
  testUnsoundTextIsRefused();
  testUnsoundPlansAreRefused();
  return 0;
}
