// Any bytes as one number of any shape: the kernel and the digit-by-digit reader agree, and nothing is read past the field.
#include <cstdlib>
#include <cstring>

#include "codec/copybook-edit.h"
#include "codec/copybook-float.h"
#include "codec/copybook-json-op.h"
#include "codec/copybook-number.h"
#include "codec/copybook-plan.h"
#include "test/text-page.h"

using namespace headrace::codec::copybook;

namespace {

// Any bytes as a float, its literal, and any bytes as a literal.
void runFloat(const uint8_t* data, size_t size) {
  Leaf leaf{};
  leaf.kind = kFloat;
  leaf.size = (data[0] & 1) != 0 ? 4 : 8;
  leaf.flags = ((data[0] & 2) != 0 ? kIeee : 0) | ((data[0] & 6) == 6 ? kLittleEndian : 0);
  std::vector<uint8_t> field(leaf.size);
  writeFloatText(leaf, {reinterpret_cast<const char*>(data + 1), size - 1}, field.data());
  if (size < 1 + field.size()) return;
  std::memcpy(field.data(), data + 1, field.size());
  uint8_t text[kFloatTextMax], again[kFloatTextMax];
  int32_t length = 0, second = 0;
  if (readFloatText(leaf, field.data(), text, &length) != headrace::status::kOk) return;
  const std::string_view literal(reinterpret_cast<char*>(text), length);
  if (writeFloatText(leaf, literal, field.data()) != headrace::status::kOk) std::abort();
  if (readFloatText(leaf, field.data(), again, &second) != headrace::status::kOk) std::abort();
  if (std::string_view(reinterpret_cast<char*>(again), second) != literal) std::abort();
}

// Any mask with any number: as many characters as the mask has, and no read beyond it.
void runEdit(const uint8_t* data, size_t size) {
  static constexpr char kSymbols[] = "9Z*+-$,./B0CRD";
  if (size < 4) return;
  Leaf leaf{};
  leaf.kind = kText;
  leaf.digits = data[0] % (kDigitsMax + 1);
  leaf.scale = data[1] % 44 - 3;
  leaf.blanks = 1 << kMaskShift;
  Digits number;
  number.negative = (data[2] & 1) != 0;
  number.count = std::min<int32_t>(data[3] % 40, static_cast<int32_t>(size) - 4);
  for (int32_t index = 0; index < number.count; index++) number.digits[index] = data[4 + index] % 10;
  std::vector<uint8_t> masks(8);
  for (size_t at = 4 + number.count; at < size && at < 200; at++) masks.push_back(kSymbols[data[at] % 14]);
  const auto length = static_cast<uint32_t>(masks.size() - 8);
  std::memcpy(masks.data(), &length, 4);
  masks[6] = data[2] >> 1 & 3;
  if (!areMasksSound({leaf}, masks)) return;
  std::vector<uint16_t> points;
  if (editNumber(leaf, masks, number, points) == headrace::status::kOk && points.size() != length) std::abort();
}

// Any bytes as text of any charset, and as UTF-8 to be written.
void runText(const uint8_t* data, size_t size) {
  using headrace::test::textPage;
  static const Page kPages[] = {textPage(kSingle), textPage(kMixed), textPage(kUtf8Text)};
  if (size < 5) return;
  const Page& page = kPages[data[0] % 3];
  const Charset charset = data[0] < 128 ? page.form : data[0] < 192 ? kUtf16 : kDoubleByte;
  const auto length = static_cast<int32_t>(size - 3);
  const Leaf leaf = headrace::test::textLeaf(charset, length, data[1] << 14 | data[2]);
  const std::vector<uint8_t> field(data + 3, data + 3 + leaf.size);
  if (!headrace::test::keepsText(leaf, page, field)) std::abort();
  std::vector<uint8_t> written(leaf.size);
  const std::vector<uint8_t> text(data + 3, data + size);
  writeText(leaf, page, text.data(), static_cast<uint32_t>(text.size()), written.data());
}

// An operation of eight bytes; those that jump do so to whole operations.
Op operationOf(const uint8_t* data) {
  const auto at = [&](int32_t index) { return static_cast<int32_t>(static_cast<int8_t>(data[index])); };
  const int32_t code = 1 + data[0] % 17;
  const bool jumps = code == kNext || code == kView || code == kViewEnd;
  const JsonOp op{
      code, at(1) * (jumps ? kOpInts : 1), at(2) * (code == kLabel ? kOpInts : 1), at(3), at(4), at(5) * kOpInts, at(6),
      at(7)};
  Op out;
  std::memcpy(&out, &op, sizeof(out));
  return out;
}

// Any operations as a plan: what is not refused stays inside its record and the room it says it needs.
void runPlan(const uint8_t* data, size_t size) {
  constexpr size_t kRecord = 12;
  constexpr int32_t kTextMax = 4096;
  if (size < kRecord + 8) return;
  using headrace::test::textPage;
  Leaf digit{};
  digit.kind = kDisplay;
  digit.size = digit.digits = 1;
  digit.width = 8;
  digit.flags = data[0] % 2 == 0 ? kNullable : 0;
  JsonPlan plan{kRecord,
                kTextMax,
                1,
                4,
                2,
                {},
                {headrace::test::textLeaf(kSingle, 2, 0), digit},
                std::vector<uint8_t>(64, '.'),
                {{1, 1, 0, 1}},
                {{kNumber, {1, 0, 0, 0}, {5, 0, 0, 0}, {0, 0, 0}}},
                {},
                textPage(kSingle)};
  plan.ops.push_back({kLiteral, 0, 1, 0, 0, 0, 0, 0});
  for (size_t at = kRecord; at + 8 <= size; at += 8) plan.ops.push_back(operationOf(data + at));
  plan.ops.push_back({kEnd, 0, 0, 0, 0, 0, 0, 0});
  if (!plan.isSound()) return;
  const std::vector<uint8_t> record(data, data + kRecord);
  std::vector<uint8_t> out(kTextMax);
  std::vector<Refused> refused(8);
  const int32_t start = 0, length = kRecord;
  writeJson(plan, {record.data(), 0, 0, &start, &length}, 0, 1, false, {out.data(), out.size(), refused.data(), 8});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 5) return 0;
  if (data[0] >= 0xc0 && data[0] < 0xd0) {
    runPlan(data + 1, size - 1);
    return 0;
  }
  if (data[0] >= 0xd0 && data[0] < 0xe0) {
    runText(data + 1, size - 1);
    return 0;
  }
  if (data[0] >= 0xe0 && data[0] < 0xf0) {
    runEdit(data + 1, size - 1);
    return 0;
  }
  if (data[0] >= 0xf0) {
    runFloat(data + 1, size - 1);
    return 0;
  }
  Leaf leaf{};
  leaf.kind = kDisplay + data[0] % 3;
  leaf.digits = 1 + data[1] % kDigitsMax;
  leaf.flags = (data[2] | data[3] << 8) & (kSigned | kLeading | kSeparate | kLittleEndian | kFullRange |
                                           kBlankWhenZero | kStrictSign | kNational | kFullRangeRead);
  if (leaf.kind != kDisplay) leaf.flags &= ~kNational;
  if (leaf.has(kNational) && leaf.has(kSigned)) leaf.flags |= kSeparate;
  leaf.blanks = data[0] % 61;
  const int32_t packed = leaf.digits / 2 + 1;
  const int32_t display = (leaf.digits + (leaf.has(kSeparate) ? 1 : 0)) * (leaf.has(kNational) ? 2 : 1);
  const int32_t binary = leaf.digits <= 4 ? 2 : leaf.digits <= 9 ? 4 : leaf.digits <= 18 ? 8 : 16;
  leaf.size = leaf.kind == kDisplay ? display : leaf.kind == kPacked ? packed : binary;
  const bool fullUnsigned =
      leaf.kind == kBinary && (leaf.flags & (kFullRange | kFullRangeRead)) != 0 && !leaf.has(kSigned) && leaf.size == 8;
  const bool isWide = leaf.digits > 18 || fullUnsigned;
  if (isWide) leaf.flags |= kWide;
  leaf.width = isWide ? 16 : 8;
  if (size < 4 + static_cast<size_t>(leaf.size)) return 0;
  std::vector<uint8_t> tables(tables::kSize);
  std::memset(tables.data(), kNoDigit, 512);
  for (uint8_t digit = 0; digit < 10; digit++) {
    tables[tables::kDigits + 0xf0 + digit] = tables[tables::kSigns + 0xf0 + digit] =
        tables[tables::kSigns + 0xc0 + digit] = digit;
    tables[tables::kSigns + 0xd0 + digit] = digit | kNegative;
    tables[tables::kDigitBytes + digit] = 0xf0 + digit;
  }
  const RowPlan plan{
      leaf.size,   8 + leaf.width, 0, {{kOpLeaf, 0, 0, 8, -1, 0, 0, 0}}, {leaf}, {}, std::vector<uint8_t>(leaf.size),
      Page(tables)};
  if (!plan.isSound()) return 0;
  // A copy of exactly the field's size: a sanitizer sees a read beyond it.
  const std::vector<uint8_t> field(data + 4, data + 4 + leaf.size);
  std::vector<uint8_t> row(plan.rowSize);
  decodeRows(plan, {field.data(), 0, field.size(), nullptr, nullptr}, 1, {row.data(), 0});
  Digits digits;
  const int32_t expected = readNumber(leaf, plan.page, field.data(), digits);
  const __int128 value = expected == headrace::status::kOk ? digits.value() : 0;
  int32_t found;
  std::memcpy(&found, row.data(), 4);
  if (found != expected || std::memcmp(row.data() + 8, &value, leaf.width) != 0) std::abort();
  return 0;
}
