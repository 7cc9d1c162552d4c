// Open orders and positions: every change keeps an account's gross notional the exact sum of its parts, or changes nothing.
#include "model/status.h"
#include "risk/gate.h"

namespace headrace::risk {

namespace {

i128 grossOf(const Account& account) { return (static_cast<i128>(account.grossHigh) << 64) | account.grossLow; }

void setGross(Account& account, i128 gross) {
  account.grossLow = static_cast<uint64_t>(gross);
  account.grossHigh = static_cast<int64_t>(gross >> 64);
}

// Adds without wrapping; the parts are at most 2^126, so their difference fits.
bool addGross(const Account& account, i128 change, i128& gross) {
  return !__builtin_add_overflow(grossOf(account), change, &gross);
}

int64_t& openOf(Pair& pair, uint32_t side) { return directionOf(side) > 0 ? pair.openBuy : pair.openSell; }

i128 notional(int64_t quantity, int64_t price) {
  return static_cast<i128>(product(magnitude(quantity), magnitude(price)));
}

// An addition is weighted, a reduction keeps the average, a crossing takes the trade's price.
int64_t averageAfter(int64_t position, int64_t average, int64_t traded, int64_t price) {
  const int64_t after = position + traded;
  if (after == 0) return 0;
  if (position == 0 || (position < 0) != (after < 0)) return price;
  if ((position < 0) != (traded < 0)) return average;
  const i128 held = static_cast<i128>(magnitude(position)) * average;
  const i128 added = static_cast<i128>(magnitude(traded)) * price;
  return static_cast<int64_t>(divideAway(held + added, static_cast<i128>(magnitude(after))));
}

}  // namespace

Pair* Gate::probe(uint32_t account, uint32_t symbol) const {
  uint32_t slot = homeSlot(account, symbol);
  for (;;) {
    Pair* pair = pairs_ + slot;
    if (pair->account == 0 || (pair->account == account + 1 && pair->symbol == symbol)) return pair;
    slot = (slot + 1) & (layout_.pairSlots - 1);
  }
}

Pair* Gate::findPair(uint32_t account, uint32_t symbol) const {
  Pair* pair = probe(account, symbol);
  return pair->account == 0 ? nullptr : pair;
}

Pair* Gate::claimPair(uint32_t account, uint32_t symbol) {
  Pair* pair = probe(account, symbol);
  if (pair->account != 0) return pair;
  if (header_->pairCount >= capacities_.pairs) return nullptr;
  pair->account = account + 1;
  pair->symbol = symbol;
  pair->maxQuantity = pair->maxNotional = pair->maxPosition = kNoLimit;
  ++header_->pairCount;
  return pair;
}

void Gate::removeSlot(uint32_t slot) {
  const uint32_t mask = layout_.pairSlots - 1;
  uint32_t hole = slot;
  for (uint32_t next = (hole + 1) & mask; pairs_[next].account != 0; next = (next + 1) & mask) {
    const uint32_t home = homeSlot(pairs_[next].account - 1, pairs_[next].symbol);
    if (((next - home) & mask) < ((next - hole) & mask)) continue;
    pairs_[hole] = pairs_[next];
    hole = next;
  }
  pairs_[hole] = Pair{};
  --header_->pairCount;
}

void Gate::resetPairs(uint32_t bits) {
  for (uint32_t slot = 0; slot < layout_.pairSlots; ++slot) {
    Pair& pair = pairs_[slot];
    if (pair.account == 0) continue;
    if (bits & gate_reset::kAccountLimits) pair.maxQuantity = pair.maxNotional = pair.maxPosition = kNoLimit;
    if (!(bits & gate_reset::kPositions)) continue;
    Account& owner = account(pair.account - 1);
    setGross(owner, grossOf(owner) - notional(pair.position, pair.averagePrice));
    pair.position = pair.averagePrice = 0;
  }
  for (uint32_t slot = 0; slot < layout_.pairSlots; ++slot) {
    const Pair& pair = pairs_[slot];
    while (pair.account != 0 && pair.position == 0 && pair.openBuy == 0 && pair.openSell == 0 &&
           pair.maxQuantity == kNoLimit && pair.maxNotional == kNoLimit && pair.maxPosition == kNoLimit) {
      removeSlot(slot);
    }
  }
}

bool Gate::isValid(const Holding& holding, int64_t quantity) const {
  return holding.account < capacities_.accounts && holding.symbol < capacities_.symbols &&
         directionOf(holding.side) != 0 && quantity > 0;
}

int32_t Gate::reserve(const Holding& holding, int64_t quantity, int64_t price) {
  if (!isValid(holding, quantity)) return status::kBadCommand;
  Account& owner = account(holding.account);
  Pair* pair = findPair(holding.account, holding.symbol);
  int64_t open = 0;
  i128 gross = 0;
  if (__builtin_add_overflow(pair == nullptr ? 0 : openOf(*pair, holding.side), quantity, &open))
    return status::kOverflow;
  if (!addGross(owner, notional(quantity, price), gross)) return status::kOverflow;
  if (pair == nullptr) pair = claimPair(holding.account, holding.symbol);
  if (pair == nullptr) return status::kCapacity;
  openOf(*pair, holding.side) = open;
  setGross(owner, gross);
  return status::kOk;
}

int32_t Gate::release(const Holding& holding, int64_t quantity, int64_t price) {
  if (!isValid(holding, quantity)) return status::kBadCommand;
  Pair* pair = findPair(holding.account, holding.symbol);
  if (pair == nullptr) return status::kOverflow;
  Account& owner = account(holding.account);
  const int64_t open = openOf(*pair, holding.side) - quantity;
  const i128 gross = grossOf(owner) - notional(quantity, price);
  if (open < 0 || gross < 0) return status::kOverflow;
  openOf(*pair, holding.side) = open;
  setGross(owner, gross);
  return status::kOk;
}

int32_t Gate::setPosition(const Holding& holding, int64_t position, int64_t averagePrice) {
  Account& owner = account(holding.account);
  Pair* pair = findPair(holding.account, holding.symbol);
  if (pair == nullptr && position == 0) return status::kOk;
  const i128 before = pair == nullptr ? 0 : notional(pair->position, pair->averagePrice);
  i128 gross = 0;
  if (!addGross(owner, notional(position, averagePrice) - before, gross)) return status::kOverflow;
  if (pair == nullptr) pair = claimPair(holding.account, holding.symbol);
  if (pair == nullptr) return status::kCapacity;
  pair->position = position;
  pair->averagePrice = averagePrice;
  setGross(owner, gross);
  return status::kOk;
}

int32_t Gate::trade(const Holding& holding, int64_t quantity, int64_t price) {
  if (!isValid(holding, quantity)) return status::kBadCommand;
  const Pair* pair = findPair(holding.account, holding.symbol);
  const int64_t position = pair == nullptr ? 0 : pair->position;
  const int64_t average = pair == nullptr ? 0 : pair->averagePrice;
  const int64_t traded = directionOf(holding.side) > 0 ? quantity : -quantity;
  int64_t after = 0;
  if (__builtin_add_overflow(position, traded, &after)) return status::kOverflow;
  return setPosition(holding, after, averageAfter(position, average, traded, price));
}

int32_t Gate::fill(const Holding& holding, int64_t quantity, int64_t reservedPrice, int64_t fillPrice) {
  const int32_t released = release(holding, quantity, reservedPrice);
  if (released != status::kOk) return released;
  const int32_t traded = trade(holding, quantity, fillPrice);
  // What was just released fits again, so taking it back cannot fail.
  if (traded != status::kOk) reserve(holding, quantity, reservedPrice);
  return traded;
}

}  // namespace headrace::risk
