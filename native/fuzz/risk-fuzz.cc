// Any bytes as commands, orders and fills: no sanitizer report, and a status from the table for each.
#include <cstdlib>
#include <vector>

#include "model/status.h"
#include "risk/gate.h"

namespace {

using namespace headrace;

constexpr risk::Capacities kCapacities{3, 3, 2, 4, 5, 4, 1000};

struct Input {
  const uint8_t* at;
  size_t left;

  void take(uint8_t* to, size_t size) {
    const size_t taken = left < size ? left : size;
    std::memset(to, 0, size);
    if (taken > 0) std::memcpy(to, at, taken);
    at += taken;
    left -= taken;
  }
  template <typename T>
  T take() {
    T value;
    take(reinterpret_cast<uint8_t*>(&value), sizeof value);
    return value;
  }
};

void expectKnown(int32_t code) {
  switch (code) {
    case status::kOk:
    case status::kRefused:
    case status::kCapacity:
    case status::kOverflow:
    case status::kBadCommand:
      return;
    default:
      std::abort();
  }
}

// Small indices, so that most of them exist.
risk::Holding holding(Input& input) {
  const uint32_t bits = input.take<uint32_t>();
  return {bits % 4, bits / 4 % 4, '0' + bits / 16 % 8};
}

void order(risk::Gate& gate, Input& input) {
  uint8_t row[order::kSize];
  uint8_t decision[gate::kDecisionSize];
  input.take(row, sizeof row);
  for (const size_t at : {order::kAccountIndex, order::kSymbolIndex, order::kSessionIndex}) {
    risk::store(row + at, risk::load<uint32_t>(row + at) % 4);
  }
  row[order::kMsgType] = "DFGDZ"[row[order::kMsgType] % 5];
  expectKnown(gate.check(row, decision));
  gate.accepted(row);
  gate.consume(row, row[order::kSide] % 2);
}

void command(risk::Gate& gate, Input& input) {
  uint8_t row[gate_command::kSize];
  input.take(row, sizeof row);
  risk::store(row, uint32_t{row[0]} % 14);
  for (size_t at = gate_command::kAccountIndex; at <= gate_command::kValue; at += 4) {
    risk::store(row + at, risk::load<uint32_t>(row + at) % 64);
  }
  expectKnown(gate.apply(row, sizeof row));
}

void step(risk::Gate& gate, Input& input) {
  switch (input.take<uint8_t>() % 7) {
    case 0:
      return command(gate, input);
    case 1:
      return expectKnown(gate.release(holding(input), input.take<int64_t>(), input.take<int64_t>()));
    case 2:
      return expectKnown(
          gate.fill(holding(input), input.take<int64_t>(), input.take<int64_t>(), input.take<int64_t>()));
    case 3:
      return expectKnown(gate.trade(holding(input), input.take<int64_t>(), input.take<int64_t>()));
    case 4:
      gate.clock(input.take<uint64_t>());
      return gate.reference(input.take<uint8_t>() % 4, input.take<int64_t>(), 1, input.take<uint64_t>());
    case 5:
      return gate.replaced(input.take<int64_t>(), input.take<int64_t>(), input.take<int64_t>());
    default:
      return order(gate, input);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<uint64_t> memory(risk::layoutOf(kCapacities).sizeBytes / 8);
  auto* bytes = reinterpret_cast<uint8_t*>(memory.data());
  risk::Gate::initialise(bytes, kCapacities);
  risk::Gate gate;
  if (!gate.attach(bytes, memory.size() * 8)) std::abort();
  Input input{data, size};
  while (input.left > 0) step(gate, input);
  return 0;
}
