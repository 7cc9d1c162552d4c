// The native ring and doorbell without Node: one thread at the bounds, two threads under TSan, lost wake-ups on an eventfd.
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "ring/doorbell.h"
#include "ring/spsc-ring.h"
#include "test/check.h"

namespace {

using namespace headrace::ring;

// Memory as JavaScript gives it: 16-byte aligned at best, so each test also runs 16, 32 and 48 bytes off a line.
class Memory {
 public:
  explicit Memory(uint32_t capacity, size_t shift = 0)
      : storage_(RingMemory::sizeFor(capacity) + 128),
        shift_(64 - reinterpret_cast<uintptr_t>(storage_.data()) % 64 + shift) {
    size_ = RingMemory::sizeFor(capacity);
    RingMemory::create(bytes(), capacity);
  }

  std::span<uint8_t> bytes() { return {storage_.data() + shift_, size_}; }
  uint8_t* data() { return bytes().data(); }

 private:
  std::vector<uint8_t> storage_;
  size_t shift_;
  size_t size_ = 0;
};

bool put(SpscProducer& producer, const std::string& text) {
  uint8_t* payload = producer.tryClaim(17, 4, 0xfedcba98, static_cast<uint32_t>(text.size()));
  if (payload == nullptr) return false;
  std::memcpy(payload, text.data(), text.size());
  return true;
}

std::vector<std::string> drain(SpscConsumer& consumer, size_t framesMax = 1000) {
  std::vector<std::string> seen;
  consumer.poll(
      [&](const Frame& frame) {
        CHECK(frame.type == 17 && frame.topic == 4 && frame.source == 0xfedcba98);
        seen.emplace_back(frame.payload.begin(), frame.payload.end());
      },
      framesMax);
  return seen;
}

void framesArriveOnceAndOnlyPublished() {
  Memory memory(1024);
  CHECK(RingMemory::isRing(memory.bytes()));
  CHECK(!RingMemory::isRing(memory.bytes().first(1000)));
  SpscProducer producer(memory.data());
  SpscConsumer consumer(memory.data());
  CHECK(put(producer, "EURUSD") && put(producer, ""));
  CHECK(drain(consumer).empty());
  producer.publish();
  CHECK((drain(consumer) == std::vector<std::string>{"EURUSD", ""}));
  CHECK(drain(consumer).empty());
}

void fullRefusesUntilBytesComeBack() {
  Memory memory(512);
  SpscProducer producer(memory.data());
  SpscConsumer consumer(memory.data());
  const std::string text(32, 'x');
  for (int i = 0; i < 8; i++) CHECK(put(producer, text));
  CHECK(!put(producer, text));
  CHECK(!put(producer, ""));
  producer.publish();
  CHECK(drain(consumer, 3).size() == 3);
  for (int i = 0; i < 3; i++) CHECK(put(producer, text));
  CHECK(!put(producer, text));
  CHECK(producer.payloadSizeMax() == 32);
  CHECK(producer.tryClaim(1, 0, 0, 33) == nullptr);
}

void wrapsAtEveryAlignment() {
  for (size_t step = 0; step <= 32; step += 8) {
    Memory memory(512);
    SpscProducer producer(memory.data());
    SpscConsumer consumer(memory.data());
    for (int round = 0; round < 1000; round++) {
      const std::string text(round % 2 == 0 ? step : 32, static_cast<char>('a' + round % 26));
      CHECK(put(producer, text));
      producer.publish();
      CHECK(drain(consumer) == std::vector<std::string>{text});
    }
  }
}

void positionsPass32Bits() {
  Memory memory(512);
  writeAt<uint32_t>(memory.data() + kProduced, 0xffffff80);
  writeAt<uint32_t>(memory.data() + kConsumed, 0xffffff80);
  SpscProducer producer(memory.data());
  SpscConsumer consumer(memory.data());
  for (int round = 0; round < 20; round++) {
    CHECK(put(producer, "round " + std::to_string(round)));
    producer.publish();
    CHECK(drain(consumer) == std::vector<std::string>{"round " + std::to_string(round)});
  }
  CHECK(readAt<uint32_t>(memory.data() + kProduced) < 0x10000);
}

// A cheap generator whose values both threads know: the length and the bytes of frame i follow from i.
uint32_t lengthOf(uint32_t i, uint32_t longest) { return (i * 2654435761u >> 7) % (longest + 1); }
uint8_t byteOf(uint32_t i, uint32_t at) { return static_cast<uint8_t>(i * 31 + at); }

// Allowed: every frame, once, in order, with its own bytes. Forbidden: a loss, a repeat, a swap, a byte of another frame.
void twoThreadsLoseAndSwapNothing(size_t shift, uint32_t batch) {
  constexpr uint32_t kCount = 60'000;
  Memory memory(4096, shift);
  std::thread producing([&] {
    SpscProducer producer(memory.data());
    for (uint32_t i = 0; i < kCount;) {
      const uint32_t length = lengthOf(i, producer.payloadSizeMax());
      uint8_t* payload = producer.tryClaim(static_cast<uint16_t>(1 + i % 60'000), i % 7, i, length);
      if (payload == nullptr) {
        producer.publish();
        std::this_thread::yield();
        continue;
      }
      for (uint32_t at = 0; at < length; at++) payload[at] = byteOf(i, at);
      if (++i % batch == 0) producer.publish();
    }
    producer.publish();
  });
  SpscConsumer consumer(memory.data());
  uint32_t next = 0;
  while (next < kCount) {
    const size_t seen = consumer.poll(
        [&](const Frame& frame) {
          CHECK(frame.source == next && frame.type == 1 + next % 60'000 && frame.topic == next % 7);
          CHECK(frame.payload.size() == lengthOf(next, 4096 / 8 - kHeaderSize));
          for (uint32_t at = 0; at < frame.payload.size(); at++) CHECK(frame.payload[at] == byteOf(next, at));
          next++;
        },
        64);
    if (seen == 0) std::this_thread::yield();
  }
  producing.join();
  CHECK(drain(consumer).empty());
}

void pauseFor(uint32_t turns) {
  for (std::atomic<uint32_t> turn = 0; turn < turns;) turn++;
}

// The event loop of the listener is an eventfd; the ringer writes to it only when told that the listener sleeps. It rings once
// a frame and waits for it to be read, so a later ring makes up for none: each meets the listener as it goes to sleep.
// Forbidden: the listener asleep with a frame in the ring, which shows as poll() running into its timeout.
void noWakeUpIsLost(uint32_t count) {
  Memory memory(4096);
  alignas(8) uint8_t words[kDoorbellSize] = {};
  const int wake = eventfd(0, EFD_NONBLOCK);
  CHECK(wake >= 0);
  std::atomic<uint32_t> read = 0;
  std::thread ringing([&] {
    SpscProducer producer(memory.data());
    Doorbell doorbell(words);
    for (uint32_t i = 0; i < count; i++) {
      CHECK(producer.tryClaim(1, 0, i, 8) != nullptr);
      producer.publish();
      const uint64_t one = 1;
      if (doorbell.ring()) CHECK(write(wake, &one, sizeof one) == sizeof one);
      for (uint32_t turns = 0; read.load() <= i; turns++) {
        if (turns > 1000) std::this_thread::yield();
      }
      pauseFor(i * 2654435761u >> 22);
    }
  });
  SpscConsumer consumer(memory.data());
  Doorbell doorbell(words);
  uint32_t next = 0;
  uint32_t sleeps = 0;
  while (true) {
    doorbell.look();
    while (consumer.poll([&](const Frame& frame) { CHECK(frame.source == next++); }, 64) > 0) read.store(next);
    if (next == count) break;
    // Widens the moment between the last look and sleep: here a ring would be lost.
    pauseFor(next * 40503u >> 6 & 255);
    if (!doorbell.trySleep()) continue;
    sleeps++;
    pollfd waited{wake, POLLIN, 0};
    CHECK(poll(&waited, 1, 30'000) == 1);
    uint64_t wakes = 0;
    CHECK(::read(wake, &wakes, sizeof wakes) == sizeof wakes);
    CHECK(wakes == 1);
  }
  ringing.join();
  close(wake);
  CHECK(sleeps > 0 && sleeps <= count);
}

void onlyASleeperIsWoken() {
  alignas(8) uint8_t words[kDoorbellSize] = {};
  Doorbell doorbell(words);
  CHECK(!doorbell.ring());      // awake: it will look again,
  CHECK(!doorbell.trySleep());  // because it may not sleep,
  CHECK(!doorbell.ring());      // and a second ring changes nothing.
  doorbell.look();
  CHECK(doorbell.trySleep());
  CHECK(doorbell.ring());   // asleep: this ringer wakes it,
  CHECK(!doorbell.ring());  // and only this one.
}

}  // namespace

int main() {
  framesArriveOnceAndOnlyPublished();
  fullRefusesUntilBytesComeBack();
  wrapsAtEveryAlignment();
  positionsPass32Bits();
  onlyASleeperIsWoken();
  for (size_t shift : {0, 16, 32, 48}) twoThreadsLoseAndSwapNothing(shift, shift == 0 ? 1 : 10);
  noWakeUpIsLost(50'000);
}
