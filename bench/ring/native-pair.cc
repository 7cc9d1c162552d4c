// "Native to native": two C++ threads, both spinning. Usage: pair RING_BYTES MESSAGES BATCH MESSAGE_BYTES
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "cycles.h"
#include "ring/spsc-ring.h"

namespace {

using namespace headrace::ring;

struct Pair {
  uint8_t* memory;
  int64_t messages;
  int64_t batch;
  uint32_t messageBytes;
  std::atomic<int64_t> cycles = 0;
};

void produce(Pair& pair) {
  std::vector<uint8_t> source(pair.messageBytes, 7);
  SpscProducer producer(pair.memory);
  for (int64_t cycle = 0;; cycle++) {
    pair.cycles.wait(cycle);
    for (int64_t sent = 0; sent < pair.messages; sent++) {
      uint8_t* payload = producer.tryClaim(1, 0, 0, pair.messageBytes);
      while (payload == nullptr) {
        producer.publish();
        payload = producer.tryClaim(1, 0, 0, pair.messageBytes);
      }
      std::memcpy(payload, source.data(), source.size());
      if (sent % pair.batch == pair.batch - 1) producer.publish();
    }
    producer.publish();
  }
}

double consume(void* context) {
  Pair& pair = *static_cast<Pair*>(context);
  static SpscConsumer consumer(pair.memory);
  const double start = secondsNow();
  pair.cycles++;
  pair.cycles.notify_one();
  uint64_t sum = 0;
  for (int64_t seen = 0; seen < pair.messages;) {
    seen += static_cast<int64_t>(
        consumer.poll([&](const Frame& frame) { sum += frame.payload.front() + frame.payload.back(); }, 256));
  }
  const double elapsed = secondsNow() - start;
  if (sum != static_cast<uint64_t>(pair.messages) * 14) std::abort();
  return static_cast<double>(pair.messages) / elapsed;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) return 64;
  const auto capacity = static_cast<uint32_t>(std::atol(arguments[1]));
  std::vector<uint8_t> storage(RingMemory::sizeFor(capacity) + 64);
  uint8_t* memory = storage.data() + (64 - reinterpret_cast<uintptr_t>(storage.data()) % 64);
  RingMemory::create({memory, RingMemory::sizeFor(capacity)}, capacity);
  Pair pair{memory, std::atol(arguments[2]), std::atol(arguments[3]), static_cast<uint32_t>(std::atol(arguments[4]))};
  std::thread(produce, std::ref(pair)).detach();
  const int status = answerCycles(consume, &pair);
  std::_Exit(status);
}
