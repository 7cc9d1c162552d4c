// Finds the next message in received bytes: framing.ts of the twin, with the same answers. See there for the rules.
#pragma once

#include <cstddef>
#include <cstdint>

namespace headrace::codec::fix {

struct Frame {
  int32_t status;      // kOk: CheckSum is well formed and where BodyLength says; its value is not compared yet
  int32_t start;       // of the message, or, when none is complete, of the bytes to keep
  int32_t end;         // after the message, or where the search goes on after a garbled one
  int32_t bodyLength;  // where BodyLength's value is, when kOk; so are the following
  int32_t body;        // of the first field after BodyLength
  int32_t trailer;     // of `10=`
  uint32_t told;       // CheckSum's value; kNoCheckSum when it is not three digits
};

inline constexpr uint32_t kNoCheckSum = 0xffff;
inline constexpr int32_t kTrailerSize = 7;  // 10=ddd and SOH

// Frames the next message of bytes[from, to); false when more bytes are needed.
bool nextFrame(const uint8_t* bytes, int32_t from, int32_t to, int32_t messageSizeMax, Frame* frame);

}  // namespace headrace::codec::fix
