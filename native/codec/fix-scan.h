// One call frames, verifies, indexes and projects a stretch of received FIX bytes: the native side of batch-scan.ts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "codec/fix-blocks.h"
#include "codec/fix-framing.h"
#include "codec/fix-layout.h"
#include "codec/fix-projection.h"

namespace headrace::codec::fix {

// Memory of one batch, kept alive by its owner; drawn in batch-layout.ts.
struct ScanBuffers {
  int32_t* control = nullptr;
  Entry* messages = nullptr;          // kBatchMessagesMax
  Field* fields = nullptr;            // fieldCapacity
  uint8_t* rows = nullptr;            // kBatchMessagesMax * kRowStride, or nullptr: no projection
  const uint16_t* rawData = nullptr;  // kRawDataTableSize
  int32_t messageSizeMax = 0;
  int32_t fieldsMax = 0;
  int32_t fieldCapacity = 0;
};

// The tag that followed last time: senders write their fields in one order, so nearly every tag is known by one comparison.
// A cache and nothing else: what is not the text foreseen is read in full.
struct alignas(32) Successor {
  uint64_t mask = 0;  // of the bytes of `tag=`; the text below matches nothing until one was learnt
  uint64_t text = 1;
  Successor* next = nullptr;  // of this tag: the loop from field to field is one load long
  int32_t tag = 0;
  uint16_t size = 0;  // of `tag=`
  uint16_t dataTag = 0;
};
inline constexpr size_t kSuccessors = 1024;

class Scan {
 public:
  Projection projection;

  explicit Scan(const ScanBuffers& buffers, BlockScan blocks = bestBlockScan());

  // The bytes the next scans are about.
  void bind(const uint8_t* bytes, size_t size) {
    bytes_ = bytes;
    size_ = size;
  }

  size_t boundSize() const { return size_; }

  // Scans from `control` kFrom to kTo, which lie inside the bytes bound; returns the number of messages.
  int32_t scan();

 private:
  int32_t takeMessage(const Frame& frame, int32_t index, int32_t fieldFirst);
  int32_t indexFields(const Frame& frame, Entry* entry, Field* fields, uint8_t* row);
  const uint8_t* learnTag(const uint8_t* at, const uint8_t* soh, Successor* successor, int32_t* tag);

  ScanBuffers buffers_;
  BlockScan blocks_;
  const uint8_t* bytes_ = nullptr;
  size_t size_ = 0;
  std::vector<uint64_t> masks_;
  Successor* successorOf(int32_t tag) { return successors_.data() + static_cast<uint32_t>(tag) % kSuccessors; }

  std::vector<Successor> successors_;  // by the tag before, modulo its size
};

}  // namespace headrace::codec::fix
