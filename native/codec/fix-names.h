// Looks names up in the flat memory of a NameTable (drawn in src/codec/fix/name-table.ts), which JavaScript fills.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "codec/fix-layout.h"
#include "codec/fix-words.h"

namespace headrace::codec::fix {

// Four bytes of the name a step; the last ones, 0 to 3, are padded with zeros.
inline uint32_t hashName(const uint8_t* bytes, size_t size) {
  uint32_t hash = static_cast<uint32_t>(size) * 0x9e3779b1u;
  for (; size >= 4; size -= 4, bytes += 4) {
    uint32_t word;
    std::memcpy(&word, bytes, 4);
    hash = (hash ^ word) * 0x85ebca6bu;
    hash ^= hash >> 15;
  }
  const uint32_t last = size == 0 ? 0 : static_cast<uint32_t>(firstBytes(loadWord(bytes), size));
  hash = (hash ^ last) * 0xc2b2ae35u;
  return hash ^ (hash >> 16);
}

class Names {
 public:
  // Takes the memory of a table; false when its header does not describe it, and every lookup then finds nothing.
  bool open(const uint8_t* memory, size_t sizeBytes) {
    uint32_t words[8];
    if (sizeBytes < sizeof(words)) return false;
    std::memcpy(words, memory, sizeof(words));
    const auto [magic, slotCount, capacity, count, stride, slots, names, size] = words;
    const uint64_t slotsEnd = uint64_t{sizeof(words)} + uint64_t{slotCount} * 8;
    if (magic != 0x544e5248 || slotCount == 0 || (slotCount & (slotCount - 1)) != 0 || slots != sizeof(words) ||
        stride < 8 || stride > kTextSizeMax + 1 || stride % 8 != 0 || names != slotsEnd || size != sizeBytes ||
        slotsEnd + uint64_t{capacity} * stride != sizeBytes) {
      return false;
    }
    slots_ = memory + slots;
    names_ = memory + names;
    mask_ = slotCount - 1;
    capacity_ = capacity;
    stride_ = stride;
    return true;
  }

  // The index of the name, or kNoIndex. Bounded whatever the memory holds. Eight bytes from any byte of the name may be read.
  uint32_t lookup(const uint8_t* bytes, size_t size) const {
    if (size == 0 || size >= stride_) return kNoIndex;
    const uint32_t hash = hashName(bytes, size);
    for (uint32_t step = 0, probe = hash & mask_; step <= mask_; step++, probe = (probe + 1) & mask_) {
      uint32_t slot[2];
      std::memcpy(slot, slots_ + size_t{probe} * 8, sizeof(slot));
      if (slot[1] == 0 || slot[1] > capacity_) return kNoIndex;
      if (slot[0] == hash && isName(names_ + size_t{slot[1] - 1} * stride_, bytes, size)) return slot[1] - 1;
    }
    return kNoIndex;
  }

  // The name of an index; size 0 for one outside the table.
  const uint8_t* nameOf(uint32_t index, size_t* size) const {
    *size = 0;
    if (index >= capacity_) return names_;
    const uint8_t* entry = names_ + size_t{index} * stride_;
    *size = entry[0] < stride_ ? entry[0] : 0;
    return entry + 1;
  }

 private:
  // An entry is a multiple of eight bytes: its length byte, the name, zeros. So it is compared in whole words.
  static bool isName(const uint8_t* entry, const uint8_t* bytes, size_t size) {
    const uint64_t head = size < 7 ? firstBytes(loadWord(bytes), size) : loadWord(bytes);
    if (loadWord(entry) != (head << 8 | size)) return false;
    if (size <= 7) return true;
    return std::memcmp(entry + 8, bytes + 7, size - 7) == 0;
  }

  const uint8_t* slots_ = nullptr;
  const uint8_t* names_ = nullptr;
  uint32_t mask_ = 0;
  uint32_t capacity_ = 0;
  uint32_t stride_ = 0;
};

}  // namespace headrace::codec::fix
