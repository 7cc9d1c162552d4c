// The line that decoding writes: every member in its place, nothing between them, no null, no escape. What stands between two values
// is then the same in each line, and a record is written as its line is read. Any other line is for the tape to judge.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/copybook-record-parts.h"

namespace headrace::codec::copybook {

class CommonLine {
 public:
  explicit CommonLine(const RecordPlan& plan);

  // Writes the record of a common line at `out`, which has the plan's record size; false says nothing of the line.
  bool write(const uint8_t* text, int32_t start, int32_t end, LeafValueWriter& leaf, uint8_t* out) const;

 private:
  // A value, and what stands before it. Tables are written out.
  struct Step {
    int32_t leaf, offset;
    uint32_t before, size;  // among the literals
  };

  bool addMembers(const Node& node, int64_t base, bool* isFirst);
  bool addMember(const Node& node, int64_t base, bool* isFirst);
  bool addValue(const Node& node, int64_t at);
  bool addName(const Node& node);
  void put(char byte) { literals_.push_back(static_cast<uint8_t>(byte)); }
  void endLiteral(int32_t leaf, int64_t offset);

  const RecordPlan& plan_;
  const Node* object_ = nullptr;  // whose members are being added
  std::vector<Step> steps_;       // none where the plan has no common line; the last has no value
  std::vector<uint8_t> literals_;
  uint32_t ended_ = 0;
};

}  // namespace headrace::codec::copybook
