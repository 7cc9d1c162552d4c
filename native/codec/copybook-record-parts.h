// What writing a record is made of: its bytes, the members of objects, values as the bytes of items, and the bytes of `$raw`. Of
// RecordWriter alone; the twins are record-image.ts, member-names.ts, leaf-value-writer.ts and raw-record.ts in src/codec/record.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include "codec/copybook-json-value.h"
#include "codec/copybook-literal.h"
#include "codec/copybook-record.h"
#include "codec/copybook-write.h"
#include "codec/json-tape.h"

namespace headrace::codec::copybook {

inline bool isNumeric(const json::Value& value) { return value.kind == json::kNumber || value.kind == json::kString; }

// A member that was not given: it has no value on the tape.
inline constexpr int32_t kAbsent = -1;

// The bytes of one record while it is encoded, and which item wrote each of them.
class RecordImage {
 public:
  explicit RecordImage(const RecordPlan& plan)
      : size_(plan.recordSize), writers_(plan.has(kHasViews) ? plan.recordSize : 0) {}

  // Begins a record in `bytes`, which has the plan's record size, with the bytes it has before any value is written.
  void start(uint8_t* bytes, std::span<const uint8_t> source) {
    bytes_ = bytes;
    writtenEnd = 0;
    cover(source);
    std::fill(writers_.begin(), writers_.end(), 0);
  }
  void cover(std::span<const uint8_t> source) {
    if (!source.empty()) std::memcpy(bytes_, source.data(), std::min(source.size(), static_cast<size_t>(size_)));
  }

  // Puts bytes where no value is written yet; what lies beyond either end is left.
  void fill(int64_t at, std::span<const uint8_t> source, int64_t from, int64_t size) {
    if (at < 0 || from < 0) return;
    const int64_t count = std::min({size, static_cast<int64_t>(source.size()) - from, size_ - at});
    if (count <= 0) return;
    if (writers_.empty()) {
      std::memcpy(bytes_ + at, source.data() + from, count);
      return;
    }
    for (int64_t index = 0; index < count; index++) {
      if (writers_[at + index] == 0) bytes_[at + index] = source[from + index];
    }
  }

  // Where `size` bytes may be written at once, no two views having bytes in common; else null.
  uint8_t* direct(int64_t at, int32_t size) {
    if (!writers_.empty() || !isWithin(at, size)) return nullptr;
    writtenEnd = std::max(writtenEnd, at + size);
    return bytes_ + at;
  }

  // Writes the value of an item; a status. What another view wrote there must be the same.
  int32_t write(int64_t at, const uint8_t* source, int32_t size, int32_t item) {
    if (!isWithin(at, size)) return status::kTooLong;
    writtenEnd = std::max(writtenEnd, at + size);
    if (writers_.empty()) {
      std::memcpy(bytes_ + at, source, size);
      return status::kOk;
    }
    for (int32_t index = 0; index < size; index++) {
      int32_t& writer = writers_[at + index];
      if (writer != 0 && bytes_[at + index] != source[index]) {
        otherItem = writer - 1;
        return status::kViewsDiffer;
      }
      writer = item + 1;
      bytes_[at + index] = source[index];
    }
    return status::kOk;
  }

  // After kViewsDiffer, the item that had written other bytes.
  int32_t otherItem = 0;
  // Where the last byte lies behind that a value was written to.
  int64_t writtenEnd = 0;

 private:
  bool isWithin(int64_t at, int32_t size) const { return at >= 0 && at + size <= size_; }

  const int64_t size_;
  uint8_t* bytes_ = nullptr;
  std::vector<int32_t> writers_;  // item + 1; none where no two views share bytes
};

// Finds the members of an object among the names of a node.
class MemberNames {
 public:
  MemberNames(const RecordPlan& plan, const json::Tape& tape);

  // Fills the slots with the values of `object`; a status. Members whose name begins with $ say nothing.
  int32_t assign(const Node& node, int32_t object, int32_t* slots);

  // After a refusal, the name on the tape.
  int32_t refusedName = 0;
  // The value of `$raw` in the object last assigned, or kAbsent.
  int32_t raw = kAbsent;

 private:
  // The common case: members in their order, no two of one name.
  bool isNext(const Node& node, const json::Text& name, int32_t expected, const int32_t* slots) const {
    if (expected >= node.members || slots[expected] != kAbsent) return false;
    const Member& member = plan_.members[node.scope + expected];
    return member.before < 0 && isNamed(member, name);
  }
  int32_t find(const Node& node, const json::Text& name, int32_t expected, const int32_t* slots) const;
  int32_t firstOf(const Node& node, int32_t member, const int32_t* slots) const;
  // The chain of a name in the object whose members begin at `scope`.
  size_t chainOf(int32_t scope, const json::Text& name) const;
  json::Text nameOf(const Member& member) const { return {plan_.names.data() + member.offset, member.size}; }
  bool isNamed(const Member& member, const json::Text& name) const { return nameOf(member) == name; }
  bool takeSpecial(const json::Value& name, int32_t value);

  const RecordPlan& plan_;
  const json::Tape& tape_;
  std::vector<uint8_t> room_;
  std::vector<int32_t> chains_;  // a power of 2 of them: the first member of each, or kUnknown
  std::vector<int32_t> behind_;  // of each member the next of its chain, their order the plan's
};

// Writes a value of a tape as the bytes of a leaf.
class LeafValueWriter {
 public:
  LeafValueWriter(const RecordPlan& plan, const json::Tape& tape);

  // A string for text; for a number a JSON number, or a string that holds one; either for an edited number. A status.
  int32_t write(int32_t leaf, const json::Value& value, uint8_t* to);
  // Whether null is written as the filling that decodes to null; `leaf` may be -1.
  bool isBlank(int32_t leaf) const { return leaf >= 0 && nullFilling(plan_.leaves[leaf]) != nullptr; }
  // The integer that was given for a count; below 0 where it is none.
  double integer(int32_t leaf, int32_t value) const;
  int32_t writeInteger(int32_t leaf, int32_t count, uint8_t* to) const;

 private:
  const uint8_t* nullFilling(const Leaf& leaf) const;
  int32_t writeBlank(const Leaf& leaf, uint8_t* to) const;
  int32_t writeText(const Leaf& leaf, const json::Value& value, uint8_t* to);
  int32_t writeEdited(const Leaf& leaf, const json::Value& value, uint8_t* to);
  int32_t writeFloat(const Leaf& leaf, const json::Value& value, uint8_t* to) const;
  int32_t writeNumber(int32_t leaf, const json::Value& value, uint8_t* to) const;
  int32_t writeLongNumber(const Leaf& leaf, const json::Value& value, uint8_t* to) const;
  int32_t readDigits(const Leaf& leaf, const json::Value& value, Digits& out) const;

  const RecordPlan& plan_;
  const json::Tape& tape_;
  std::vector<WriteSlot> writes_;
  uint8_t fillings_[4][2];  // spaces, national ones, low-values, high-values
  std::vector<uint8_t> room_;
  std::vector<uint16_t> points_;
};

inline int32_t LeafValueWriter::write(int32_t index, const json::Value& value, uint8_t* to) {
  const Leaf& leaf = plan_.leaves[index];
  if (value.kind == json::kNull) return writeBlank(leaf, to);
  if (leaf.kind == kText) {
    if (value.kind == json::kNumber && leaf.mask() != 0) return writeEdited(leaf, value, to);
    return writeText(leaf, value, to);
  }
  if (leaf.kind == kFloat) return writeFloat(leaf, value, to);
  return writeNumber(index, value, to);
}

inline int32_t LeafValueWriter::writeNumber(int32_t index, const json::Value& value, uint8_t* to) const {
  const Leaf& leaf = plan_.leaves[index];
  if (!isNumeric(value)) return status::kBadType;
  int64_t number;
  if (value.kind == json::kNumber && !leaf.has(kWide) && scaleShort(value.number, leaf.scale, &number)) {
    uint8_t slot[sizeof(number)];
    std::memcpy(slot, &number, sizeof(number));
    return writes_[index](plan_.page, leaf, slot, to);
  }
  return writeLongNumber(leaf, value, to);
}

// The bytes a line was decoded from, `$raw`: an item whose value is the same keeps them.
class RawRecord {
 public:
  explicit RawRecord(const RecordPlan& plan);

  // Takes the hexadecimal digits of a string on a tape; false when they are none.
  bool read(const json::Tape& tape, int32_t value);
  // The integer of a count at `offset`, or -1.
  double count(int32_t leaf, int64_t offset);
  // Whether the leaf at `offset` decodes to the value on the tape; what does not decode is null.
  bool holds(int32_t leaf, int64_t offset, const json::Tape& tape, int32_t value);

  std::vector<uint8_t> bytes;

 private:
  bool decode(int32_t leaf, int64_t offset, double* count);
  bool isSameText(const json::Tape& tape, const json::Value& value);

  const RecordPlan& plan_;
  JsonValue value_;
  std::vector<uint8_t> text_;
  int32_t length_ = 0;
  json::Tape tape_;
  std::vector<uint8_t> keptRoom_, givenRoom_;
};

}  // namespace headrace::codec::copybook
