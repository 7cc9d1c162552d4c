// Shortens identifiers that are longer than a row's text: src/codec/fix/identifier.ts of the twin, byte for byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "codec/fix-layout.h"
#include "codec/fix-words.h"

namespace headrace::codec::fix {

// Bytes of the text that a shortened identifier keeps; `~` and 16 hex digits follow.
inline constexpr size_t kShortenedPrefixSize = 30;
static_assert(kShortenedPrefixSize + 1 + 16 == kTextSizeMax);

// Four bytes a step through two lanes; the last ones, 0 to 3, are padded with zeros. Up to 8 bytes from the last ones are read.
inline uint64_t hashIdentifier(const uint8_t* bytes, size_t size) {
  uint32_t low = static_cast<uint32_t>(size) * 0x9e3779b1u;
  auto high = static_cast<uint32_t>(size);
  const auto take = [&](uint32_t word) {
    low = (low ^ word) * 0x85ebca6bu;
    low ^= low >> 15;
    high = (high ^ word) * 0xc2b2ae35u;
    high ^= high >> 13;
  };
  for (; size >= 4; size -= 4, bytes += 4) {
    uint32_t word;
    std::memcpy(&word, bytes, 4);
    take(word);
  }
  take(size == 0 ? 0 : static_cast<uint32_t>(firstBytes(loadWord(bytes), size)));
  low ^= (high ^ (high >> 16)) * 0x9e3779b1u;
  high ^= (low ^ (low >> 13)) * 0x85ebca6bu;
  return uint64_t{high} << 32 | (low ^ (low >> 16));
}

// Writes an identifier of more than kTextSizeMax bytes as a row's text: length byte, first bytes, `~`, the hash of the whole.
inline void shortenIdentifier(uint8_t* to, const uint8_t* value, size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  *to++ = static_cast<uint8_t>(kTextSizeMax);
  std::memcpy(to, value, kShortenedPrefixSize);
  to += kShortenedPrefixSize;
  *to++ = '~';
  const uint64_t hash = hashIdentifier(value, size);
  for (int shift = 60; shift >= 0; shift -= 4) *to++ = static_cast<uint8_t>(kDigits[hash >> shift & 0xf]);
}

}  // namespace headrace::codec::fix
