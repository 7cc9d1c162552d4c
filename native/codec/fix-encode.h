// Writes ORDER rows as NewOrderSingle, OrderCancelRequest and OrderCancelReplaceRequest, a batch a call: the native side of
// src/codec/fix/order-encoder.ts, which says what fields go out in which order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "codec/fix-blocks.h"
#include "codec/fix-layout.h"
#include "codec/fix-names.h"

namespace headrace::codec::fix {

// One batch: where the rows are, the first MsgSeqNum and SendingTime.
struct OrderBatch {
  const uint8_t* rows;
  size_t stride;
  int32_t count;
  int32_t msgSeqNum;
  uint64_t timeNs;
};

// Texts that do not change from order to order, each with its SOHs.
struct OrderTexts {
  std::span<const uint8_t> begin;      // 8=FIX.4.4<SOH>9=
  std::span<const uint8_t> parties;    // 49=..<SOH>56=..<SOH>
  std::span<const uint8_t> constants;  // further fields of every order, or nothing
};

// Bytes a message takes at most besides its texts.
inline constexpr size_t kOrderSizeMax = 512;

class OrderEncode {
 public:
  Names accounts;
  Names symbols;

  // `out` has room for `outSize` bytes; `ends` and `statuses` for each order of a batch.
  OrderEncode(const OrderTexts& texts, std::span<uint8_t> out, int32_t* ends, int32_t* statuses);

  // Writes the messages one behind the other and returns the bytes they take. A row that is refused, by its status, takes no
  // bytes and no MsgSeqNum; a batch without room in `out` is refused by kCapacity from there on.
  size_t encode(const OrderBatch& batch);

 private:
  class Writer;

  int32_t body(const uint8_t* row, int32_t msgSeqNum, Writer* writer) const;
  uint8_t* finish(uint8_t* start, uint8_t* bodyEnd) const;

  OrderTexts texts_;
  std::span<uint8_t> out_;
  int32_t* ends_;
  int32_t* statuses_;
  BlockScan blocks_;
  mutable std::vector<uint64_t> masks_;
  uint8_t sendingTime_[32];
  size_t sendingTimeSize_ = 0;
};

}  // namespace headrace::codec::fix
