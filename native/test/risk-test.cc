// The gate without Node: boundaries, tables that fill up, and sums that must come back to nothing.
#include <cstring>
#include <random>
#include <vector>

#include "model/status.h"
#include "risk/gate.h"
#include "test/check.h"

namespace {

using namespace headrace;
using risk::Capacities;
using risk::Gate;
using risk::Holding;

constexpr Capacities kCapacities{4, 4, 2, 4, 8, 8, 1000};
constexpr int64_t kUnit = 100'000'000;
constexpr uint64_t kStart = 1'700'000'000'000'000'000;

struct TestGate {
  std::vector<uint64_t> memory;
  Gate gate;

  explicit TestGate(const Capacities& capacities = kCapacities) : memory(risk::layoutOf(capacities).sizeBytes / 8) {
    Gate::initialise(bytes(), capacities);
    CHECK(gate.attach(bytes(), memory.size() * 8));
    gate.clock(kStart);
  }
  uint8_t* bytes() { return reinterpret_cast<uint8_t*>(memory.data()); }
};

struct Command {
  uint8_t row[gate_command::kSize] = {};
  explicit Command(uint32_t kind) {
    for (size_t at = gate_command::kRateOrders; at < gate_command::kQuantity; at += 8) set(at, risk::kNoLimit);
    for (const size_t at : {gate_command::kCollarBps, gate_command::kStaleAfterMs}) set(at, risk::kNoLimit32);
    set(gate_command::kKind, kind);
  }
  template <typename T>
  Command& set(size_t offset, T value) {
    risk::store(row + offset, value);
    return *this;
  }
  int32_t applyTo(Gate& gate) const { return gate.apply(row, sizeof row); }
};

struct Order {
  uint8_t row[order::kSize] = {};
  static inline uint32_t given = 0;
  explicit Order(int64_t quantity, int64_t price) {
    row[order::kMsgType] = 'D';
    row[order::kSide] = '1';
    row[order::kOrdType] = '2';
    risk::store(row + order::kQuantity, quantity);
    risk::store(row + order::kPrice, price);
    risk::store(row + order::kFlags, order_flag::kHasPrice);
    risk::store(row + order::kClOrdId + 1, ++given);
    row[order::kClOrdId] = 4;
  }
};

uint32_t failedMask(Gate& gate, const Order& order) {
  uint8_t decision[gate::kDecisionSize];
  const int32_t status = gate.check(order.row, decision);
  const uint32_t failed = risk::load<uint32_t>(decision);
  CHECK((status == status::kOk) == (failed == 0));
  return failed;
}

void limitAccount(Gate& gate) { CHECK(Command(gate_command_kind::kAccountLimits).applyTo(gate) == status::kOk); }

void refusesWhatIsNoGate() {
  TestGate t;
  Gate other;
  CHECK(!other.attach(t.bytes(), t.memory.size() * 8 - 8));
  t.memory[0] ^= 1;
  CHECK(!other.attach(t.bytes(), t.memory.size() * 8));
  std::vector<uint64_t> zeros(t.memory.size());
  CHECK(!other.attach(reinterpret_cast<uint8_t*>(zeros.data()), zeros.size() * 8));
}

void limitsHoldAtTheirEdge() {
  TestGate t;
  CHECK(failedMask(t.gate, Order(kUnit, kUnit)) == 1u << rule::kUnknownAccount);
  const auto limits = Command(gate_command_kind::kAccountLimits)
                          .set(gate_command::kMaxQuantity, 100 * kUnit)
                          .set(gate_command::kMaxNotional, int64_t{500000});
  CHECK(limits.applyTo(t.gate) == status::kOk);
  CHECK(failedMask(t.gate, Order(100 * kUnit, 50 * kUnit)) == 0);
  CHECK(failedMask(t.gate, Order(100 * kUnit, 50 * kUnit + 1)) == 1u << rule::kMaxNotional);
  CHECK(failedMask(t.gate, Order(100 * kUnit + 1, 49 * kUnit)) == 1u << rule::kMaxQuantity);
}

void centsAreRoundedUpAtEverySize() {
  const risk::u128 cent = 100'000'000'000'000;
  for (const risk::u128 cents : {risk::u128{0}, risk::u128{1}, risk::u128{123456789012}, risk::u128{INT64_MAX}}) {
    CHECK(risk::notionalCents(cents * cent) == cents);
    CHECK(risk::notionalCents(cents * cent + 1) == cents + 1);
    CHECK(cents == 0 || risk::notionalCents(cents * cent - 1) == cents);
  }
}

void int64EdgesRefuse() {
  TestGate t;
  limitAccount(t.gate);
  const uint32_t failed = failedMask(t.gate, Order(INT64_MAX, INT64_MIN));
  CHECK(failed == 1u << rule::kOverflow);
  const Holding buys{0, 0, '1'};
  CHECK(t.gate.reserve(buys, INT64_MAX, INT64_MAX) == status::kOk);
  const std::vector<uint64_t> before = t.memory;
  CHECK(t.gate.reserve(buys, 1, 1) == status::kOverflow);
  CHECK(t.gate.release(buys, INT64_MAX, INT64_MIN) == status::kOverflow);
  CHECK(t.gate.reserve({0, 9, '1'}, 1, 1) == status::kBadCommand);
  CHECK(t.gate.reserve({0, 0, '7'}, 1, 1) == status::kBadCommand);
  CHECK(t.memory == before);
  CHECK(t.gate.fill(buys, INT64_MAX, INT64_MAX, INT64_MIN) == status::kOk);
  CHECK(t.gate.trade(buys, 1, 1) == status::kOverflow);
  CHECK(t.gate.findPair(0, 0)->position == INT64_MAX);
}

void thePairTableIsBoundedAndSwept() {
  TestGate t;
  for (uint32_t symbol = 0; symbol < 4; ++symbol) CHECK(t.gate.reserve({1, symbol, '2'}, 5, 7) == status::kOk);
  CHECK(t.gate.reserve({2, 0, '2'}, 5, 7) == status::kCapacity);
  for (uint32_t symbol = 0; symbol < 3; ++symbol) CHECK(t.gate.release({1, symbol, '2'}, 5, 7) == status::kOk);
  const auto reset = Command(gate_command_kind::kReset).set(gate_command::kValue, gate_reset::kPositions);
  CHECK(reset.applyTo(t.gate) == status::kOk);
  CHECK(t.gate.header().pairCount == 1);
  CHECK(t.gate.findPair(1, 3)->openSell == 5);
}

void aReferenceGoesStale() {
  TestGate t;
  limitAccount(t.gate);
  const auto collar = Command(gate_command_kind::kFirmLimits)
                          .set(gate_command::kCollarBps, uint32_t{100})
                          .set(gate_command::kStaleAfterMs, uint32_t{10});
  CHECK(collar.applyTo(t.gate) == status::kOk);
  CHECK(failedMask(t.gate, Order(kUnit, 100 * kUnit)) == 1u << rule::kPriceCollar);
  t.gate.reference(0, 100 * kUnit, 1, kStart);
  CHECK(failedMask(t.gate, Order(kUnit, 101 * kUnit)) == 0);
  CHECK(failedMask(t.gate, Order(kUnit, 101 * kUnit + 1)) == 1u << rule::kPriceCollar);
  t.gate.clock(kStart + 10'000'001);
  CHECK(failedMask(t.gate, Order(kUnit, 100 * kUnit)) == 1u << rule::kPriceCollar);
}

// Whatever was reserved, filled and released: at the end nothing is open, and gross is what the positions are worth.
void sumsComeBack() {
  TestGate t({4, 64, 2, 256, 8, 8, 1000});
  std::mt19937_64 random(20260101);
  struct Open {
    Holding holding;
    int64_t quantity, price;
  };
  std::vector<Open> open;
  std::vector<int64_t> position(4 * 64);
  for (int round = 0; round < 20'000; ++round) {
    const Holding holding{static_cast<uint32_t>(random() % 4), static_cast<uint32_t>(random() % 64),
                          random() % 2 == 0 ? uint32_t{'1'} : uint32_t{'2'}};
    open.push_back(
        {holding, static_cast<int64_t>(random() % 1000 + 1) * kUnit, static_cast<int64_t>(random() % 100) * kUnit});
    CHECK(t.gate.reserve(holding, open.back().quantity, open.back().price) == status::kOk);
    const size_t chosen = random() % open.size();
    Open& order = open[chosen];
    const int64_t part = static_cast<int64_t>(random() % static_cast<uint64_t>(order.quantity)) + 1;
    if (random() % 2 == 0) {
      CHECK(t.gate.fill(order.holding, part, order.price, order.price + 3) == status::kOk);
      position[order.holding.account * 64 + order.holding.symbol] += order.holding.side == '1' ? part : -part;
      order.quantity -= part;
    } else {
      CHECK(t.gate.release(order.holding, order.quantity, order.price) == status::kOk);
      order.quantity = 0;
    }
    if (order.quantity == 0) open.erase(open.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  for (const Open& order : open) CHECK(t.gate.release(order.holding, order.quantity, order.price) == status::kOk);
  for (uint32_t account = 0; account < 4; ++account) {
    for (uint32_t symbol = 0; symbol < 64; ++symbol) {
      const risk::Pair* pair = t.gate.findPair(account, symbol);
      CHECK((pair == nullptr ? 0 : pair->position) == position[account * 64 + symbol]);
      CHECK(pair == nullptr || (pair->openBuy == 0 && pair->openSell == 0));
    }
  }
  const auto reset = Command(gate_command_kind::kReset).set(gate_command::kValue, gate_reset::kPositions);
  CHECK(reset.applyTo(t.gate) == status::kOk);
  CHECK(t.gate.header().pairCount == 0);
  const auto* accounts = reinterpret_cast<const risk::Account*>(t.bytes() + gate::kHeaderSize);
  for (int account = 0; account < 4; ++account)
    CHECK(accounts[account].grossLow == 0 && accounts[account].grossHigh == 0);
}

void aBatchIsItsOrdersOneByOne() {
  TestGate one;
  TestGate all;
  limitAccount(one.gate);
  limitAccount(all.gate);
  constexpr uint32_t kCount = 50;
  std::vector<uint8_t> orders(kCount * order::kSize), apart(kCount * gate::kDecisionSize), together(apart.size());
  uint32_t accepted = 0;
  for (uint32_t index = 0; index < kCount; ++index) {
    const Order row((index % 7 + 1) * kUnit, 10 * kUnit);
    std::memcpy(orders.data() + index * order::kSize, row.row, order::kSize);
    if (one.gate.check(row.row, apart.data() + index * gate::kDecisionSize) != status::kOk) continue;
    one.gate.accepted(row.row);
    ++accepted;
  }
  CHECK(all.gate.checkBatch(orders.data(), kCount, together.data()) == accepted);
  CHECK(accepted > 0 && accepted < kCount);
  CHECK(apart == together && one.memory == all.memory);
}

}  // namespace

int main() {
  refusesWhatIsNoGate();
  limitsHoldAtTheirEdge();
  centsAreRoundedUpAtEverySize();
  int64EdgesRefuse();
  thePairTableIsBoundedAndSwept();
  aReferenceGoesStale();
  sumsComeBack();
  aBatchIsItsOrdersOneByOne();
  return 0;
}
