// The doorbell's protocol of src/ring/doorbell.ts for native threads, over the same word (byte 64 of its memory):
//
//              ring                    ring: wake it
//     awake ─────────▶ rung ◀───────────────────── asleep
//       ▲               │ woken, or looked again      ▲
//       └───────────────┘                             │ nothing rung since: may sleep
//       └─────────────────────────────────────────────┘
//
// A listener sleeps only after the exchange awake → asleep succeeded, which it does not if somebody rang since the listener
// last said it looks; so no wake-up is lost. How a sleeper is woken (uv_async, eventfd, futex) is the caller's.
//
// All three are read-modify-writes, so they happen in one order. A ring before the listener's look is read by it, with all
// that was published before; a ring after it finds `awake` or `asleep` and makes the listener look again.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace headrace::ring {

inline constexpr size_t kDoorbellState = 64;
inline constexpr size_t kDoorbellSize = 136;

enum DoorbellState : uint32_t { kAwake = 0, kAsleep = 1, kRung = 2 };

class Doorbell {
 public:
  // `memory` is what createDoorbell made, or kDoorbellSize zero bytes, 4-byte aligned.
  explicit Doorbell(uint8_t* memory) : state_(*reinterpret_cast<uint32_t*>(memory + kDoorbellState)) {}

  // A ringer, after it published: true says that the listener sleeps and this caller must wake it.
  bool ring() { return state_.exchange(kRung, std::memory_order_acq_rel) == kAsleep; }

  // The listener, before it looks at what it is rung for. An exchange, where a store would not acquire what ringers published.
  void look() { state_.exchange(kAwake, std::memory_order_acq_rel); }

  // The listener, after it found nothing more: true says that it may sleep until woken, false that it must look again.
  bool trySleep() {
    uint32_t expected = kAwake;
    return state_.compare_exchange_strong(expected, kAsleep, std::memory_order_acq_rel);
  }

 private:
  std::atomic_ref<uint32_t> state_;
};

}  // namespace headrace::ring
