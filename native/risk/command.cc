// Journalled commands, and a gate's first bytes. A refused command changes nothing.
#include <initializer_list>

#include "model/status.h"
#include "risk/gate.h"

namespace headrace::risk {

namespace {

namespace command = gate_command;
namespace kind = gate_command_kind;

constexpr uint32_t kResetBits = gate_reset::kAccountLimits | gate_reset::kSymbolLimits | gate_reset::kSessionLimits |
                                gate_reset::kFirmLimits | gate_reset::kRestricted | gate_reset::kPositions;
constexpr uint64_t kTimeNsMax = 1ull << 62;

int64_t limit(const uint8_t* row, size_t offset) { return load<int64_t>(row + offset); }
uint32_t word(const uint8_t* row, size_t offset) { return load<uint32_t>(row + offset); }

bool limitsAreValid(const uint8_t* row) {
  for (const size_t offset : {command::kRateOrders, command::kMaxQuantity, command::kMaxNotional, command::kMaxPosition,
                              command::kGrossNotional, command::kCollarAbsolute}) {
    if (limit(row, offset) < kNoLimit) return false;
  }
  return true;
}

template <typename Block>
int32_t copyMarketLimits(const uint8_t* row, Block& block) {
  block.maxQuantity = limit(row, command::kMaxQuantity);
  block.maxNotional = limit(row, command::kMaxNotional);
  block.collarAbsolute = limit(row, command::kCollarAbsolute);
  block.collarBps = word(row, command::kCollarBps);
  block.staleAfterMs = word(row, command::kStaleAfterMs);
  return status::kOk;
}

template <typename Block>
void clearMarketLimits(Block& block) {
  block.maxQuantity = block.maxNotional = block.collarAbsolute = kNoLimit;
  block.collarBps = block.staleAfterMs = kNoLimit32;
}

void clearAccountLimits(Account& account) {
  account.maxQuantity = account.maxNotional = account.maxPosition = account.grossNotional = kNoLimit;
  account.flags &= ~uint64_t{gate_flag::kLimited};
}

template <typename Flags>
int32_t switchFlag(const uint8_t* row, Flags& flags, uint32_t flag) {
  const uint32_t value = word(row, command::kValue);
  if (value > 1) return status::kBadCommand;
  flags = value == 1 ? flags | flag : flags & ~Flags{flag};
  return status::kOk;
}

void clearRate(Session& session) {
  for (uint32_t& bucket : session.buckets) bucket = 0;
  session.rateBucket = session.rateCount = 0;
  session.rateBucketEndNs = 0;
}

}  // namespace

void Gate::initialise(uint8_t* memory, const Capacities& c) {
  const Layout layout = layoutOf(c);
  Header& header = *reinterpret_cast<Header*>(memory);
  header.magic = kMagic;
  header.sizeBytes = layout.sizeBytes;
  header.version = gate::kVersion;
  header.accounts = c.accounts;
  header.symbols = c.symbols;
  header.sessions = c.sessions;
  header.pairs = c.pairs;
  header.pairSlots = layout.pairSlots;
  header.clOrdIds = c.clOrdIds;
  header.clOrdIdEntries = layout.clOrdIdEntries;
  header.duplicateOrders = c.duplicateOrders;
  header.duplicateEntries = layout.duplicateEntries;
  header.duplicateWindowMs = c.duplicateWindowMs;
  Gate gate;
  gate.attach(memory, layout.sizeBytes);
  gate.reset(kResetBits);
  clearAccountLimits(gate.accounts_[c.accounts]);
  clearMarketLimits(gate.symbols_[c.symbols]);
  gate.clearSession(gate.sessions_[c.sessions]);
}

bool Gate::attach(uint8_t* memory, size_t sizeBytes) {
  if (sizeBytes < gate::kHeaderSize || reinterpret_cast<uintptr_t>(memory) % 8 != 0) return false;
  const Header& header = *reinterpret_cast<Header*>(memory);
  if (header.magic != kMagic || header.version != gate::kVersion || header.sizeBytes != sizeBytes) return false;
  const Capacities c{header.accounts, header.symbols,         header.sessions,         header.pairs,
                     header.clOrdIds, header.duplicateOrders, header.duplicateWindowMs};
  constexpr uint32_t kCountMax = 1u << 26;
  for (const uint32_t count : {c.accounts, c.symbols, c.sessions, c.pairs, c.clOrdIds}) {
    if (count == 0 || count > kCountMax) return false;
  }
  if (c.duplicateOrders > kCountMax) return false;
  layout_ = layoutOf(c);
  if (layout_.sizeBytes != sizeBytes || header.pairSlots != layout_.pairSlots) return false;
  capacities_ = c;
  memory_ = memory;
  header_ = reinterpret_cast<Header*>(memory);
  accounts_ = reinterpret_cast<Account*>(memory + layout_.accounts);
  symbols_ = reinterpret_cast<Symbol*>(memory + layout_.symbols);
  sessions_ = reinterpret_cast<Session*>(memory + layout_.sessions);
  pairs_ = reinterpret_cast<Pair*>(memory + layout_.pairs);
  return true;
}

void Gate::clock(uint64_t nowNs) {
  if (nowNs < kTimeNsMax && nowNs > header_->nowNs) header_->nowNs = nowNs;
}

void Gate::replaced(int64_t leaves, int64_t cumulative, int64_t price) {
  header_->replacedLeaves = leaves < 0 ? 0 : leaves;
  header_->replacedCumulative = cumulative < 0 ? 0 : cumulative;
  header_->replacedPrice = price;
  header_->flags |= gate_flag::kReplacing;
}

void Gate::reference(uint32_t index, int64_t price, uint64_t feedSequence, uint64_t timeNs) {
  if (index >= capacities_.symbols || timeNs >= kTimeNsMax) return;
  Symbol& block = symbols_[index];
  block.referencePrice = price;
  block.feedSequence = feedSequence;
  block.referenceTimeNs = timeNs;
  block.flags |= gate_flag::kHasReference;
}

void Gate::clearSession(Session& session) const {
  session.rateOrders = kNoLimit;
  session.rateWindowMs = 0;
  clearRate(session);
}

int32_t Gate::reset(uint32_t bits) {
  if (bits == 0 || (bits & ~kResetBits) != 0) return status::kBadCommand;
  if (bits & gate_reset::kAccountLimits) {
    for (uint32_t index = 0; index < capacities_.accounts; ++index) clearAccountLimits(accounts_[index]);
  }
  for (uint32_t index = 0; index < capacities_.symbols; ++index) {
    if (bits & gate_reset::kSymbolLimits) clearMarketLimits(symbols_[index]);
    if (bits & gate_reset::kRestricted) symbols_[index].flags &= ~uint64_t{gate_flag::kRestricted};
  }
  if (bits & gate_reset::kSessionLimits) {
    for (uint32_t index = 0; index < capacities_.sessions; ++index) clearSession(sessions_[index]);
  }
  if (bits & gate_reset::kFirmLimits) clearMarketLimits(*header_);
  if (bits & (gate_reset::kAccountLimits | gate_reset::kPositions)) resetPairs(bits);
  return status::kOk;
}

int32_t Gate::applyToAccount(const uint8_t* row) {
  const uint32_t index = word(row, command::kAccountIndex);
  if (index >= capacities_.accounts) return status::kBadCommand;
  Account& block = accounts_[index];
  if (word(row, command::kKind) == kind::kHaltAccount) return switchFlag(row, block.flags, gate_flag::kHalted);
  block.maxQuantity = limit(row, command::kMaxQuantity);
  block.maxNotional = limit(row, command::kMaxNotional);
  block.maxPosition = limit(row, command::kMaxPosition);
  block.grossNotional = limit(row, command::kGrossNotional);
  block.flags |= gate_flag::kLimited;
  return status::kOk;
}

int32_t Gate::applyToSymbol(const uint8_t* row) {
  const uint32_t index = word(row, command::kSymbolIndex);
  if (index >= capacities_.symbols) return status::kBadCommand;
  const uint32_t what = word(row, command::kKind);
  if (what == kind::kSymbolLimits) return copyMarketLimits(row, symbols_[index]);
  return switchFlag(row, symbols_[index].flags, what == kind::kRestrict ? gate_flag::kRestricted : gate_flag::kHalted);
}

int32_t Gate::applyToPair(const uint8_t* row) {
  const Holding holding{word(row, command::kAccountIndex), word(row, command::kSymbolIndex), 0};
  if (holding.account >= capacities_.accounts || holding.symbol >= capacities_.symbols) return status::kBadCommand;
  if (word(row, command::kKind) == kind::kPosition) {
    return setPosition(holding, limit(row, command::kQuantity), limit(row, command::kAveragePrice));
  }
  Pair* pair = claimPair(holding.account, holding.symbol);
  if (pair == nullptr) return status::kCapacity;
  pair->maxQuantity = limit(row, command::kMaxQuantity);
  pair->maxNotional = limit(row, command::kMaxNotional);
  pair->maxPosition = limit(row, command::kMaxPosition);
  return status::kOk;
}

int32_t Gate::applyToSession(const uint8_t* row) {
  const uint32_t index = word(row, command::kSessionIndex);
  if (index >= capacities_.sessions) return status::kBadCommand;
  const uint32_t windowMs = word(row, command::kRateWindowMs);
  const bool unlimited = limit(row, command::kRateOrders) == kNoLimit;
  if (!unlimited && (windowMs == 0 || windowMs == kNoLimit32)) return status::kBadCommand;
  Session& block = sessions_[index];
  const uint32_t kept = unlimited ? 0 : windowMs;
  if (block.rateWindowMs != kept) clearRate(block);
  block.rateWindowMs = kept;
  block.rateOrders = limit(row, command::kRateOrders);
  return status::kOk;
}

int32_t Gate::dispatch(const uint8_t* row) {
  switch (word(row, command::kKind)) {
    case kind::kFirmLimits:
      return copyMarketLimits(row, *header_);
    case kind::kHaltFirm:
      return switchFlag(row, header_->flags, gate_flag::kHalted);
    case kind::kAccountLimits:
    case kind::kHaltAccount:
      return applyToAccount(row);
    case kind::kSymbolLimits:
    case kind::kRestrict:
    case kind::kHaltSymbol:
      return applyToSymbol(row);
    case kind::kPairLimits:
    case kind::kPosition:
      return applyToPair(row);
    case kind::kSessionLimits:
      return applyToSession(row);
    case kind::kReset:
      return reset(word(row, command::kValue));
    case kind::kBusinessDate:
      header_->businessDate = word(row, command::kValue);
      return status::kOk;
    default:
      return status::kBadCommand;
  }
}

int32_t Gate::apply(const uint8_t* row, size_t sizeBytes) {
  if (sizeBytes < command::kSize || !limitsAreValid(row)) return status::kBadCommand;
  const int32_t result = dispatch(row);
  const uint32_t what = word(row, command::kKind);
  if (result == status::kOk && what != kind::kPosition && what != kind::kBusinessDate) ++header_->limitVersion;
  return result;
}

}  // namespace headrace::risk
