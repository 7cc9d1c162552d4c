// Records to JSON lines by a JSON plan. The twin, with the meaning of each operation, is src/codec/record/json-twin.ts and
// json-plan.ts.
#include <algorithm>
#include <cstring>

#include "codec/copybook-float.h"
#include "codec/copybook-json-op.h"
#include "codec/copybook-kernels.h"
#include "codec/copybook-number.h"
#include "codec/copybook-plan.h"
#include "codec/copybook-text.h"

namespace headrace::codec::copybook {

namespace {

// Digits of a number on their way, and room behind them for copies in steps.
constexpr int32_t kTextSize = 128;

// The two ASCII digits of each packed byte.
constexpr std::array<uint16_t, 256> kPairText = [] {
  std::array<uint16_t, 256> pairs{};
  for (int byte = 0; byte < 256; byte++) {
    pairs[byte] = static_cast<uint16_t>(('0' + (byte >> 4)) | ('0' + (byte & 15)) << 8);
  }
  return pairs;
}();

class JsonWriter {
 public:
  explicit JsonWriter(const JsonPlan& plan)
      : plan_(plan),
        ops_(reinterpret_cast<const JsonOp*>(plan.ops.data())),
        registers_(plan.registerCount + 1),
        flags_(plan.flagCount + 1) {
    nulls.reserve(plan.nullsMax);
  }

  // Writes one record; null, with `refused` filled, when it is bad.
  uint8_t* write(const uint8_t* record, int64_t length, bool exact, uint8_t* out) {
    record_ = record;
    length_ = length;
    out_ = out;
    base_ = 0;
    savedBase_ = 0;
    loops_ = sets_ = views_ = pickedViews_ = 0;
    std::fill(registers_.begin(), registers_.end(), kUnset);
    nulls.clear();
    if (!run()) {
      // A record that is refused behind a null is refused for what was null first.
      if (!nulls.empty()) refuse(nulls[0].item, nulls[0].source, -nulls[0].status);
      return nullptr;
    }
    const int64_t used = plan_.recordSize + base_;
    if (exact && used < length) return refuse(0, 0, status::kBadRecordLength);
    if (used > length && nulls.empty()) return refuse(0, 0, status::kShortRecord);
    return out_;
  }

  Refused refused{};
  // The values that are null because they do not decode, the first nullsMax of them.
  std::vector<Refused> nulls;

 private:
  uint8_t* refuse(int32_t item, int64_t source, int32_t code) {
    refused.item = item;
    refused.source = static_cast<int32_t>(source);
    refused.status = code;
    return nullptr;
  }

  // The item that an operation refuses, and where it is: a leaf, a table with a bad count, or a REDEFINES without a view.
  bool refuseAt(const JsonOp& op, int32_t code) {
    if (op.code == kLeaf) {
      refuse(plan_.leaves[op.a].item, base_ + op.b, code);
    } else if (op.code == kLoop) {
      refuse(op.item, base_ + op.unused, code);
    } else {
      refuse(op.a, base_ + op.b, code);
    }
    return false;
  }

  bool run() {
    const JsonOp* op = ops_;
    while (op->code != kEnd) {
      const JsonOp* next = op + 1;
      const int32_t code = step(*op, &next);
      if (code == status::kOk) [[likely]] {
        op = next;
      } else if (views_ > pickedViews_) {
        op = leaveView();
      } else if (isNullable(*op)) {
        tellNull(*op, code);
        op++;
      } else {
        return refuseAt(*op, code);
      }
    }
    return true;
  }

  bool isNullable(const JsonOp& op) const {
    if (op.code == kSetEnd) return op.c == kSetTells;
    return op.code == kLeaf && plan_.leaves[op.a].has(kNullable);
  }

  // Writes null for a leaf; of a REDEFINES all views are null already.
  void tellNull(const JsonOp& op, int32_t code) {
    if (op.code == kLeaf) writeAscii("null");
    if (nulls.size() >= static_cast<size_t>(plan_.nullsMax)) return;
    refuseAt(op, -code);
    nulls.push_back(refused);
  }

  int32_t step(const JsonOp& op, const JsonOp** next) {
    switch (op.code) {
      case kLiteral:
        copy(plan_.literals.data() + op.a, op.b);
        return status::kOk;
      case kLeaf:
        return writeLeaf(plan_.leaves[op.a], op.b, op.c);
      case kLoop:
        return loop(op, next);
      case kNext:
        return nextOccurrence(op, next);
      case kHold:
        return hold(op);
      case kSet:
        return beginSet(op);
      case kView:
        return enterView(op, next);
      case kViewEnd:
        views_--;
        pickedViews_ -= handlers_[views_].picked;
        if (op.b == 1) out_ = handlers_[views_].out;
        found_[sets_ - 1]++;
        *next = at(op.a);
        return status::kOk;
      case kSetEnd:
        return found_[--sets_] == 0 && op.c != kSetGoesOn ? status::kNoView : status::kOk;
      default:
        return stepFlag(op, next);
    }
  }

  int32_t stepFlag(const JsonOp& op, const JsonOp** next) {
    switch (op.code) {
      case kTest:
        setFlag(op, holds(plan_, plan_.tests[op.a], record_, base_ + op.b, length_));
        break;
      case kClear:
        std::fill_n(flags_.begin() + op.a, op.b, 0);
        break;
      case kJoin:
        flags_[op.a] |= areSet(op.b, op.c);
        break;
      case kLabel:
        if (flags_[op.a] == 0) *next = at(op.b);
        break;
      case kLabels:
        writeLabels(op);
        break;
      case kClose:
        out_ -= out_[-1] == ',';
        *out_++ = '}';
        break;
      default:
        if (op.a == 1) savedBase_ = base_;
        base_ = op.a == 1 ? 0 : savedBase_;
    }
    return status::kOk;
  }

  // Sets a flag, of a table that of the occurrence in hand.
  void setFlag(const JsonOp& op, bool value) {
    const int32_t index = op.d == 1 ? 0 : total_[loops_ - 1] - left_[loops_ - 1];
    if (index < op.d) flags_[op.c + index] = value;
  }

  bool areSet(int32_t first, int32_t count) const {
    for (int32_t flag = first; flag < first + count; flag++) {
      if (flags_[flag] == 0) return false;
    }
    return true;
  }

  void writeLabels(const JsonOp& op) {
    const int32_t count = op.c < 0 ? op.b : static_cast<int32_t>(std::min<double>(op.b, registers_[op.c]));
    *out_++ = '[';
    for (int32_t index = 0; index < count; index++) {
      if (index > 0) *out_++ = ',';
      writeAscii(flags_[op.a + index] != 0 ? "true" : "false");
    }
    *out_++ = ']';
  }

  int32_t beginSet(const JsonOp& op) {
    found_[sets_] = 0;
    int32_t pick = kNone;
    for (int32_t view = op.b - 1; op.a >= 0 && view >= 0; view--) pick = flags_[op.a + view] != 0 ? view : pick;
    picks_[sets_++] = pick;
    return status::kOk;
  }

  int32_t enterView(const JsonOp& op, const JsonOp** next) {
    const int32_t pick = picks_[sets_ - 1];
    if (pick != kNone && pick != op.b) {
      *next = at(op.a);
      return status::kOk;
    }
    handlers_[views_++] = {at(op.a), out_, base_, loops_, sets_, pick == op.b};
    pickedViews_ += pick == op.b;
    return status::kOk;
  }

  const JsonOp* at(int32_t firstInt) const { return ops_ + firstInt / kOpInts; }

  // Copies in steps of 32: both sides have that much room behind them.
  void copy(const uint8_t* from, int32_t length) {
    for (int32_t done = 0; done < length; done += 32) std::memcpy(out_ + done, from + done, 32);
    out_ += length;
  }

  int32_t loop(const JsonOp& op, const JsonOp** next) {
    const double count = op.c < 0 ? op.a : registers_[op.c];
    if (!(count >= op.d && count <= op.a)) return status::kBadCount;
    if (count == 0) {
      base_ -= int64_t{op.a} * op.b;
      *next = at(op.e);
      return status::kOk;
    }
    most_[loops_] = op.a;
    total_[loops_] = static_cast<int32_t>(count);
    left_[loops_++] = static_cast<int32_t>(count);
    return status::kOk;
  }

  int32_t nextOccurrence(const JsonOp& op, const JsonOp** next) {
    base_ += op.b;
    if (--left_[loops_ - 1] > 0) {
      *out_++ = ',';
      *next = at(op.a);
    } else {
      base_ -= int64_t{most_[--loops_]} * op.b;
    }
    return status::kOk;
  }

  // The loop before it has checked the count.
  int32_t hold(const JsonOp& op) {
    base_ += (op.a - static_cast<int64_t>(registers_[op.c])) * op.b;
    return status::kOk;
  }

  const JsonOp* leaveView() {
    // The innermost view that was not picked; those in it are left too.
    while (handlers_[--views_].picked) pickedViews_--;
    const Handler& handler = handlers_[views_];
    out_ = handler.out;
    base_ = handler.base;
    loops_ = handler.loops;
    sets_ = handler.sets;
    return handler.failure;
  }

  int32_t writeLeaf(const Leaf& leaf, int32_t source, int32_t keep) {
    const int64_t offset = base_ + source;
    if (offset + leaf.size > length_) return status::kShortRecord;
    const uint8_t* from = record_ + offset;
    if (leaf.kind == kText)
      return charsetOf(leaf, plan_.page) == kSingle ? writeText(leaf, from) : writeCharacters(leaf, from);
    if (leaf.kind == kFloat) return writeFloat(leaf, from);
    if (keep < 0 && writeFast(leaf, from)) return status::kOk;
    Digits digits;
    const int32_t code = readNumber(leaf, plan_.page, from, digits);
    if (code != status::kOk) return writeBlank(leaf, from, code);
    if (keep >= 0) registers_[keep] = static_cast<double>(digits.value());
    uint8_t text[kTextSize];
    for (int32_t index = 0; index < digits.count; index++) text[index] = '0' + digits.digits[index];
    writeDigits(text, digits.count, leaf.scale, digits.negative);
    return status::kOk;
  }

  int32_t writeFloat(const Leaf& leaf, const uint8_t* from) {
    int32_t length = 0;
    const int32_t code = readFloatText(leaf, from, out_, &length);
    out_ += length;
    return code == status::kOk ? code : writeBlank(leaf, from, code);
  }

  // Bytes that hold no number: null or 0 where they are a filling that the policies name, else the status.
  int32_t writeBlank(const Leaf& leaf, const uint8_t* from, int32_t code) {
    const int32_t policy = blankPolicy(leaf, plan_.page, from);
    if (policy == kBlankRefused) return code;
    writeAscii(policy == kBlankNull ? "null" : "0");
    return status::kOk;
  }

  void writeAscii(std::string_view text) {
    std::memcpy(out_, text.data(), text.size());
    out_ += text.size();
  }

  // Text of any other charset than one byte a character.
  int32_t writeCharacters(const Leaf& leaf, const uint8_t* from) {
    *out_ = '"';
    const int32_t length = readJsonText(leaf, plan_.page, from, out_ + 1);
    if (length < 0) return status::kBadCharacter;
    out_ += length + 1;
    *out_++ = '"';
    return status::kOk;
  }

  int32_t writeText(const Leaf& leaf, const uint8_t* from) {
    const int32_t size = trimBytes(leaf, plan_.page.space, &from);
    uint8_t* out = out_;
    *out++ = '"';
    // First as if every character were one plain byte; where one is not, the text is written again.
    uint32_t rare = 0;
    for (int32_t index = 0; index < size; index++) {
      const uint8_t plain = plan_.page.plain[from[index]];
      out[index] = plain;
      rare |= plain == 0;
    }
    out = rare == 0 ? out + size : writeEscaped(from, size, out);
    *out++ = '"';
    out_ = out;
    return status::kOk;
  }

  uint8_t* writeEscaped(const uint8_t* from, int32_t size, uint8_t* out) const {
    for (int32_t index = 0; index < size; index++) {
      const uint8_t* entry = plan_.page.table(tables::kJson) + from[index] * 8;
      std::memcpy(out, entry + 1, 7);
      out += entry[0];
    }
    return out;
  }

  // The common numbers without a detour; false leaves the number, or its refusal, to readNumber.
  bool writeFast(const Leaf& leaf, const uint8_t* from) {
    if (leaf.kind == kPacked) return writePacked(leaf, from);
    if (leaf.kind == kBinary) return writeBinary(leaf, from);
    return writeDisplay(leaf, from);
  }

  bool writePacked(const Leaf& leaf, const uint8_t* from) {
    if (leaf.has(kNoSignNibble)) return false;
    uint8_t text[kTextSize];
    uint32_t bad = leaf.digits % 2 == 0 ? from[0] & 0xf0 : 0;
    for (int32_t index = 0; index < leaf.size - 1; index++) {
      bad |= areDigits(from[index]) ? 0 : 1;
      std::memcpy(text + index * 2, &kPairText[from[index]], 2);
    }
    const uint8_t last = from[leaf.size - 1];
    const uint8_t sign = last & 15;
    const bool negative = sign == 13 || sign == 11;
    text[leaf.size * 2 - 2] = '0' + (last >> 4);
    bad |= ((last >> 4) > 9) | (~(signNibblesOf(leaf) >> sign) & 1);
    if (bad != 0) return false;
    const int32_t pad = leaf.size * 2 - 1 - leaf.digits;
    writeDigits(text + pad, leaf.digits, leaf.scale, negative);
    return true;
  }

  bool writeDisplay(const Leaf& leaf, const uint8_t* from) {
    if ((leaf.flags & (kLeading | kSeparate | kBlankWhenZero | kNational)) != 0) return false;
    const int32_t plain = leaf.has(kSigned) ? leaf.size - 1 : leaf.size;
    uint8_t text[kTextSize];
    uint8_t bad = 0;
    for (int32_t index = 0; index < plain; index++) {
      const uint8_t digit = from[index] ^ plan_.page.zone;
      bad |= digit > 9;
      text[index] = '0' | digit;
    }
    bool negative = false;
    if (leaf.has(kSigned)) {
      const uint8_t entry = plan_.page.bytes[tables::kSigns + from[plain]];
      bad |= entry == kNoDigit;
      negative = (entry & kNegative) != 0;
      text[plain] = '0' + (entry & 15);
    }
    if (bad != 0) return false;
    writeDigits(text, leaf.digits, leaf.scale, negative);
    return true;
  }

  bool writeBinary(const Leaf& leaf, const uint8_t* from) {
    if (leaf.has(kWide)) return false;
    const int64_t limit = (leaf.flags & (kFullRange | kFullRangeRead)) != 0 ? 0 : kPowersOfTen[leaf.digits];
    const BinaryRules rules{limit, leaf.has(kSigned), leaf.has(kLittleEndian)};
    int64_t value;
    const bool good = leaf.size == 2   ? readBinaryFast<uint16_t>(from, rules, &value)
                      : leaf.size == 4 ? readBinaryFast<uint32_t>(from, rules, &value)
                      : leaf.size == 8 ? readBinaryFast<uint64_t>(from, rules, &value)
                                       : false;
    if (!good) return false;
    uint8_t text[kTextSize];
    uint64_t rest = value < 0 ? -static_cast<uint64_t>(value) : value;
    int32_t first = 40;
    do {
      text[--first] = '0' + rest % 10;
      rest /= 10;
    } while (rest != 0);
    writeDigits(text + first, 40 - first, leaf.scale, value < 0);
    return true;
  }

  // A JSON literal of `count` ASCII digits with exactly `scale` decimals; P to the right becomes zeros. `text` is the inside of
  // a kTextSize buffer: digits are copied sixteen at a time.
  void writeDigits(const uint8_t* text, int32_t count, int32_t scale, bool negative) {
    const int32_t whole = count - (scale > 0 ? scale : 0);
    int32_t first = 0;
    while (first < whole - 1 && text[first] == '0') first++;
    uint8_t* out = out_;
    // Only a number that looks like nought is searched for another digit: there is no minus before 0.
    const bool looksZero = whole <= 0 || text[first] == '0';
    const bool isZero = looksZero && isAllZero(text, count);
    *out = '-';
    out += negative && !isZero;
    if (whole <= 0) {
      *out++ = '0';
    } else {
      copyDigits(out, text + first, whole - first);
      out += whole - first;
    }
    if (scale < 0 && !isZero) {
      for (int32_t zero = scale; zero < 0; zero++) *out++ = '0';
    } else if (scale > 0) {
      *out++ = '.';
      for (int32_t zero = whole; zero < 0; zero++) *out++ = '0';
      const int32_t from = whole < 0 ? 0 : whole;
      copyDigits(out, text + from, count - from);
      out += count - from;
    }
    out_ = out;
  }

  static bool isAllZero(const uint8_t* text, int32_t count) {
    for (int32_t index = 0; index < count; index++) {
      if (text[index] != '0') return false;
    }
    return true;
  }

  static void copyDigits(uint8_t* to, const uint8_t* from, int32_t count) {
    std::memcpy(to, from, 16);
    if (count > 16) std::memcpy(to + 16, from + 16, 32);
  }

  const JsonPlan& plan_;
  const JsonOp* ops_;
  // Counts of tables; one that this record has not given fits no OCCURS.
  static constexpr double kUnset = -1;
  std::vector<double> registers_;
  std::vector<uint8_t> flags_;
  const uint8_t* record_ = nullptr;
  int64_t length_ = 0;
  uint8_t* out_ = nullptr;
  int64_t base_ = 0, savedBase_ = 0;
  int32_t loops_ = 0, sets_ = 0, views_ = 0, pickedViews_ = 0;
  int32_t most_[kDepthMax], total_[kDepthMax], left_[kDepthMax], found_[kDepthMax], picks_[kDepthMax];
  Handler handlers_[kDepthMax];
};

}  // namespace

JsonBatch writeJson(const JsonPlan& plan, const Records& records, size_t from, size_t count, bool exact,
                    const JsonTarget& target) {
  JsonWriter writer(plan);
  JsonBatch batch;
  for (size_t index = from; index < count; index++) {
    const size_t refusedMax = target.refusedMax - plan.nullsMax;
    if (target.size - batch.length < static_cast<size_t>(plan.textSizeMax) || batch.refusals >= refusedMax) break;
    uint8_t* out = target.out + batch.length;
    const uint8_t* end = writer.write(records.bytes + records.starts[index], records.lengths[index], exact, out);
    batch.records++;
    if (end != nullptr) {
      batch.length += end - out;
      for (Refused& null : writer.nulls) {
        null.index = static_cast<int32_t>(index);
        target.refused[batch.refusals++] = null;
      }
      continue;
    }
    writer.refused.index = static_cast<int32_t>(index);
    target.refused[batch.refusals++] = writer.refused;
  }
  return batch;
}

}  // namespace headrace::codec::copybook
