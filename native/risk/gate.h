// The pre-trade risk gate. src/risk/gate.ts describes each call; the TypeScript twin defines what it must do, byte for byte.
#pragma once

#include <cstddef>
#include <cstdint>

#include "risk/numbers.h"
#include "risk/recent.h"
#include "risk/state.h"

namespace headrace::risk {

struct Holding {
  uint32_t account, symbol, side;
};

struct Subject;
class Judgement;

// The remembered keys of one order; `same` only of a new order.
struct Keys {
  Key id, same;
};

// A view of the gate's memory; it owns nothing, and one thread uses it.
class Gate {
 public:
  // Writes a new gate into zeroed memory of layoutOf(capacities).sizeBytes, 8-byte aligned.
  static void initialise(uint8_t* memory, const Capacities& capacities);

  // False when the memory was not written by a gate of this version and size.
  bool attach(uint8_t* memory, size_t sizeBytes);

  void clock(uint64_t nowNs);
  void replaced(int64_t leaves, int64_t cumulative, int64_t price);
  void reference(uint32_t symbol, int64_t price, uint64_t feedSequence, uint64_t timeNs);

  int32_t apply(const uint8_t* command, size_t sizeBytes);
  int32_t check(const uint8_t* order, uint8_t* decision);
  // Checks `count` rows lying one after another, and accepts what passes; returns how many.
  uint32_t checkBatch(const uint8_t* orders, uint32_t count, uint8_t* decisions);
  void accepted(const uint8_t* order);
  void consume(const uint8_t* order, uint32_t failedMask);

  int32_t reserve(const Holding& holding, int64_t quantity, int64_t price);
  int32_t release(const Holding& holding, int64_t quantity, int64_t price);
  int32_t fill(const Holding& holding, int64_t quantity, int64_t reservedPrice, int64_t fillPrice);
  int32_t trade(const Holding& holding, int64_t quantity, int64_t price);

  const Header& header() const { return *header_; }
  // The pair's slot, or null when it has none.
  Pair* findPair(uint32_t account, uint32_t symbol) const;

 private:
  Account& account(uint32_t index) const {
    return accounts_[index < capacities_.accounts ? index : capacities_.accounts];
  }
  Symbol& symbol(uint32_t index) const { return symbols_[index < capacities_.symbols ? index : capacities_.symbols]; }
  Session& session(uint32_t index) const {
    return sessions_[index < capacities_.sessions ? index : capacities_.sessions];
  }

  uint32_t homeSlot(uint32_t account, uint32_t symbol) const {
    uint32_t hash = account * 0x9e3779b1u ^ symbol * 0x85ebca6bu;
    hash = (hash ^ (hash >> 15)) * 0x2c1b3c6du;
    return (hash ^ (hash >> 12)) & (layout_.pairSlots - 1);
  }
  Pair* probe(uint32_t account, uint32_t symbol) const;
  Pair* claimPair(uint32_t account, uint32_t symbol);
  void removeSlot(uint32_t slot);
  void resetPairs(uint32_t bits);

  bool isValid(const Holding& holding, int64_t quantity) const;
  int32_t setPosition(const Holding& holding, int64_t position, int64_t averagePrice);

  int32_t dispatch(const uint8_t* command);
  int32_t applyToAccount(const uint8_t* command);
  int32_t applyToSymbol(const uint8_t* command);
  int32_t applyToPair(const uint8_t* command);
  int32_t applyToSession(const uint8_t* command);
  int32_t reset(uint32_t bits);

  void prepare(const uint8_t* order, uint32_t ahead, Keys& keys) const;
  int32_t judge(const uint8_t* order, const Keys& keys, uint8_t* decision);
  Subject readSubject(const uint8_t* order);
  void judgeLimits(const Subject& subject, Judgement& judgement) const;
  void judgeSize(const Subject& subject, Judgement& judgement) const;
  void judgeCollar(const Subject& subject, Judgement& judgement) const;
  void judgePosition(const Subject& subject, Judgement& judgement) const;
  void judgeGross(const Subject& subject, Judgement& judgement) const;
  void judgeSwitches(const Subject& subject, Judgement& judgement) const;
  void judgeDuplicate(const Key& same, Judgement& judgement) const;
  bool isRemembered(const uint8_t* order) const {
    return order[order::kMsgType] == 'D' && capacities_.duplicateOrders != 0 && capacities_.duplicateWindowMs != 0;
  }

  RecentKeys sessionIds(uint32_t index) const;
  RecentKeys acceptedOrders() const;
  uint32_t countMessage(Session& session) const;
  uint32_t count(uint32_t sessionIndex) const;
  void clearSession(Session& session) const;

  Capacities capacities_{};
  Layout layout_{};
  uint8_t* memory_ = nullptr;
  Header* header_ = nullptr;
  Account* accounts_ = nullptr;
  Symbol* symbols_ = nullptr;
  Session* sessions_ = nullptr;
  Pair* pairs_ = nullptr;
};

}  // namespace headrace::risk
