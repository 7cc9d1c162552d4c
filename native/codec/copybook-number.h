// Numbers digit by digit, the way src/codec/record/number.ts reads them: for wide and rare items, and to find out why a fast
// kernel refused.
#pragma once

#include <cstdint>

#include "codec/copybook-plan.h"

namespace headrace::codec::copybook {

// Decimal digits, most significant first, and a sign.
struct Digits {
  uint8_t digits[kSizeOfNumberMax + 1];
  int32_t count = 0;
  bool negative = false;

  __int128 value() const {
    unsigned __int128 magnitude = 0;
    for (int32_t index = 0; index < count; index++) magnitude = magnitude * 10 + digits[index];
    return static_cast<__int128>(negative ? -magnitude : magnitude);
  }
  void set(__int128 value);
  bool isZero() const;
};

// What the leaf's policies say of bytes that hold no number; kBlankRefused for any but a filling.
int32_t blankPolicy(const Leaf& leaf, const Page& page, const uint8_t* from);

// Reads the number of a leaf at `from`; a status. A filling that the leaf takes for zero is 0.
int32_t readNumber(const Leaf& leaf, const Page& page, const uint8_t* from, Digits& out);

// Writes the number at `to`; a status. A refused one writes nothing.
int32_t writeNumber(const Leaf& leaf, const Page& page, const Digits& number, uint8_t* to);

}  // namespace headrace::codec::copybook
