// The gate's memory as C++ sees it. src/model/gate-state.ts draws it and generates the offsets that the asserts compare with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "model/rows.h"

namespace headrace::risk {

inline constexpr int64_t kNoLimit = -1;
inline constexpr uint32_t kNoLimit32 = 0xffffffff;
inline constexpr uint64_t kMagic = 0x31657461677268;  // the bytes "hrgate1"

struct Capacities {
  uint32_t accounts, symbols, sessions, pairs, clOrdIds, duplicateOrders, duplicateWindowMs;
};

struct Header {
  uint64_t magic, sizeBytes;
  uint32_t version, accounts, symbols, sessions, pairs, pairSlots, clOrdIds, clOrdIdEntries;
  uint32_t duplicateOrders, duplicateEntries, duplicateWindowMs, flags, limitVersion, businessDate, pairCount;
  uint32_t duplicateNext, duplicateCount, collarBps, staleAfterMs, reserved;
  uint64_t nowNs;
  int64_t maxQuantity, maxNotional, collarAbsolute, replacedLeaves, replacedCumulative, replacedPrice;
};
static_assert(sizeof(Header) == gate_header::kSize && sizeof(Header) <= gate::kHeaderSize);
static_assert(offsetof(Header, flags) == gate_header::kFlags && offsetof(Header, pairCount) == gate_header::kPairCount);
static_assert(offsetof(Header, nowNs) == gate_header::kNowNs &&
              offsetof(Header, replacedPrice) == gate_header::kReplacedPrice);

struct alignas(8) Account {
  uint64_t grossLow;
  int64_t grossHigh;
  int64_t maxQuantity, maxNotional, maxPosition, grossNotional;
  uint64_t flags;
  uint64_t unused;
};
static_assert(sizeof(Account) == gate::kLineSize && offsetof(Account, flags) == gate_account::kFlags);
static_assert(offsetof(Account, grossNotional) == gate_account::kGrossNotional);

struct Symbol {
  int64_t referencePrice;
  uint64_t referenceTimeNs, feedSequence;
  int64_t maxQuantity, maxNotional, collarAbsolute;
  uint32_t collarBps, staleAfterMs;
  uint64_t flags;
};
static_assert(sizeof(Symbol) == gate::kLineSize && offsetof(Symbol, flags) == gate_symbol::kFlags);
static_assert(offsetof(Symbol, collarBps) == gate_symbol::kCollarBps);

struct Pair {
  uint32_t account, symbol;
  int64_t position, openBuy, openSell, averagePrice, maxQuantity, maxNotional, maxPosition;
};
static_assert(sizeof(Pair) == gate_pair::kSize && offsetof(Pair, maxPosition) == gate_pair::kMaxPosition);
static_assert(offsetof(Pair, averagePrice) == gate_pair::kAveragePrice);

struct Session {
  int64_t rateOrders;
  uint64_t rateBucketEndNs, rateWindowMs;
  uint32_t rateBucket, rateCount, clOrdIdNext, clOrdIdCount;
  uint64_t unused[3];
  uint32_t buckets[gate::kRateBuckets];
};
static_assert(sizeof(Session) == gate::kSessionSize && offsetof(Session, buckets) == gate::kLineSize);
static_assert(offsetof(Session, clOrdIdCount) == gate_session::kClOrdIdCount);

struct Recent {
  uint64_t key[6];
  uint64_t timeNs;
  uint32_t hash, reserved;
};
static_assert(sizeof(Recent) == gate_recent::kSize && offsetof(Recent, hash) == gate_recent::kHash);

struct Entry {
  uint32_t hash, slot;
};
static_assert(sizeof(Entry) == gate_entry::kSize && offsetof(Entry, slot) == gate_entry::kSlot);

// Where the regions begin; the same sum as layoutGate of src/risk/state.ts.
struct Layout {
  uint64_t accounts, symbols, sessions, pairs, duplicates, clOrdIds, clOrdIdsSize, sizeBytes;
  uint32_t pairSlots, clOrdIdEntries, duplicateEntries;
};

inline uint32_t powerOfTwoFrom(uint32_t count) {
  uint32_t power = 16;
  while (power < count) power *= 2;
  return power;
}

inline Layout layoutOf(const Capacities& c) {
  Layout l{};
  l.pairSlots = powerOfTwoFrom(2 * c.pairs);
  l.clOrdIdEntries = powerOfTwoFrom(2 * c.clOrdIds);
  l.duplicateEntries = powerOfTwoFrom(2 * c.duplicateOrders);
  l.accounts = gate::kHeaderSize;
  l.symbols = l.accounts + (c.accounts + 1ull) * gate::kLineSize;
  l.sessions = l.symbols + (c.symbols + 1ull) * gate::kLineSize;
  l.pairs = l.sessions + (c.sessions + 1ull) * gate::kSessionSize;
  l.duplicates = l.pairs + uint64_t{l.pairSlots} * sizeof(Pair);
  l.clOrdIds = l.duplicates + l.duplicateEntries * sizeof(Entry) + uint64_t{c.duplicateOrders} * sizeof(Recent);
  l.clOrdIdsSize = l.clOrdIdEntries * sizeof(Entry) + uint64_t{c.clOrdIds} * sizeof(Recent);
  l.sizeBytes = l.clOrdIds + c.sessions * l.clOrdIdsSize;
  return l;
}

template <typename T>
inline T load(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
inline void store(uint8_t* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

}  // namespace headrace::risk
