// Whether a JSON plan stays inside its own tables: one that does not is refused when it is opened.
#include <algorithm>
#include <vector>

#include "codec/copybook-json-op.h"
#include "codec/copybook-plan.h"

namespace headrace::codec::copybook {

namespace {

bool isJump(int32_t firstInt, size_t count) {
  return firstInt >= 0 && firstInt % kOpInts == 0 && static_cast<size_t>(firstInt / kOpInts) < count;
}

bool areFlags(const JsonPlan& plan, int32_t first, int32_t count) {
  return first >= 0 && count >= 0 && int64_t{first} + count <= plan.flagCount;
}

bool isFlagOpSound(const JsonPlan& plan, const JsonOp& op) {
  switch (op.code) {
    case kTest:
      return op.a >= 0 && static_cast<size_t>(op.a) < plan.tests.size() && op.b >= 0 && op.d >= 1 &&
             areFlags(plan, op.c, op.d);
    case kClear:
      return areFlags(plan, op.a, op.b);
    case kJoin:
      return areFlags(plan, op.a, 1) && areFlags(plan, op.b, op.c);
    case kLabel:
      return areFlags(plan, op.a, 1) && isJump(op.b, plan.ops.size());
    case kLabels:
      return areFlags(plan, op.a, op.b) && op.c >= -1 && op.c < plan.registerCount;
    default:
      return op.code == kClose || op.code == kOrigin;
  }
}

bool isJsonOpSound(const JsonPlan& plan, const JsonOp& op) {
  switch (op.code) {
    case kLiteral:
      return op.a >= 0 && op.b >= 0 && int64_t{op.a} + op.b + 32 <= static_cast<int64_t>(plan.literals.size());
    case kLeaf:
      return op.a >= 0 && static_cast<size_t>(op.a) < plan.leaves.size() && op.c >= -1 && op.c < plan.registerCount &&
             op.b >= 0 && int64_t{op.b} + plan.leaves[op.a].size <= plan.recordSize;
    case kLoop:
      return op.a >= 1 && op.b >= 0 && int64_t{op.a} * op.b <= plan.recordSize && op.c >= -1 &&
             op.c < plan.registerCount && op.d >= 0 && isJump(op.e, plan.ops.size());
    case kHold:
      return op.a >= 1 && op.b >= 0 && int64_t{op.a} * op.b <= plan.recordSize && op.c >= 0 &&
             op.c < plan.registerCount;
    case kNext:
      return op.b >= 0 && isJump(op.a, plan.ops.size());
    case kSet:
      return op.a == kNone || areFlags(plan, op.a, op.b);
    case kView:
      return isJump(op.a, plan.ops.size());
    case kViewEnd:
      return isJump(op.a, plan.ops.size()) && op.c >= 0 && op.c <= plan.recordSize;
    case kSetEnd:
      return op.a >= 0;
    case kEnd:
      return true;
    default:
      return isFlagOpSound(plan, op);
  }
}

// Loops, sets and views as they lie in each other: what opens closes, and a jump stays in the frame that it is made in.
class JsonShape {
 public:
  explicit JsonShape(const JsonPlan& plan) : plan_(plan), depth_(plan.ops.size() + 1) {}

  bool isSound() {
    for (size_t index = 0; index < plan_.ops.size(); index++) {
      depth_[index] = static_cast<int32_t>(open_.size());
      if (!isOpSound(at(index), index)) return false;
      if (open_.size() >= static_cast<size_t>(kDepthMax)) return false;
    }
    if (!open_.empty()) return false;
    for (const Jump& jump : jumps_) {
      if (!staysInside(jump)) return false;
    }
    return size_ + kRoom <= plan_.textSizeMax;
  }

 private:
  struct Frame {
    int32_t code;
    size_t index;
    int64_t times;
  };
  struct Jump {
    size_t from, to;
    int32_t depth;
  };

  // Copies go in steps beyond what they write: see COPY_STEP in src/codec/record/json-plan.ts.
  static constexpr int64_t kRoom = 64;
  static constexpr int64_t kSizeMax = int64_t{1} << 30;
  static constexpr int64_t kNumberMax = 96;
  static constexpr int64_t kLabelMax = 6;

  const JsonOp& at(size_t index) const { return reinterpret_cast<const JsonOp&>(plan_.ops[index]); }

  bool closes(int32_t code) {
    if (open_.empty() || open_.back().code != code) return false;
    open_.pop_back();
    return true;
  }

  void jump(size_t from, int32_t firstInt) {
    jumps_.push_back({from, static_cast<size_t>(firstInt / kOpInts), static_cast<int32_t>(open_.size())});
  }

  bool isOpSound(const JsonOp& op, size_t index) {
    grow(op);
    switch (op.code) {
      case kLoop:
        times_ = std::min(times_ * op.a, kSizeMax);
        open_.push_back({kLoop, index, times_});
        return true;
      case kNext:
        return isNextSound(op, index);
      case kSet:
        open_.push_back({kSet, index, times_});
        return true;
      case kSetEnd:
        return closes(kSet);
      case kView:
        if (open_.empty() || open_.back().code != kSet) return false;
        jump(index, op.a);
        open_.push_back({kView, index, times_});
        return true;
      case kViewEnd:
        if (!closes(kView)) return false;
        jump(index, op.a);
        return true;
      case kLabel:
        jump(index, op.b);
        return true;
      case kTest:
        // The occurrence in hand tells which of its flags a test of a table sets.
        return op.d == 1 || isInLoop();
      case kEnd:
        return index + 1 == plan_.ops.size();
      default:
        return true;
    }
  }

  bool isNextSound(const JsonOp& op, size_t index) {
    if (open_.empty() || open_.back().code != kLoop) return false;
    const Frame loop = open_.back();
    open_.pop_back();
    size_ += loop.times;
    times_ = open_.empty() ? 1 : timesAround();
    const auto body = static_cast<size_t>(op.a / kOpInts);
    const auto behind = static_cast<size_t>(at(loop.index).e / kOpInts);
    return body == loop.index + 1 && behind == index + 1;
  }

  int64_t timesAround() const { return open_.back().times; }

  bool isInLoop() const {
    for (const Frame& frame : open_) {
      if (frame.code == kLoop) return true;
    }
    return false;
  }

  // Forwards, to the same depth, and never out of the frame on the way.
  bool staysInside(const Jump& jump) const {
    if (jump.to <= jump.from || depth_[jump.to] != jump.depth) return false;
    for (size_t index = jump.from + 1; index < jump.to; index++) {
      if (depth_[index] < jump.depth) return false;
    }
    return true;
  }

  // Counts the bytes that the operation writes at most.
  void grow(const JsonOp& op) {
    int64_t size = 0;
    if (op.code == kLiteral) size = op.b;
    if (op.code == kLeaf)
      size = plan_.leaves[op.a].kind == kText ? 2 + int64_t{plan_.leaves[op.a].size} * 6 : kNumberMax;
    if (op.code == kLabels) size = 2 + op.b * kLabelMax;
    if (op.code == kClose) size = 1;
    size_ = std::min(size_ + times_ * std::min(size, kSizeMax), kSizeMax * 4);
  }

  const JsonPlan& plan_;
  std::vector<int32_t> depth_;
  std::vector<Frame> open_;
  std::vector<Jump> jumps_;
  int64_t times_ = 1;
  int64_t size_ = 0;
};

// A flag is one of an item's occurrences, a register one of a leaf: no more than a record may have.
constexpr int32_t kFlagsMax = 1 << 26;

}  // namespace

bool JsonPlan::isSound() const {
  if (!areLeavesSound(leaves, page) || recordSize < 1 || ops.empty() || ops.back().code != kEnd) return false;
  // A record begins with its brace: what looks at the character before it has one.
  if (const auto& first = reinterpret_cast<const JsonOp&>(ops.front()); first.code != kLiteral || first.b < 1)
    return false;
  if (registerCount < 0 || static_cast<size_t>(registerCount) > ops.size()) return false;
  if (flagCount < 0 || flagCount > kFlagsMax || nullsMax < 0 || !areTestsSound(*this)) return false;
  for (const Op& op : ops) {
    if (!isJsonOpSound(*this, reinterpret_cast<const JsonOp&>(op))) return false;
  }
  return JsonShape(*this).isSound();
}

}  // namespace headrace::codec::copybook
