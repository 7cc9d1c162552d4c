// One order against every rule. docs/risk.md has each rule's formula; src/risk/rules.ts is the same code without the hurry.
#include "model/status.h"
#include "risk/gate.h"

namespace headrace::risk {

// Everything of one order that the rules read, found once. Unknown indices lead to the absent block, which has no limits.
struct Subject {
  uint32_t accountIndex, symbolIndex, sessionIndex;
  uint32_t invalid;
  uint8_t msgType;
  bool sells, hasPrice;
  const Account* account;
  const Symbol* symbol;
  const Pair* pair;
  int64_t quantity;  // not below 0
  int64_t opened;    // what would be open: without what a replaced order has had filled
  int64_t price;     // the order's, else the reference
  int64_t replacedLeaves, replacedPrice;
};

// Collects one decision in its row.
class Judgement {
 public:
  explicit Judgement(uint8_t* row) : row_(row) {
    // In pieces that become plain stores; one memset of the row becomes `rep stos`, which is slow to start.
    static_assert(gate::kDecisionSize % 16 == 0);
    for (uint8_t* at = row; at != row + gate::kDecisionSize; at += 16) {
      std::memset(at, 0, 16);
      __asm__ volatile("" ::: "memory");
    }
  }

  void record(uint32_t rule, int64_t measured, int64_t limit, bool failed) {
    uint8_t* at = row_ + decision::kSize + rule * 16;
    store(at, measured);
    store(at + 8, limit);
    evaluated_ |= 1u << rule;
    failed_ |= uint32_t{failed} << rule;
  }

  // A rule that fails above its limit; not evaluated where no limit is set.
  void compare(uint32_t rule, int64_t measured, int64_t limit) {
    if (limit >= 0) record(rule, measured, limit, measured > limit);
  }

  uint32_t finish(const Header& header, const Subject& subject) {
    store(row_ + decision::kFailedMask, failed_);
    store(row_ + decision::kEvaluatedMask, evaluated_);
    store(row_ + decision::kLimitVersion, header.limitVersion);
    store(row_ + decision::kSymbolIndex, subject.symbolIndex);
    store(row_ + decision::kReferencePrice, subject.symbol->referencePrice);
    store(row_ + decision::kFeedSequence, subject.symbol->feedSequence);
    return failed_;
  }

  uint32_t overflow = 0;

 private:
  uint8_t* row_;
  uint32_t evaluated_ = 0;
  uint32_t failed_ = 0;
};

namespace {

constexpr uint64_t kNsPerMs = 1'000'000;

// Whether Price (44) bounds what the order trades at, bit by OrdType: see src/risk/limit-price.ts.
bool hasLimitPrice(const uint8_t* order) {
  constexpr auto bitOf = [](char ordType) { return uint64_t{1} << (ordType - '0'); };
  constexpr uint64_t kLimited = bitOf('2') | bitOf('4') | bitOf('7') | bitOf('8') | bitOf('B') | bitOf('D') |
                                bitOf('E') | bitOf('F') | bitOf('H') | bitOf('P');
  const uint32_t ordType = uint32_t{order[order::kOrdType]} - '0';
  const bool hasPrice = (load<uint32_t>(order + order::kFlags) & order_flag::kHasPrice) != 0;
  return hasPrice && ordType < 64 && (kLimited >> ordType & 1) != 0;
}

// The ClOrdID's length byte and bytes; what lies after them in the row is not part of it.
Key clOrdIdKey(const uint8_t* order) {
  Key key{};
  const uint32_t length = order[order::kClOrdId];
  const uint32_t size = (length < gate::kClOrdIdSizeMax ? length : gate::kClOrdIdSizeMax) + 1;
  std::memcpy(key.words, order + order::kClOrdId, size);
  key.hash = hashKey(key.words, size);
  return key;
}

// What makes two orders the same.
Key sameOrderKey(const uint8_t* order) {
  Key key{};
  const bool hasPrice = hasLimitPrice(order);
  key.words[0] = load<uint32_t>(order + order::kAccountIndex) | uint64_t{load<uint32_t>(order + order::kSymbolIndex)}
                                                                    << 32;
  key.words[1] = order[order::kSide] | uint64_t{hasPrice} << 32;
  key.words[2] = load<uint64_t>(order + order::kQuantity);
  key.words[3] = hasPrice ? load<uint64_t>(order + order::kPrice) : 0;
  key.hash = hashKey(key.words, 32);
  return key;
}

uint32_t invalidBits(const uint8_t* order, uint32_t sessions) {
  const uint8_t msgType = order[order::kMsgType];
  const uint8_t length = order[order::kClOrdId];
  const uint8_t ordType = order[order::kOrdType];
  uint32_t bits = msgType == 'D' || msgType == 'F' || msgType == 'G' ? 0 : invalid_order::kMsgType;
  if (directionOf(order[order::kSide]) == 0) bits |= invalid_order::kSide;
  if (load<int64_t>(order + order::kQuantity) <= 0) bits |= invalid_order::kQuantity;
  if ((ordType == '2' || ordType == '4') && !hasLimitPrice(order)) bits |= invalid_order::kPrice;
  if (length == 0 || length > gate::kClOrdIdSizeMax) bits |= invalid_order::kClOrdId;
  if (load<uint32_t>(order + order::kSessionIndex) >= sessions) bits |= invalid_order::kSession;
  return bits;
}

u128 bandOf(uint64_t reference, uint32_t bps) {
  if (bps == kNoLimit32) return ~u128{0};
  const u128 scaled = product(reference, bps);
  if (static_cast<uint64_t>(scaled >> 64) == 0) return static_cast<uint64_t>(scaled) / 10'000;
  return scaled / 10'000;
}

u128 absoluteBand(int64_t limit) { return limit < 0 ? ~u128{0} : static_cast<u128>(limit); }

u128 least(u128 a, u128 b) { return a < b ? a : b; }

constexpr int64_t kMissing = -1;  // NO_REFERENCE of model/decision.ts
constexpr int64_t kStale = -2;

// Why the symbol's reference cannot be used, or 0. A feed clock ahead of ours makes a fresh one.
int64_t referenceFault(const Header& header, const Symbol& symbol) {
  if (!(symbol.flags & gate_flag::kHasReference)) return kMissing;
  const uint32_t own = symbol.staleAfterMs;
  const uint32_t staleAfterMs = own != kNoLimit32                   ? own
                                : header.staleAfterMs != kNoLimit32 ? header.staleAfterMs
                                                                    : gate::kStaleAfterMs;
  const int64_t ageNs = static_cast<int64_t>(header.nowNs - symbol.referenceTimeNs);
  return ageNs > static_cast<int64_t>(staleAfterMs * kNsPerMs) ? kStale : 0;
}

}  // namespace

RecentKeys Gate::sessionIds(uint32_t index) const {
  uint8_t* at = memory_ + layout_.clOrdIds + index * layout_.clOrdIdsSize;
  Session& block = sessions_[index];
  return {reinterpret_cast<Entry*>(at), reinterpret_cast<Recent*>(at + layout_.clOrdIdEntries * sizeof(Entry)),
          layout_.clOrdIdEntries - 1,   capacities_.clOrdIds,
          &block.clOrdIdNext,           &block.clOrdIdCount};
}

RecentKeys Gate::acceptedOrders() const {
  uint8_t* at = memory_ + layout_.duplicates;
  return {reinterpret_cast<Entry*>(at), reinterpret_cast<Recent*>(at + layout_.duplicateEntries * sizeof(Entry)),
          layout_.duplicateEntries - 1, capacities_.duplicateOrders,
          &header_->duplicateNext,      &header_->duplicateCount};
}

// The window slides by fifteenths of itself; see src/risk/rate.ts.
uint32_t Gate::countMessage(Session& block) const {
  const uint64_t nowNs = header_->nowNs;
  if (nowNs >= block.rateBucketEndNs) {
    constexpr uint64_t kFullBuckets = gate::kRateBuckets - 1;
    const uint64_t width = (block.rateWindowMs * kNsPerMs + kFullBuckets - 1) / kFullBuckets;
    const uint64_t late = nowNs - block.rateBucketEndNs;
    const uint64_t steps = late < width ? 1 : late / width + 1;
    if (steps >= gate::kRateBuckets) {
      for (uint32_t& bucket : block.buckets) bucket = 0;
      block.rateBucket = block.rateCount = 0;
      block.rateBucketEndNs = nowNs + width;
    } else {
      for (uint64_t step = 0; step < steps; ++step) {
        block.rateBucket = (block.rateBucket + 1) % gate::kRateBuckets;
        block.rateCount -= block.buckets[block.rateBucket];
        block.buckets[block.rateBucket] = 0;
      }
      block.rateBucketEndNs += steps * width;
    }
  }
  ++block.buckets[block.rateBucket];
  return ++block.rateCount;
}

uint32_t Gate::count(uint32_t sessionIndex) const {
  if (sessionIndex >= capacities_.sessions) return 0;
  Session& block = sessions_[sessionIndex];
  return block.rateWindowMs == 0 ? 0 : countMessage(block);
}

Subject Gate::readSubject(const uint8_t* order) {
  Subject s;
  s.accountIndex = load<uint32_t>(order + order::kAccountIndex);
  s.symbolIndex = load<uint32_t>(order + order::kSymbolIndex);
  s.sessionIndex = load<uint32_t>(order + order::kSessionIndex);
  s.msgType = order[order::kMsgType];
  s.account = &account(s.accountIndex);
  s.symbol = &symbol(s.symbolIndex);
  s.pair = findPair(s.accountIndex, s.symbolIndex);
  s.invalid = invalidBits(order, capacities_.sessions);
  s.sells = directionOf(order[order::kSide]) < 0;
  s.hasPrice = hasLimitPrice(order);
  s.price = s.hasPrice ? load<int64_t>(order + order::kPrice) : s.symbol->referencePrice;
  const int64_t quantity = load<int64_t>(order + order::kQuantity);
  s.quantity = quantity < 0 ? 0 : quantity;
  s.opened = s.quantity;
  s.replacedLeaves = s.replacedPrice = 0;
  if (s.msgType == 'G' && (header_->flags & gate_flag::kReplacing)) {
    header_->flags &= ~uint32_t{gate_flag::kReplacing};
    s.replacedLeaves = header_->replacedLeaves;
    s.replacedPrice = header_->replacedPrice;
    s.opened = s.quantity > header_->replacedCumulative ? s.quantity - header_->replacedCumulative : 0;
  }
  return s;
}

void Gate::judgeSize(const Subject& s, Judgement& judgement) const {
  const int64_t pairQuantity = s.pair == nullptr ? kNoLimit : s.pair->maxQuantity;
  const int64_t pairNotional = s.pair == nullptr ? kNoLimit : s.pair->maxNotional;
  judgement.compare(
      rule::kMaxQuantity, s.quantity,
      tightest(tightest(header_->maxQuantity, s.account->maxQuantity), tightest(s.symbol->maxQuantity, pairQuantity)));
  const u128 cents = notionalCents(product(static_cast<uint64_t>(s.quantity), magnitude(s.price)));
  if (!fits64(cents)) judgement.overflow |= overflow_of::kNotional;
  judgement.compare(
      rule::kMaxNotional, saturate64(cents),
      tightest(tightest(header_->maxNotional, s.account->maxNotional), tightest(s.symbol->maxNotional, pairNotional)));
}

// An order without a price of its own needs the reference even where no collar is set.
void Gate::judgeCollar(const Subject& s, Judgement& judgement) const {
  const int64_t reference = s.symbol->referencePrice;
  const uint64_t size = magnitude(reference);
  const u128 band = least(least(absoluteBand(header_->collarAbsolute), absoluteBand(s.symbol->collarAbsolute)),
                          least(bandOf(size, header_->collarBps), bandOf(size, s.symbol->collarBps)));
  const bool isSet = band != ~u128{0};
  if (!isSet && s.hasPrice) return;
  const u128 allowed = isSet ? band : 0;
  const i128 signedDistance = static_cast<i128>(s.price) - reference;
  const u128 distance = static_cast<u128>(signedDistance < 0 ? -signedDistance : signedDistance);
  if (!fits64(distance) || !fits64(allowed)) judgement.overflow |= overflow_of::kCollar;
  const int64_t fault = referenceFault(*header_, *s.symbol);
  if (fault != 0) return judgement.record(rule::kPriceCollar, fault, saturate64(allowed), true);
  judgement.record(rule::kPriceCollar, saturate64(distance), saturate64(allowed), distance > allowed);
}

void Gate::judgePosition(const Subject& s, Judgement& judgement) const {
  i128 measured = static_cast<i128>(s.opened) - s.replacedLeaves;
  int64_t limit = s.account->maxPosition;
  if (s.pair != nullptr) {
    const i128 position = s.pair->position;
    measured += s.sells ? s.pair->openSell - position : s.pair->openBuy + position;
    limit = tightest(limit, s.pair->maxPosition);
  }
  if (!fits64(measured)) judgement.overflow |= overflow_of::kPosition;
  judgement.compare(rule::kMaxPosition, saturate64(measured), limit);
}

void Gate::judgeGross(const Subject& s, Judgement& judgement) const {
  constexpr u128 kInt128Max = ~u128{0} >> 1;
  const i128 gross = (static_cast<i128>(s.account->grossHigh) << 64) | s.account->grossLow;
  // At most 2^127 + 2^126, so the sum of a gross that is not below 0 fits unsigned. Below 0 it is only after releases at other
  // prices than those reserved; then a sum below 0 counts as 0.
  u128 added = static_cast<u128>(gross) + product(static_cast<uint64_t>(s.opened), magnitude(s.price));
  if (gross < 0 && static_cast<i128>(added) < 0) added = 0;
  const u128 given = product(static_cast<uint64_t>(s.replacedLeaves), magnitude(s.replacedPrice));
  const u128 cents = notionalCents(added > given ? added - given : 0);
  if (added > kInt128Max || !fits64(cents)) judgement.overflow |= overflow_of::kGrossNotional;
  judgement.compare(rule::kGrossNotional, saturate64(cents), s.account->grossNotional);
}

void Gate::judgeSwitches(const Subject& s, Judgement& judgement) const {
  const uint64_t accountFlags = s.account->flags;
  const uint64_t symbolFlags = s.symbol->flags;
  judgement.compare(rule::kHaltFirm, (header_->flags & gate_flag::kHalted) != 0, 0);
  judgement.compare(rule::kHaltAccount, (accountFlags & gate_flag::kHalted) != 0, 0);
  judgement.compare(rule::kHaltSymbol, (symbolFlags & gate_flag::kHalted) != 0, 0);
  judgement.compare(rule::kRestricted, (symbolFlags & gate_flag::kRestricted) != 0, 0);
  const int64_t unknown = s.accountIndex >= capacities_.accounts      ? unknown_account::kName
                          : (accountFlags & gate_flag::kLimited) == 0 ? unknown_account::kLimits
                                                                      : 0;
  judgement.compare(rule::kUnknownAccount, unknown, 0);
  judgement.compare(rule::kUnknownSymbol, s.symbolIndex >= capacities_.symbols, 0);
  judgement.compare(rule::kInvalidOrder, s.invalid, 0);
}

void Gate::judgeLimits(const Subject& s, Judgement& judgement) const {
  judgeSize(s, judgement);
  judgeCollar(s, judgement);
  judgePosition(s, judgement);
  judgeGross(s, judgement);
  judgeSwitches(s, judgement);
  judgement.compare(rule::kCapacity, int64_t{header_->pairCount} + (s.pair == nullptr), capacities_.pairs);
  judgement.compare(rule::kOverflow, judgement.overflow, 0);
}

// Measured is the age in ms of the newest same order, -1 for none; it fails within the window, which is the limit.
void Gate::judgeDuplicate(const Key& same, Judgement& judgement) const {
  const Recent* known = acceptedOrders().find(same);
  if (known == nullptr) return judgement.record(rule::kDuplicateOrder, -1, capacities_.duplicateWindowMs, false);
  const uint64_t ageNs = header_->nowNs - known->timeNs;
  judgement.record(rule::kDuplicateOrder, static_cast<int64_t>(ageNs / kNsPerMs), capacities_.duplicateWindowMs,
                   ageNs < capacities_.duplicateWindowMs * kNsPerMs);
}

// Asks for every scope's cache line before the first is needed, so that their misses overlap. `ahead` orders come before this.
void Gate::prepare(const uint8_t* order, uint32_t ahead, Keys& keys) const {
  const uint32_t accountIndex = load<uint32_t>(order + order::kAccountIndex);
  const uint32_t symbolIndex = load<uint32_t>(order + order::kSymbolIndex);
  const uint32_t sessionIndex = load<uint32_t>(order + order::kSessionIndex);
  __builtin_prefetch(pairs_ + homeSlot(accountIndex, symbolIndex));
  __builtin_prefetch(&account(accountIndex));
  __builtin_prefetch(&symbol(symbolIndex));
  const Session& block = session(sessionIndex);
  __builtin_prefetch(&block);
  __builtin_prefetch(block.buckets);
  keys.id = clOrdIdKey(order);
  if (sessionIndex < capacities_.sessions) sessionIds(sessionIndex).prefetch(keys.id.hash, ahead);
  if (!isRemembered(order)) return;
  keys.same = sameOrderKey(order);
  acceptedOrders().prefetch(keys.same.hash, ahead);
}

int32_t Gate::judge(const uint8_t* order, const Keys& keys, uint8_t* decision) {
  const bool cancels = order[order::kMsgType] == 'F';
  Judgement judgement(decision);
  const Subject subject = readSubject(order);
  if (!cancels) judgeLimits(subject, judgement);
  if (subject.sessionIndex < capacities_.sessions) {
    const RecentKeys ids = sessionIds(subject.sessionIndex);
    const bool known = ids.find(keys.id) != nullptr;
    if (!cancels) judgement.compare(rule::kDuplicateClOrdId, known, 0);
    if (!known) ids.remember(keys.id, 0);
  }
  if (isRemembered(order)) judgeDuplicate(keys.same, judgement);
  const int64_t counted = count(subject.sessionIndex);
  const int64_t limit = session(subject.sessionIndex).rateOrders;
  if (limit >= 0) judgement.record(rule::kMessageRate, counted, limit, !cancels && counted > limit);
  return judgement.finish(*header_, subject) == 0 ? status::kOk : status::kRefused;
}

int32_t Gate::check(const uint8_t* order, uint8_t* decision) {
  Keys keys;
  prepare(order, 0, keys);
  return judge(order, keys, decision);
}

uint32_t Gate::checkBatch(const uint8_t* orders, uint32_t count, uint8_t* decisions) {
  constexpr uint32_t kAhead = 4;  // A miss to memory takes about as long as four checks.
  Keys keys[kAhead];
  for (uint32_t index = 0; index < kAhead && index < count; ++index) {
    prepare(orders + index * order::kSize, index, keys[index]);
  }
  uint32_t accepted = 0;
  for (uint32_t index = 0; index < count; ++index) {
    Keys& current = keys[index % kAhead];
    const uint8_t* order = orders + index * order::kSize;
    if (judge(order, current, decisions + index * gate::kDecisionSize) == status::kOk) {
      if (isRemembered(order)) acceptedOrders().remember(current.same, header_->nowNs);
      ++accepted;
    }
    if (index + kAhead < count) prepare(orders + (index + kAhead) * order::kSize, kAhead - 1, current);
  }
  return accepted;
}

void Gate::accepted(const uint8_t* order) {
  if (isRemembered(order)) acceptedOrders().remember(sameOrderKey(order), header_->nowNs);
}

void Gate::consume(const uint8_t* order, uint32_t failedMask) {
  const Key id = clOrdIdKey(order);
  const uint32_t sessionIndex = load<uint32_t>(order + order::kSessionIndex);
  if (sessionIndex < capacities_.sessions) {
    const RecentKeys ids = sessionIds(sessionIndex);
    if (ids.find(id) == nullptr) ids.remember(id, 0);
    count(sessionIndex);
  }
  if (failedMask == 0) accepted(order);
}

}  // namespace headrace::risk
