// The last keys of a kind, found by hash: the twin and its drawing are src/risk/recent.ts.
#pragma once

#include "risk/state.h"

namespace headrace::risk {

struct Key {
  uint64_t words[6];
  uint32_t hash;
};

// Two lanes of 32-bit words that do not wait for one another; the key is zero after its bytes.
inline uint32_t hashKey(const uint64_t* words, uint32_t size) {
  uint32_t even = size;
  uint32_t odd = 0x7feb352d;
  for (uint32_t at = 0; at < size; at += 8) {
    const uint64_t word = words[at / 8];
    even = (even ^ static_cast<uint32_t>(word)) * 0x9e3779b1u;
    even ^= even >> 15;
    odd = (odd ^ static_cast<uint32_t>(word >> 32)) * 0x85ebca6bu;
    odd ^= odd >> 13;
  }
  const uint32_t hash = (even ^ (odd << 16 | odd >> 16)) * 0x2c1b3c6du;
  return hash ^ (hash >> 15);
}

struct RecentKeys {
  Entry* entries;
  Recent* slots;
  uint32_t mask;
  uint32_t capacity;
  uint32_t* next;
  uint32_t* count;

  // Asks for the entry lines that finding `hash`, and forgetting the slot `ahead` of the next one, will need.
  void prefetch(uint32_t hash, uint32_t ahead) const {
    const uint32_t at = *next + ahead;
    __builtin_prefetch(entries + (hash & mask));
    __builtin_prefetch(entries + (slots[at < capacity ? at : 0].hash & mask));
  }

  // The newest slot with this key, or null. Of equal keys the newest is the last that probing meets.
  const Recent* find(const Key& key) const {
    const Recent* found = nullptr;
    for (uint32_t at = key.hash & mask; entries[at].slot != 0; at = (at + 1) & mask) {
      if (entries[at].hash != key.hash) continue;
      const Recent& slot = slots[entries[at].slot - 1];
      if (std::memcmp(slot.key, key.words, sizeof slot.key) == 0) found = &slot;
    }
    return found;
  }

  // Remembers a key, in the place of the oldest when all slots are taken.
  void remember(const Key& key, uint64_t timeNs) const {
    const uint32_t at = *next;
    if (*count == capacity) {
      forget(at);
    } else {
      ++*count;
    }
    Recent& slot = slots[at];
    std::memcpy(slot.key, key.words, sizeof slot.key);
    slot.timeNs = timeNs;
    slot.hash = key.hash;
    uint32_t entry = key.hash & mask;
    while (entries[entry].slot != 0) entry = (entry + 1) & mask;
    entries[entry] = {key.hash, at + 1};
    *next = at + 1 == capacity ? 0 : at + 1;
  }

 private:
  // Takes a slot's entry out and moves those after it back, each no further than its home, which keeps their order.
  void forget(uint32_t slot) const {
    uint32_t hole = slots[slot].hash & mask;
    while (entries[hole].slot != slot + 1) hole = (hole + 1) & mask;
    for (uint32_t at = (hole + 1) & mask; entries[at].slot != 0; at = (at + 1) & mask) {
      if (((at - entries[at].hash) & mask) < ((at - hole) & mask)) continue;
      entries[hole] = entries[at];
      hole = at;
    }
    entries[hole] = {0, 0};
  }
};

}  // namespace headrace::risk
