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
    for (const Leaf& leaf : plan.leaves) writes_.push_back(chooseWrite(leaf));
  }

  bool encode(uint8_t* row, uint8_t* record) {
    std::memcpy(record, plan_.recordTemplate.data(), plan_.recordSize);
    if (plan_.viewCount > 0) std::fill(written_.begin(), written_.end(), 0);
    setHead(row, status::kOk, -1);
    for (size_t at = 0; at < plan_.ops.size(); at++) {
      const int32_t code = encodeOp(plan_.ops[at], row, record);
      if (code == status::kOk) continue;
      setHead(row, code, static_cast<int32_t>(at));
      std::memcpy(record, plan_.recordTemplate.data(), plan_.recordSize);
      return false;
    }
    return true;
  }

 private:
  static void setHead(uint8_t* row, int32_t code, int32_t op) {
    std::memcpy(row + kRowStatus, &code, 4);
    std::memcpy(row + kRowFailedOp, &op, 4);
  }

  int32_t encodeOp(const Op& op, const uint8_t* row, uint8_t* record) {
    if (op.code != kOpLeaf || op.target < 0 || !isActive(op.view, row)) return status::kOk;
    const Leaf& leaf = plan_.leaves[op.leaf];
    uint8_t* to = plan_.viewCount > 0 ? scratch_.data() + op.source : record + op.source;
    const int32_t code = writes_[op.leaf](plan_.page, leaf, row + op.target, to);
    return code == status::kOk && plan_.viewCount > 0 ? place(record, op.source, leaf.size) : code;
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
  std::vector<WriteSlot> writes_;
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
