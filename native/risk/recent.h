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
  uint32_t* heads;
  Recent* slots;
  uint32_t headMask;
  uint32_t capacity;
  uint32_t* next;
  uint32_t* count;

  const uint32_t* headOf(uint32_t hash) const { return heads + (hash & headMask); }

  // The newest slot with this key, or null.
  const Recent* find(const Key& key) const {
    for (uint32_t link = *headOf(key.hash); link != 0; link = slots[link - 1].next) {
      const Recent& slot = slots[link - 1];
      if (slot.hash == key.hash && std::memcmp(slot.key, key.words, sizeof slot.key) == 0) return &slot;
    }
    return nullptr;
  }

  // Remembers a key, in the place of the oldest when all slots are taken; that one is always the last of its chain.
  void remember(const Key& key, uint64_t timeNs) const {
    const uint32_t at = *next;
    if (*count == capacity) {
      forget(at);
    } else {
      ++*count;
    }
    uint32_t& head = heads[key.hash & headMask];
    Recent& slot = slots[at];
    std::memcpy(slot.key, key.words, sizeof slot.key);
    slot.timeNs = timeNs;
    slot.hash = key.hash;
    slot.next = head;
    head = at + 1;
    *next = at + 1 == capacity ? 0 : at + 1;
  }

 private:
  void forget(uint32_t at) const {
    uint32_t* link = heads + (slots[at].hash & headMask);
    while (*link != at + 1) link = &slots[*link - 1].next;
    *link = 0;
  }
};

}  // namespace headrace::risk
