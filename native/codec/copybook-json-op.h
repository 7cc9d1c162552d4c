// The operations of a JSON plan: see the drawing in src/codec/record/json-plan.ts.
#pragma once

#include "codec/copybook-plan.h"

namespace headrace::codec::copybook {

// Loops, sets and views lie inside each other at most so deep.
inline constexpr int32_t kDepthMax = 64;

enum JsonCode : int32_t {
  kLiteral = 1,
  kLeaf,
  kLoop,
  kNext,
  kSet,
  kView,
  kViewEnd,
  kSetEnd,
  kEnd,
  kHold,
  kTest,
  kClear,
  kJoin,
  kLabel,
  kLabels,
  kClose,
  kOrigin
};

// What kSetEnd does when no view decoded, beside refusing.
enum SetEnd : int32_t { kSetTells = 1, kSetGoesOn = 2 };

// No view of a set is picked: each that decodes is written.
inline constexpr int32_t kNone = -1;

// An operation of a JSON plan under its own names.
struct JsonOp {
  int32_t code, a, b, c, d, e, item, unused;
};
static_assert(sizeof(JsonOp) == sizeof(Op));

// Where a view that does not decode goes on.
struct Handler {
  const JsonOp* failure;
  uint8_t* out;
  int64_t base;
  int32_t loops, sets;
  bool picked;  // by a rule: what does not decode in it ends what is around it
};

}  // namespace headrace::codec::copybook
