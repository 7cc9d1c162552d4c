// The native ends of the single-producer, single-consumer byte ring of src/ring, over the same memory:
//
//     0  magic     u32  kRingMagic
//     4  capacity  u32  bytes of frames, a power of two
//   128  produced  u32  bytes published since the start, modulo 2^32; the producer alone stores it
//   256  consumed  u32  bytes given back since the start, modulo 2^32; the consumer alone stores it
//   260  waiting   u32  1 while a JavaScript producer sleeps until `consumed` moves; native code cannot wake it
//   384  frames    capacity bytes
//        slack     one frame header: the header of a padding frame may begin 8 bytes before the end
//
// The memory is only 16-byte aligned; the positions are 128 bytes apart, so never on one line or one pair of lines. Frames
// are model/frame.ts's with length, type, topic and source set, at multiples of 8, never split: where one does not fit before
// the end a padding frame (type 0) fills the rest. Two threads, no lock, no allocation, no wait.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace headrace::ring {

static_assert(std::endian::native == std::endian::little, "frames are little-endian");
static_assert(std::atomic_ref<uint32_t>::is_always_lock_free);

inline constexpr uint32_t kRingMagic = 0x31524748;  // "HGR1"
inline constexpr size_t kMagic = 0;
inline constexpr size_t kCapacity = 4;
inline constexpr size_t kProduced = 128;
inline constexpr size_t kConsumed = 256;
inline constexpr size_t kFrames = 384;

inline constexpr uint32_t kHeaderSize = 32;
inline constexpr size_t kLengthAt = 0;
inline constexpr size_t kTypeAt = 24;
inline constexpr size_t kTopicAt = 26;
inline constexpr size_t kSourceAt = 28;
inline constexpr uint16_t kPaddingType = 0;

inline constexpr uint32_t alignFrame(uint32_t length) { return (length + 7) & ~7u; }

template <typename T>
T readAt(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
void writeAt(uint8_t* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

// What both ends know of the memory.
class RingMemory {
 public:
  // Bytes for a ring of this capacity, a power of two from 512 to 2^30.
  static constexpr size_t sizeFor(uint32_t capacity) { return kFrames + capacity + kHeaderSize; }

  static void create(std::span<uint8_t> memory, uint32_t capacity) {
    std::memset(memory.data(), 0, memory.size());
    writeAt(memory.data() + kMagic, kRingMagic);
    writeAt(memory.data() + kCapacity, capacity);
  }

  // True when the memory was made by create() or by createRing in JavaScript; the ends below require it.
  static bool isRing(std::span<const uint8_t> memory) {
    return memory.size() > kFrames && readAt<uint32_t>(memory.data() + kMagic) == kRingMagic &&
           memory.size() == sizeFor(readAt<uint32_t>(memory.data() + kCapacity));
  }

 protected:
  explicit RingMemory(uint8_t* memory)
      : memory_(memory), frames_(memory + kFrames), capacity_(readAt<uint32_t>(memory + kCapacity)) {}

  std::atomic_ref<uint32_t> produced() { return at(kProduced); }
  std::atomic_ref<uint32_t> consumed() { return at(kConsumed); }
  uint32_t capacity() const { return capacity_; }
  uint8_t* frameAt(uint32_t position) { return frames_ + (position & (capacity_ - 1)); }

 private:
  std::atomic_ref<uint32_t> at(size_t offset) {
    return std::atomic_ref<uint32_t>(*reinterpret_cast<uint32_t*>(memory_ + offset));
  }

  uint8_t* memory_;
  uint8_t* frames_;
  uint32_t capacity_;
};

// The writing end; one thread.
class SpscProducer : RingMemory {
 public:
  explicit SpscProducer(uint8_t* memory)
      : RingMemory(memory),
        claimed_(produced().load(std::memory_order_relaxed)),
        consumedSeen_(consumed().load(std::memory_order_acquire)) {}

  uint32_t payloadSizeMax() const { return capacity() / 8 - kHeaderSize; }

  // Where the payload goes, or null when the ring is full or, what payloadSizeMax() tells before, no such frame ever fits.
  uint8_t* tryClaim(uint16_t type, uint16_t topic, uint32_t source, uint32_t length) {
    if (length > payloadSizeMax()) return nullptr;
    const uint32_t size = alignFrame(kHeaderSize + length);
    const uint32_t toEnd = capacity() - (claimed_ & (capacity() - 1));
    const uint32_t padding = toEnd < size ? toEnd : 0;
    if (!hasRoom(padding + size)) return nullptr;
    if (padding > 0) pad(padding);
    uint8_t* frame = frameAt(claimed_);
    writeAt(frame + kLengthAt, kHeaderSize + length);
    writeAt(frame + kTypeAt, type);
    writeAt(frame + kTopicAt, topic);
    writeAt(frame + kSourceAt, source);
    claimed_ += size;
    return frame + kHeaderSize;
  }

  // Shows the consumer every frame claimed so far; once a batch.
  void publish() {
    // Release: the frames' bytes before the position. Ringing a doorbell after this is a release too, of the position.
    produced().store(claimed_, std::memory_order_release);
  }

 private:
  bool hasRoom(uint32_t size) {
    if (capacity() - (claimed_ - consumedSeen_) >= size) return true;
    // Acquire: the consumer has read the bytes that are overwritten next.
    consumedSeen_ = consumed().load(std::memory_order_acquire);
    return capacity() - (claimed_ - consumedSeen_) >= size;
  }

  void pad(uint32_t length) {
    uint8_t* frame = frameAt(claimed_);
    writeAt(frame + kLengthAt, length);
    writeAt(frame + kTypeAt, kPaddingType);
    claimed_ += length;
  }

  uint32_t claimed_;       // ahead of what is published
  uint32_t consumedSeen_;  // shared memory is read only when the ring looks full
};

struct Frame {
  uint16_t type;
  uint16_t topic;
  uint32_t source;
  std::span<const uint8_t> payload;  // valid during the visit
};

// The reading end; one thread.
class SpscConsumer : RingMemory {
 public:
  explicit SpscConsumer(uint8_t* memory)
      : RingMemory(memory), position_(consumed().load(std::memory_order_relaxed)), producedSeen_(position_) {}

  // Visits up to framesMax frames in order, then gives their bytes back. Returns how many; 0 says the ring was empty.
  template <typename Visit>
  size_t poll(Visit&& visit, size_t framesMax) {
    // Acquire: the frames' bytes are read after the position that covers them.
    if (position_ == producedSeen_) producedSeen_ = produced().load(std::memory_order_acquire);
    if (position_ == producedSeen_) return 0;
    size_t frames = 0;
    while (frames < framesMax && position_ != producedSeen_) {
      const uint8_t* frame = frameAt(position_);
      const auto length = readAt<uint32_t>(frame + kLengthAt);
      const auto type = readAt<uint16_t>(frame + kTypeAt);
      position_ += alignFrame(length);
      if (type == kPaddingType) continue;
      const auto topic = readAt<uint16_t>(frame + kTopicAt);
      visit(Frame{type, topic, readAt<uint32_t>(frame + kSourceAt), {frame + kHeaderSize, length - kHeaderSize}});
      ++frames;
    }
    // Release: the frames are read before the producer may write over them.
    consumed().store(position_, std::memory_order_release);
    return frames;
  }

 private:
  uint32_t position_;
  uint32_t producedSeen_;
};

}  // namespace headrace::ring
