// Integers of the gate: products of two int64 need 128 bits, everything stored but gross notional has 64.
#pragma once

#include <cstdint>

namespace headrace::risk {

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

inline constexpr int64_t kInt64Max = INT64_MAX;

inline uint64_t magnitude(int64_t value) {
  return value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
}

inline bool fits64(i128 value) { return value >= INT64_MIN && value <= INT64_MAX; }
inline bool fits64(u128 value) { return value <= static_cast<u128>(INT64_MAX); }

inline int64_t saturate64(i128 value) {
  if (fits64(value)) return static_cast<int64_t>(value);
  return value < 0 ? INT64_MIN : INT64_MAX;
}

inline int64_t saturate64(u128 value) { return fits64(value) ? static_cast<int64_t>(value) : INT64_MAX; }

inline u128 product(uint64_t a, uint64_t b) { return static_cast<u128>(a) * b; }

// 10^-16 to 10^-2, rounded up: ceil(p / 10^14) = ceil(ceil(p / 2^14) / 5^14). Up to 30 million of money that is a shift and a
// 64-bit division by a constant, which the compiler makes a multiplication; beyond, a 128-bit division (some 20 ns).
inline u128 notionalCents(u128 value) {
  constexpr uint64_t kFiveTo14 = 6103515625;
  const u128 shifted = (value + 0x3fff) >> 14;
  if (static_cast<uint64_t>(shifted >> 64) == 0) {
    const uint64_t low = static_cast<uint64_t>(shifted);
    return low / kFiveTo14 + (low % kFiveTo14 != 0);
  }
  return (shifted + (kFiveTo14 - 1)) / kFiveTo14;
}

// Divides and rounds away from zero, so that an average price never understates a notional.
inline i128 divideAway(i128 dividend, i128 divisor) {
  const i128 quotient = dividend / divisor;
  if (quotient * divisor == dividend) return quotient;
  return dividend < 0 ? quotient - 1 : quotient + 1;
}

// The smallest of limits: NO_LIMIT is -1, as an unsigned number the largest.
inline int64_t tightest(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) < static_cast<uint64_t>(b) ? a : b);
}

// 1 for the sides of FIX tag 54 that buy, -1 for those that sell, 0 for others.
inline int directionOf(uint32_t side) {
  if (side == '1' || side == '3') return 1;
  return side == '2' || (side >= '4' && side <= '6') ? -1 : 0;
}

}  // namespace headrace::risk
