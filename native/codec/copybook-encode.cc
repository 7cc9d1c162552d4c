// Rows to records, row by row. The twin is src/codec/record/row-encode-twin.ts.
#include <algorithm>
#include <cstring>
#include <vector>

#include "codec/copybook-plan.h"
#include "codec/copybook-write.h"

namespace headrace::codec::copybook {

namespace {

class RowEncoder {
 public:
  explicit RowEncoder(const RowPlan& plan) : plan_(plan), scratch_(plan.recordSize), written_(plan.recordSize) {
    for (size_t at = 0; at < plan.ops.size(); at++) {
      const Op& op = plan.ops[at];
      if (op.code != kOpLeaf || op.target < 0) continue;
      const Leaf& leaf = plan.leaves[op.leaf];
      steps_.push_back({chooseWrite(leaf), &leaf, op.source, op.target, op.view, static_cast<int32_t>(at)});
    }
  }

  bool encode(uint8_t* row, uint8_t* record) {
    std::memcpy(record, plan_.recordTemplate.data(), plan_.recordSize);
    if (plan_.viewCount > 0) std::fill(written_.begin(), written_.end(), 0);
    setHead(row, status::kOk, -1);
    for (const Step& step : steps_) {
      const int32_t code = plan_.viewCount > 0 ? writeView(step, row, record) : write(step, row, record);
      if (code == status::kOk) [[likely]]
        continue;
      setHead(row, code, step.op);
      std::memcpy(record, plan_.recordTemplate.data(), plan_.recordSize);
      return false;
    }
    return true;
  }

 private:
  // A leaf's slot as its bytes.
  struct Step {
    WriteSlot write;
    const Leaf* leaf;
    int32_t source, target, view, op;
  };

  static void setHead(uint8_t* row, int32_t code, int32_t op) {
    std::memcpy(row + kRowStatus, &code, 4);
    std::memcpy(row + kRowFailedOp, &op, 4);
  }

  int32_t write(const Step& step, const uint8_t* row, uint8_t* record) const {
    return step.write(plan_.page, *step.leaf, row + step.target, record + step.source);
  }

  int32_t writeView(const Step& step, const uint8_t* row, uint8_t* record) {
    if (!isActive(step.view, row)) return status::kOk;
    const int32_t code = write(step, row, scratch_.data());
    return code == status::kOk ? place(record, step.source, step.leaf->size) : code;
  }

  bool isActive(int32_t view, const uint8_t* row) const {
    for (int32_t at = view; at >= 0; at = plan_.viewParents[at]) {
      if (row[kRowViews + at] == 0) return false;
    }
    return true;
  }

  // Bytes that an earlier view wrote must be the same.
  int32_t place(uint8_t* record, int32_t from, int32_t size) {
    for (int32_t at = from; at < from + size; at++) {
      if (written_[at] != 0 && record[at] != scratch_[at]) return status::kViewsDiffer;
      written_[at] = 1;
    }
    std::memcpy(record + from, scratch_.data() + from, size);
    return status::kOk;
  }

  const RowPlan& plan_;
  std::vector<Step> steps_;
  std::vector<uint8_t> scratch_;
  std::vector<uint8_t> written_;
};

}  // namespace

size_t encodeRows(const RowPlan& plan, uint8_t* rows, size_t count, uint8_t* out) {
  RowEncoder encoder(plan);
  size_t good = 0;
  for (size_t index = 0; index < count; index++) {
    good += encoder.encode(rows + index * plan.rowSize, out + index * plan.recordSize) ? 1 : 0;
  }
  return good;
}

}  // namespace headrace::codec::copybook
