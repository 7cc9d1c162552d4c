// Layouts that the FIX codec shares with its TypeScript twin: src/codec/fix/batch-layout.ts, row-plan.ts and raw-data.ts draw
// them, the differential fuzz holds both to them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace headrace::codec::fix {

inline constexpr uint8_t kSoh = 0x01;

namespace control {
inline constexpr size_t kFrom = 0;
inline constexpr size_t kTo = 1;
inline constexpr size_t kSessionIndex = 2;
inline constexpr size_t kConsumed = 3;
inline constexpr size_t kFieldsUsed = 4;
inline constexpr size_t kWords = 8;
}  // namespace control

// One message of a batch.
struct Entry {
  int32_t status;
  int32_t start;
  int32_t end;
  int32_t fieldFirst;
  int32_t fieldCount;
  int32_t msgType;
  int32_t rowStatus;
  int32_t rowTag;
};
static_assert(sizeof(Entry) == 32);

// One field of the index: its value is bytes[valueStart, valueEnd).
struct Field {
  int32_t tag;
  int32_t valueStart;
  int32_t valueEnd;
};
static_assert(sizeof(Field) == 12);

inline constexpr int32_t kBatchMessagesMax = 256;
inline constexpr int32_t kNoRow = -1;
inline constexpr uint32_t kNoIndex = 0xffffffff;
inline constexpr size_t kRowStride = 256;
inline constexpr size_t kTextSizeMax = 47;

// By LENGTH tag, the tag of its DATA field.
inline constexpr uint32_t kRawDataTableSize = 65536;

namespace operation {
inline constexpr uint32_t kCharacter = 1;
inline constexpr uint32_t kDecimal = 2;
inline constexpr uint32_t kPrice = 3;
inline constexpr uint32_t kTimestamp = 4;
inline constexpr uint32_t kText = 5;
inline constexpr uint32_t kAccount = 6;
inline constexpr uint32_t kSymbol = 7;
inline constexpr uint32_t kFlag = 8;
inline constexpr uint32_t kIdentifier = 9;
}  // namespace operation

// A plan: by tag, operation | offset << 8 | bit << 24; then by bit, its tag | flag of a value rounded or shortened << 16.
inline constexpr uint32_t kPlanTags = 1024;
inline constexpr uint32_t kPlanWords = kPlanTags + 32;

namespace msgtype {
inline constexpr int32_t kNewOrderSingle = 'D';
inline constexpr int32_t kOrderCancelRequest = 'F';
inline constexpr int32_t kOrderCancelReplaceRequest = 'G';
inline constexpr int32_t kExecutionReport = '8';
}  // namespace msgtype

}  // namespace headrace::codec::fix
