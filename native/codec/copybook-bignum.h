// Unsigned integers of at most 2,560 bits, for the exact decimals of hexadecimal floats. Only the words in use are touched, so
// numbers of everyday size cost little.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace headrace::codec::copybook {

class Bignum {
 public:
  Bignum() = default;
  explicit Bignum(uint64_t value) {
    for (; value != 0; value >>= 32) words_[count_++] = static_cast<uint32_t>(value);
  }

  void multiplyAdd(uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    for (int32_t index = 0; index < count_; index++) {
      carry += uint64_t{words_[index]} * factor;
      words_[index] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) push(static_cast<uint32_t>(carry));
  }

  void multiplyPowerOfTen(int32_t exponent) {
    for (; exponent >= 9; exponent -= 9) multiplyAdd(1000000000u, 0);
    for (; exponent > 0; exponent--) multiplyAdd(10, 0);
  }

  void shiftLeft(int32_t bits) {
    if (count_ == 0) return;
    for (; bits >= 31; bits -= 31) multiplyAdd(1u << 31, 0);
    if (bits > 0) multiplyAdd(1u << bits, 0);
  }

  // Needs other <= this.
  void subtract(const Bignum& other) {
    int64_t borrow = 0;
    for (int32_t index = 0; index < count_; index++) {
      borrow += int64_t{words_[index]} - (index < other.count_ ? other.words_[index] : 0);
      words_[index] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
    while (count_ > 0 && words_[count_ - 1] == 0) count_--;
  }

  void add(const Bignum& other) {
    uint64_t carry = 0;
    const int32_t count = std::max(count_, other.count_);
    while (count_ < count) push(0);
    for (int32_t index = 0; index < count; index++) {
      carry += uint64_t{words_[index]} + (index < other.count_ ? other.words_[index] : 0);
      words_[index] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) push(static_cast<uint32_t>(carry));
  }

  bool isZero() const { return count_ == 0; }
  int32_t bitLength() const { return count_ == 0 ? 0 : count_ * 32 - __builtin_clz(words_[count_ - 1]); }

  // Below, equal to or above 0 as this is below, equal to or above the other.
  int32_t compare(const Bignum& other) const {
    if (count_ != other.count_) return count_ - other.count_;
    for (int32_t index = count_ - 1; index >= 0; index--) {
      if (words_[index] != other.words_[index]) return words_[index] < other.words_[index] ? -1 : 1;
    }
    return 0;
  }

 private:
  static constexpr int32_t kWords = 80;

  // Callers stay below 2,560 bits: see the bounds on digits and exponents in copybook-float.cc.
  void push(uint32_t word) {
    if (count_ < kWords) words_[count_++] = word;
  }

  uint32_t words_[kWords];
  int32_t count_ = 0;
};

}  // namespace headrace::codec::copybook
