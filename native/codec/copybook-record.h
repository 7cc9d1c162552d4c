// JSON objects to records: the plan of src/codec/record/record-encode-plan.ts, which draws its nodes, and the call over a batch of lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codec/copybook-plan.h"

namespace headrace::codec::copybook {

inline constexpr int32_t kNodeInts = 20;

enum NodeCode : int32_t { kNodeLeaf = 1, kNodeGroup, kNodeInner, kNodeColumn, kNodeViews, kNodeRenames };
enum NodeFlag : int32_t { kSlides = 1, kVaries = 2, kOwnTemplate = 4 };

// Nodes are told by their first int.
struct Node {
  int32_t code, item, offset, size, member, first, next, leaf, countRegister, count, stride, min, depends, flags, scope,
      members, viewTemplate, rest, unused1, unused2;
  bool has(NodeFlag flag) const { return (flags & flag) != 0; }
};
static_assert(sizeof(Node) == kNodeInts * sizeof(int32_t));

// Where a name lies among the names, and the member before of the same name in the same object, or -1.
struct Member {
  int32_t offset, size, before;
};

// The item whose value is a count, and the count it has where nothing else says one.
struct CountRegister {
  int32_t item, value;
};

enum RecordRule : int32_t { kRefuseAbsent = 1, kDefaultNulls = 2, kHasViews = 4 };

// Tables lie inside each other at most so deep; COBOL's levels are 49.
inline constexpr int32_t kSubscriptsMax = 58;

struct RecordPlan {
  int32_t recordSize, root;
  int32_t recordLength;  // of every record, or -1
  int32_t rules;
  int32_t valuesMax;  // of a line, names among them
  std::vector<Node> nodes;
  std::vector<CountRegister> registers;
  std::vector<Member> members;
  std::vector<uint8_t> names;
  std::vector<Leaf> leaves;
  std::vector<uint8_t> masks;
  std::vector<uint8_t> templates;  // of the record, then of the views that redefine
  Page page;

  bool has(RecordRule rule) const { return (rules & rule) != 0; }
  const Node& at(int32_t node) const { return nodes[node / kNodeInts]; }
  int32_t idOf(const Node& node) const { return static_cast<int32_t>(&node - nodes.data()) * kNodeInts; }
  // Bytes that the longest record takes.
  int32_t room() const { return recordSize > recordLength ? recordSize : recordLength; }
  // Whether every index lies inside its array and the nodes are a tree: a plan whose do not is refused when it is opened.
  bool isSound() const;
};

// Why and where a line was refused. `node` and `value` count int32s as TypeScript does, -1 is none; `other` is an item.
struct RefusedLine {
  int32_t line, status, node, other, value, subscriptCount;
  int32_t subscripts[kSubscriptsMax];
};

// Lines of JSON: line `index` goes from starts[index] to ends[index].
struct JsonLines {
  const uint8_t* bytes;
  const int32_t* starts;
  const int32_t* ends;
};

struct RecordTarget {
  std::span<uint8_t> out;
  int32_t* lengths;  // of each good record
  std::span<RefusedLine> refused;
};

struct RecordBatch {
  size_t lines = 0, length = 0, refusals = 0;
};

class RecordWriter;

// What one plan needs to write records, used for one batch after the other.
class RecordEncoder {
 public:
  explicit RecordEncoder(RecordPlan plan);
  ~RecordEncoder();
  const RecordPlan& plan() const { return plan_; }
  // Encodes lines [from, count) until the target may not hold the next record or a further refusal.
  RecordBatch encode(const JsonLines& lines, size_t from, size_t count, const RecordTarget& target);

 private:
  const RecordPlan plan_;
  std::unique_ptr<RecordWriter> writer_;
};

}  // namespace headrace::codec::copybook
