#include "codec/fix-blocks.h"

#include <array>
#include <cstring>

#include "codec/fix-layout.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace headrace::codec::fix {

uint32_t scanBlocksPortable(const uint8_t* bytes, size_t size, size_t, uint64_t* masks) {
  uint32_t sum = 0;
  for (size_t block = 0; block < size; block += 64) {
    uint64_t mask = 0;
    const size_t count = size - block < 64 ? size - block : 64;
    for (size_t at = 0; at < count; at++) {
      const uint8_t byte = bytes[block + at];
      mask |= static_cast<uint64_t>(byte == kSoh) << at;
      sum += byte;
    }
    masks[block / 64] = mask;
  }
  return sum;
}

#if defined(__x86_64__)

namespace {

// The last block: 64 bytes of which the first `count` are the message's, the others 0.
const uint8_t* lastBlock(const uint8_t* bytes, size_t count, uint8_t* copy) {
  std::memset(copy, 0, 64);
  std::memcpy(copy, bytes, count);
  return copy;
}

inline uint64_t blockSse2(const uint8_t* bytes, __m128i* sums) {
  const __m128i soh = _mm_set1_epi8(kSoh);
  uint64_t mask = 0;
  for (int quarter = 0; quarter < 4; quarter++) {
    const __m128i value = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + quarter * 16));
    *sums = _mm_add_epi64(*sums, _mm_sad_epu8(value, _mm_setzero_si128()));
    const auto found = static_cast<uint16_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(value, soh)));
    mask |= static_cast<uint64_t>(found) << (quarter * 16);
  }
  return mask;
}

uint32_t scanBlocksSse2(const uint8_t* bytes, size_t size, size_t, uint64_t* masks) {
  __m128i sums = _mm_setzero_si128();
  size_t block = 0;
  for (; block + 64 <= size; block += 64) masks[block / 64] = blockSse2(bytes + block, &sums);
  if (block < size) {
    alignas(16) uint8_t copy[64];
    masks[block / 64] = blockSse2(lastBlock(bytes + block, size - block, copy), &sums);
  }
  return static_cast<uint32_t>(_mm_cvtsi128_si64(sums) + _mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums)));
}

// 32 bytes of ones, then zeros: loaded from kKeep + 32 - n, it keeps the first n bytes of a vector.
alignas(32) constexpr std::array<uint8_t, 64> kKeep = [] {
  std::array<uint8_t, 64> keep{};
  for (size_t at = 0; at < 32; at++) keep[at] = 0xff;
  return keep;
}();

__attribute__((target("avx2"), always_inline)) inline uint32_t halfAvx2(__m256i value, __m256i* sums) {
  *sums = _mm256_add_epi64(*sums, _mm256_sad_epu8(value, _mm256_setzero_si256()));
  return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(value, _mm256_set1_epi8(kSoh))));
}

__attribute__((target("avx2"), always_inline)) inline __m256i load(const uint8_t* bytes) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
}

__attribute__((target("avx2"))) uint32_t scanBlocksAvx2(const uint8_t* bytes, size_t size, size_t readable,
                                                        uint64_t* masks) {
  __m256i sums = _mm256_setzero_si256();
  size_t block = 0;
  for (; block + 64 <= size; block += 64) {
    const uint64_t low = halfAvx2(load(bytes + block), &sums);
    const uint64_t high = halfAvx2(load(bytes + block + 32), &sums);
    masks[block / 64] = low | high << 32;
  }
  if (block < size) {
    const size_t count = size - block;
    alignas(32) uint8_t copy[64];
    const uint8_t* last = block + 64 <= readable ? bytes + block : lastBlock(bytes + block, count, copy);
    const size_t lowCount = count < 32 ? count : 32;
    const __m256i keepLow = load(kKeep.data() + 32 - lowCount);
    const __m256i keepHigh = load(kKeep.data() + 32 - (count - lowCount));
    const uint64_t low = halfAvx2(_mm256_and_si256(load(last), keepLow), &sums);
    const uint64_t high = halfAvx2(_mm256_and_si256(load(last + 32), keepHigh), &sums);
    masks[block / 64] = low | high << 32;
  }
  const __m128i both = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  return static_cast<uint32_t>(_mm_cvtsi128_si64(both) + _mm_cvtsi128_si64(_mm_unpackhi_epi64(both, both)));
}

constexpr std::array<NamedBlockScan, 3> kScans{
    {{"portable", scanBlocksPortable}, {"sse2", scanBlocksSse2}, {"avx2", scanBlocksAvx2}}};

}  // namespace

const NamedBlockScan* blockScans(size_t* count) {
  *count = __builtin_cpu_supports("avx2") ? 3 : 2;
  return kScans.data();
}

#else

namespace {
constexpr std::array<NamedBlockScan, 1> kScans{{{"portable", scanBlocksPortable}}};
}

const NamedBlockScan* blockScans(size_t* count) {
  *count = kScans.size();
  return kScans.data();
}

#endif

BlockScan bestBlockScan() {
  size_t count = 0;
  const NamedBlockScan* scans = blockScans(&count);
  return scans[count - 1].scan;
}

}  // namespace headrace::codec::fix
