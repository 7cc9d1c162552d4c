// Whether a JSON plan stays inside its own tables: one that does not is refused when it is opened.
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
    case kViewEnd:
      return isJump(op.a, plan.ops.size());
    case kSetEnd:
      return op.a >= 0;
    case kEnd:
      return true;
    default:
      return isFlagOpSound(plan, op);
  }
}

}  // namespace

bool JsonPlan::isSound() const {
  if (!areLeavesSound(leaves, page) || recordSize < 1 || registerCount < 0 || ops.empty() || ops.back().code != kEnd)
    return false;
  if (flagCount < 0 || nullsMax < 0 || !areTestsSound(*this)) return false;
  int32_t loops = 0, sets = 0, views = 0;
  for (const Op& op : ops) {
    const auto& json = reinterpret_cast<const JsonOp&>(op);
    if (!isJsonOpSound(*this, json)) return false;
    // The occurrence in hand tells which of its flags a test of a table sets; a view lies in a set.
    if (json.code == kTest && json.d > 1 && loops == 0) return false;
    if ((json.code == kView || json.code == kViewEnd) && sets == 0) return false;
    loops += (json.code == kLoop) - (json.code == kNext);
    sets += (json.code == kSet) - (json.code == kSetEnd);
    views += (json.code == kView) - (json.code == kViewEnd);
    for (const int32_t depth : {loops, sets, views}) {
      if (depth < 0 || depth >= kDepthMax) return false;
    }
  }
  return loops == 0 && sets == 0 && views == 0;
}

}  // namespace headrace::codec::copybook
