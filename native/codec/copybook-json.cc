// Records to JSON lines by a JSON plan. The twin, with the meaning of each operation, is src/codec/record/json-twin.ts and
// json-plan.ts.
#include <algorithm>
#include <cstring>

#include "codec/copybook-json-op.h"
#include "codec/copybook-json-value.h"
#include "codec/copybook-plan.h"

namespace headrace::codec::copybook {

namespace {

class JsonWriter {
 public:
  explicit JsonWriter(const JsonPlan& plan)
      : plan_(plan),
        ops_(reinterpret_cast<const JsonOp*>(plan.ops.data())),
        value_(plan.page),
        registers_(plan.registerCount + 1),
        flags_(plan.flagCount + 1) {
    nulls.reserve(plan.nullsMax);
  }

  // Writes one record; null, with `refused` filled, when it is bad.
  uint8_t* write(const uint8_t* record, int64_t length, bool exact, uint8_t* out) {
    record_ = record;
    length_ = length;
    value_.out = out;
    base_ = 0;
    savedBase_ = 0;
    loops_ = sets_ = views_ = pickedViews_ = 0;
    mayLack_ = 0;
    std::fill(registers_.begin(), registers_.end(), kUnset);
    nulls.clear();
    if (!run()) {
      // A record that is refused behind a null is refused for what was null first.
      if (!nulls.empty()) refuse(nulls[0].item, nulls[0].source, -nulls[0].status);
      return nullptr;
    }
    const int64_t used = plan_.recordSize + base_;
    if (exact && used < length) return refuse(0, 0, status::kBadRecordLength);
    if (used - mayLack_ > length && nulls.empty()) return refuse(0, 0, status::kShortRecord);
    return value_.out;
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
    if (op.code == kLeaf) value_.writeAscii("null");
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
        return endView(op, next);
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
        value_.out -= value_.out[-1] == ',';
        *value_.out++ = '}';
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
    *value_.out++ = '[';
    for (int32_t index = 0; index < count; index++) {
      if (index > 0) *value_.out++ = ',';
      value_.writeAscii(flags_[op.a + index] != 0 ? "true" : "false");
    }
    *value_.out++ = ']';
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
    handlers_[views_++] = {at(op.a), value_.out, base_, loops_, sets_, pick == op.b};
    pickedViews_ += pick == op.b;
    return status::kOk;
  }

  int32_t endView(const JsonOp& op, const JsonOp** next) {
    if (views_ == pickedViews_) mayLack_ += op.c;
    views_--;
    pickedViews_ -= handlers_[views_].picked;
    if (op.b == 1) value_.out = handlers_[views_].out;
    found_[sets_ - 1]++;
    *next = at(op.a);
    return status::kOk;
  }

  const JsonOp* at(int32_t firstInt) const { return ops_ + firstInt / kOpInts; }

  // Copies in steps of 32: both sides have that much room behind them.
  void copy(const uint8_t* from, int32_t length) {
    for (int32_t done = 0; done < length; done += 32) std::memcpy(value_.out + done, from + done, 32);
    value_.out += length;
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
      *value_.out++ = ',';
      *next = at(op.a);
    } else {
      base_ -= int64_t{most_[--loops_]} * op.b;
    }
    return status::kOk;
  }

  // The loop before it has checked the count.
  int32_t hold(const JsonOp& op) {
    base_ += (op.a - static_cast<int64_t>(std::clamp<double>(registers_[op.c], 0, op.a))) * op.b;
    return status::kOk;
  }

  const JsonOp* leaveView() {
    // The innermost view that was not picked; those in it are left too.
    while (handlers_[--views_].picked) pickedViews_--;
    const Handler& handler = handlers_[views_];
    value_.out = handler.out;
    base_ = handler.base;
    loops_ = handler.loops;
    sets_ = handler.sets;
    return handler.failure;
  }

  int32_t writeLeaf(const Leaf& leaf, int32_t source, int32_t keep) {
    const int64_t offset = base_ + source;
    double* const count = keep < 0 ? nullptr : &registers_[keep];
    if (count != nullptr) *count = kUnset;
    if (offset < 0 || offset + leaf.size > length_) return status::kShortRecord;
    return value_.write(leaf, record_ + offset, count);
  }

  const JsonPlan& plan_;
  const JsonOp* ops_;
  JsonValue value_;
  // Counts of tables; one that this record has not given, or that is null, fits no OCCURS.
  static constexpr double kUnset = -1;
  std::vector<double> registers_;
  std::vector<uint8_t> flags_;
  const uint8_t* record_ = nullptr;
  int64_t length_ = 0;
  int64_t base_ = 0, savedBase_ = 0;
  int32_t loops_ = 0, sets_ = 0, views_ = 0, pickedViews_ = 0;
  // Bytes that the record may lack behind the views that were picked at its end.
  int64_t mayLack_ = 0;
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
