// A JSON text as a flat list of its values, in the order of the text: the same list as src/codec/record/json-tape.ts, whose
// drawing and bounds are its too.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "codec/json-scan.h"
#include "model/status.h"

namespace headrace::codec::json {

enum Kind : int32_t { kNull = 1, kBoolean, kNumber, kString, kEscaped, kArray, kObject };

// Places in the text; `next` is the index of the value after this one and all that lies in it.
struct Value {
  int32_t kind, start, end, next;
  Number number;  // of kNumber alone
  int32_t size() const { return end - start; }
};

// Objects and arrays lie inside each other at most so deep.
inline constexpr int32_t kDepthMax = 128;

// A stretch of the text.
struct Text {
  const uint8_t* bytes;
  int32_t size;
  bool operator==(const Text& other) const { return size == other.size && isSame(bytes, other.bytes, size); }

 private:
  // Names are short: a call would cost more than the comparing. Loads overlap.
  static bool isSame(const uint8_t* one, const uint8_t* other, int32_t size) {
    if (size >= 8) {
      uint64_t difference = differ<uint64_t>(one, other, size - 8);
      for (int32_t at = 0; at < size - 8; at += 8) difference |= differ<uint64_t>(one, other, at);
      return difference == 0;
    }
    if (size >= 4) return (differ<uint32_t>(one, other, 0) | differ<uint32_t>(one, other, size - 4)) == 0;
    for (int32_t at = 0; at < size; at++) {
      if (one[at] != other[at]) return false;
    }
    return true;
  }
  template <class Word>
  static Word differ(const uint8_t* one, const uint8_t* other, int32_t at) {
    Word a, b;
    std::memcpy(&a, one + at, sizeof(Word));
    std::memcpy(&b, other + at, sizeof(Word));
    return a ^ b;
  }
};

// Reads JSON texts (RFC 8259), one after the other; the tape is good until the next.
class Tape {
 public:
  // Texts with more values than that, names among them, are refused.
  explicit Tape(int32_t valuesMax) : valuesMax_(valuesMax), values_(std::min(valuesMax, kFirstValues)) {}

  // Takes the bytes that the places of values are in.
  void hold(const uint8_t* bytes) { bytes_ = bytes; }
  // Reads the text from `start` up to `end`: kOk, kBadJson or kCapacity.
  int32_t read(const uint8_t* bytes, int32_t start, int32_t end);

  const Value& operator[](int32_t index) const { return values_[index]; }
  Text text(const Value& value) const { return {bytes_ + value.start, value.size()}; }
  // How many values an array has.
  int32_t count(int32_t array) const;

 private:
  static constexpr int32_t kFirstValues = 256;
  using At = const uint8_t*;  // a place in the text; null after what is no JSON

  int32_t place(At at) const { return static_cast<int32_t>(at - bytes_); }
  // A value whose end is not known yet.
  int32_t open(int32_t kind, At at) {
    if (count_ == static_cast<int32_t>(values_.size())) [[unlikely]]
      grow(at);
    Value& value = values_[count_];
    value.kind = kind;
    value.start = place(at);
    return count_++;
  }
  // Where the tape is full the text ends, so that nothing reads on; the value takes the place of the one before.
  void grow(At at) {
    isFull_ = count_ == valuesMax_;
    if (isFull_) {
      end_ = at;
      count_--;
    } else {
      values_.resize(std::min<int64_t>(int64_t{count_} * 2, valuesMax_));
    }
  }
  At close(int32_t value, At at) {
    values_[value].end = place(at);
    values_[value].next = count_;
    return at;
  }
  bool isAt(At at, uint8_t byte) const { return at < end_ && *at == byte; }
  At space(At at) const;
  At value(At at, int32_t depth);
  At other(At at, int32_t depth);
  At word(At at, const char* word, int32_t length, int32_t kind);
  At object(At at, int32_t depth);
  At array(At at, int32_t depth);
  At string(At at);
  At escape(At at) const;
  At number(At at);

  const int32_t valuesMax_;
  std::vector<Value> values_;
  int32_t count_ = 0;
  bool isFull_ = false;
  At bytes_ = nullptr, end_ = nullptr;
};

// The value of a hexadecimal digit, or -1.
inline int32_t hexValue(uint8_t byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  const uint8_t letter = byte | 0x20;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// Puts together the text of a string with escapes, in `room`, where it is never longer.
Text unescape(Text escaped, std::vector<uint8_t>& room);

// The text of a string as UTF-8, its escapes resolved; a surrogate without its other half becomes FF, which is in no UTF-8.
inline Text textOf(const Tape& tape, const Value& value, std::vector<uint8_t>& room) {
  return value.kind == kEscaped ? unescape(tape.text(value), room) : tape.text(value);
}

}  // namespace headrace::codec::json
