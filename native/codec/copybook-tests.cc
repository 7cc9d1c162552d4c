// Tests of values for conditions and discriminators. The twin is src/codec/record/value-test-twin.ts.
#include <cstring>

#include "codec/copybook-number.h"
#include "codec/copybook-plan.h"

namespace headrace::codec::copybook {

namespace {

__int128 int128Of(const int32_t* words) {
  unsigned __int128 value = 0;
  for (int32_t word = 3; word >= 0; word--) value = value << 32 | static_cast<uint32_t>(words[word]);
  return static_cast<__int128>(value);
}

bool isSpanSound(int32_t offset, int32_t size, size_t whole) {
  return offset >= 0 && int64_t{offset} + size <= static_cast<int64_t>(whole);
}

bool isAlternativeSound(const JsonPlan& plan, const ValueTest& test, const Alternative& alternative) {
  if (alternative.kind == kNumber) return test.leaf >= 0;
  return alternative.kind == kBytes && isSpanSound(alternative.low[0], test.size, plan.testBytes.size()) &&
         isSpanSound(alternative.low[1], test.size, plan.testBytes.size());
}

bool isTestSound(const JsonPlan& plan, const ValueTest& test) {
  if (test.size < 1 || test.leaf < -1 || test.leaf >= static_cast<int64_t>(plan.leaves.size())) return false;
  if (test.leaf >= 0) {
    const Leaf& leaf = plan.leaves[test.leaf];
    if (leaf.size != test.size || leaf.kind == kText || leaf.kind == kFloat) return false;
  }
  if (test.first < 0 || test.count < 0 || !isSpanSound(test.first, test.count, plan.alternatives.size())) return false;
  for (int32_t index = test.first; index < test.first + test.count; index++) {
    if (!isAlternativeSound(plan, test, plan.alternatives[index])) return false;
  }
  return true;
}

}  // namespace

bool areTestsSound(const JsonPlan& plan) {
  for (const ValueTest& test : plan.tests) {
    if (!isTestSound(plan, test)) return false;
  }
  return true;
}

bool holds(const JsonPlan& plan, const ValueTest& test, const uint8_t* record, int64_t offset, int64_t length) {
  if (offset < 0 || offset + test.size > length) return false;
  const uint8_t* from = record + offset;
  Digits digits;
  const bool isNumber = test.leaf >= 0 && readNumber(plan.leaves[test.leaf], plan.page, from, digits) == status::kOk;
  const __int128 value = isNumber ? digits.value() : 0;
  for (int32_t index = test.first; index < test.first + test.count; index++) {
    const Alternative& alternative = plan.alternatives[index];
    if (alternative.kind == kNumber) {
      if (isNumber && value >= int128Of(alternative.low) && value <= int128Of(alternative.high)) return true;
    } else if (std::memcmp(from, plan.testBytes.data() + alternative.low[0], test.size) >= 0 &&
               std::memcmp(from, plan.testBytes.data() + alternative.low[1], test.size) <= 0) {
      return true;
    }
  }
  return false;
}

}  // namespace headrace::codec::copybook
