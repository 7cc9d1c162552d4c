// COMP-1 and COMP-2 as text and as doubles, the way src/codec/record/float.ts reads and writes them.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "codec/copybook-plan.h"

namespace headrace::codec::copybook {

inline constexpr int32_t kFloatTextMax = 32;

// The bits of the float at `from`.
inline uint64_t loadFloatBits(const Leaf& leaf, const uint8_t* from) {
  if (leaf.size == 4) {
    uint32_t word;
    std::memcpy(&word, from, 4);
    return leaf.has(kLittleEndian) ? word : __builtin_bswap32(word);
  }
  uint64_t word;
  std::memcpy(&word, from, 8);
  return leaf.has(kLittleEndian) ? word : __builtin_bswap64(word);
}

// The float as the nearest double, never -0; a status.
int32_t readFloatDouble(const Leaf& leaf, const uint8_t* from, double* out);

// The shortest literal that reads back to the same number, at most kFloatTextMax bytes; a status.
int32_t readFloatText(const Leaf& leaf, const uint8_t* from, uint8_t* out, int32_t* length);

// Writes the number of the leaf's format nearest to a double, or to a decimal literal; a status. What is too small becomes zero.
int32_t writeFloatDouble(const Leaf& leaf, double value, uint8_t* to);
int32_t writeFloatText(const Leaf& leaf, std::string_view text, uint8_t* to);

}  // namespace headrace::codec::copybook
