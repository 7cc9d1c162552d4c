// The vector part of the FIX scan: where the SOHs of a message are, and the sum of its bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace headrace::codec::fix {

// Sets bit i of masks[i / 64] where bytes[i] is SOH, for i < size; bits from `size` on are 0. Returns the sum of bytes[0, size).
// `readable` ≥ size bytes may be read; `masks` has (size + 63) / 64 words.
using BlockScan = uint32_t (*)(const uint8_t* bytes, size_t size, size_t readable, uint64_t* masks);

uint32_t scanBlocksPortable(const uint8_t* bytes, size_t size, size_t readable, uint64_t* masks);

struct NamedBlockScan {
  const char* name;
  BlockScan scan;
};

// Those this processor can run, the portable one first and the fastest last; `count` is set to how many.
const NamedBlockScan* blockScans(size_t* count);

// The fastest, chosen once.
BlockScan bestBlockScan();

}  // namespace headrace::codec::fix
