// Projects the fields of orders and ExecutionReports to fixed rows while they are indexed: row-projection.ts of the twin. A plan
// (row-plan.ts) says which tags a row takes; it is the same memory in both languages.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "codec/fix-identifier.h"
#include "codec/fix-layout.h"
#include "codec/fix-names.h"
#include "codec/fix-numbers.h"
#include "codec/fix-words.h"
#include "model/rows.h"
#include "model/status.h"

namespace headrace::codec::fix {

// Bits of `required` by MsgType, and those of ORDER_PLAN that the order's own rules ask for.
struct PlanBits {
  uint32_t newOrderSingle;
  uint32_t orderCancelRequest;
  uint32_t orderCancelReplaceRequest;
  uint32_t executionReport;
  uint32_t ordType;
  uint32_t price;
  uint32_t account;
};

struct Plans {
  const uint32_t* order = nullptr;  // kPlanWords each
  const uint32_t* execution = nullptr;
  PlanBits bits{};
};

// What rows are made with; the state of one row is in RowWriter.
struct Projection {
  Plans plans;
  Names accounts;
  Names symbols;
  TimestampReader timestamps;
};

// Writes the row of one message. A local of the loop over its fields, so that its state stays in registers.
class RowWriter {
 public:
  explicit RowWriter(Projection& projection) : projection_(projection) {}

  // Starts the row of a message; false for a MsgType without one.
  bool begin(int32_t msgType, uint32_t sessionIndex, uint32_t messageSize, uint8_t* row) {
    const PlanBits& bits = projection_.plans.bits;
    row_ = row;
    switch (msgType) {
      case msgtype::kNewOrderSingle:
        required_ = bits.newOrderSingle;
        break;
      case msgtype::kOrderCancelRequest:
        required_ = bits.orderCancelRequest;
        break;
      case msgtype::kOrderCancelReplaceRequest:
        required_ = bits.orderCancelReplaceRequest;
        break;
      case msgtype::kExecutionReport:
        clear<execution::kSize>(row);
        store(execution::kSessionIndex, sessionIndex);
        plan_ = projection_.plans.execution;
        required_ = bits.executionReport;
        return true;
      default:
        return false;
    }
    clear<order::kSize>(row);
    store(order::kAccountIndex, kNoIndex);
    store(order::kSymbolIndex, kNoIndex);
    store(order::kSessionIndex, sessionIndex);
    store(order::kMsgType, static_cast<uint8_t>(msgType));
    store(order::kSourceLength, messageSize);
    plan_ = projection_.plans.order;
    return true;
  }

  // Takes one field after MsgType. The first wrong one decides; what follows it is not looked at.
  void field(int32_t tag, const uint8_t* value, const uint8_t* end) {
    if (static_cast<uint32_t>(tag) >= kPlanTags) return;
    const uint32_t operation = plan_[tag];
    const uint32_t bit = 1u << (operation >> 24);
    if (operation == 0 || (seen_ & bit) != 0 || result_ != status::kOk) return;
    seen_ |= bit;
    result_ = value == end ? status::kEmptyValue : take(operation, value, end);
    tag_ = tag;
  }

  void finish(Entry* entry) {
    if (result_ == status::kOk) finishRow();
    entry->rowStatus = result_;
    entry->rowTag = result_ == status::kOk ? 0 : tag_;
  }

 private:
  // Two words a step: the compiler would make `rep stos` of one memset, whose start costs as much as the rest of the row.
  template <size_t kSize>
  static void clear(uint8_t* row) {
    static_assert(kSize % 8 == 0);
    for (size_t at = 0; at + 16 <= kSize; at += 16) std::memset(row + at, 0, 16);
    std::memset(row + kSize - 8, 0, 8);
  }

  template <class Value>
  void store(size_t offset, Value value) {
    std::memcpy(row_ + offset, &value, sizeof(value));
  }

  int32_t take(uint32_t operation, const uint8_t* value, const uint8_t* end) {
    const size_t offset = (operation >> 8) & 0xffff;
    const auto size = static_cast<size_t>(end - value);
    switch (operation & 0xff) {
      case operation::kCharacter:
        row_[offset] = *value;
        return size == 1 ? status::kOk : status::kTooLong;
      case operation::kDecimal:
        return decimal(offset, value, end);
      case operation::kPrice: {
        const int32_t code = decimal(offset, value, end);
        return code == status::kScaleLoss ? roundAway(operation, *value == '-') : code;
      }
      case operation::kTimestamp: {
        uint64_t timeNs = 0;
        const int32_t code = projection_.timestamps.read(value, end, &timeNs);
        store(offset, timeNs);
        return code;
      }
      case operation::kText:
        return text(row_ + offset, value, size);
      case operation::kIdentifier:
        if (size <= kTextSizeMax) return text(row_ + offset, value, size);
        shortenIdentifier(row_ + offset, value, size);
        markInexact(operation);
        return status::kOk;
      case operation::kAccount:
        store(offset, projection_.accounts.lookup(value, size));
        return status::kOk;
      case operation::kSymbol:
        store(offset, projection_.symbols.lookup(value, size));
        return status::kOk;
      default:
        possResend_ = *value == 'Y';
        return size == 1 && (*value == 'Y' || *value == 'N') ? status::kOk : status::kBadNumber;
    }
  }

  // Eight bytes a step while they lie inside the field, so that short texts need no call.
  static int32_t text(uint8_t* to, const uint8_t* value, size_t size) {
    if (size > kTextSizeMax) return status::kTooLong;
    *to++ = static_cast<uint8_t>(size);
    if (size > 40) {
      std::memcpy(to, value, size);
      return status::kOk;
    }
    for (; size > 8; size -= 8, to += 8, value += 8) std::memcpy(to, value, 8);
    const uint64_t last = firstBytes(loadWord(value), size);
    std::memcpy(to, &last, sizeof(last));
    return status::kOk;
  }

  int32_t decimal(size_t offset, const uint8_t* value, const uint8_t* end) {
    int64_t number = 0;
    const int32_t code = parseDecimal(value, end, &number);
    store(offset, number);
    return code;
  }

  // A price that was cut: one unit away from zero, where the sign says so if nothing is left of the number.
  int32_t roundAway(uint32_t operation, bool negative) {
    const size_t offset = (operation >> 8) & 0xffff;
    int64_t number;
    std::memcpy(&number, row_ + offset, sizeof(number));
    if (number == (negative ? -INT64_MAX : INT64_MAX)) return status::kOverflow;
    store(offset, number + (negative ? -1 : 1));
    markInexact(operation);
    return status::kOk;
  }

  void markInexact(uint32_t operation) { flags_ |= plan_[kPlanTags + (operation >> 24)] >> 16; }

  void finishRow() {
    const uint32_t missing = required_ & ~seen_;
    if (missing != 0) {
      result_ = status::kMissingTag;
      tag_ = static_cast<int32_t>(plan_[kPlanTags + std::countr_zero(missing)] & 0xffff);
    } else if (plan_ == projection_.plans.order) {
      finishOrder();
    } else {
      store(execution::kFlags, flags_);
    }
  }

  void finishOrder() {
    const PlanBits& bits = projection_.plans.bits;
    const uint8_t ordType = row_[order::kOrdType];
    const bool hasPrice = (seen_ & bits.price) != 0;
    if ((ordType == '2' || ordType == '4') && !hasPrice) {
      result_ = status::kMissingTag;
      tag_ = 44;
      return;
    }
    const bool hasAccount = (seen_ & bits.account) != 0;
    store(order::kFlags, (possResend_ ? 1u : 0u) | (hasPrice ? 2u : 0u) | (hasAccount ? 4u : 0u));
  }

  Projection& projection_;
  const uint32_t* plan_ = nullptr;
  uint8_t* row_ = nullptr;
  uint32_t required_ = 0;
  uint32_t seen_ = 0;
  uint32_t flags_ = 0;  // of values rounded or shortened
  int32_t result_ = status::kOk;
  int32_t tag_ = 0;
  bool possResend_ = false;
};

}  // namespace headrace::codec::fix
