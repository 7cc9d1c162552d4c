#include "codec/fix-scan.h"

#include "codec/fix-words.h"
#include "model/status.h"

namespace headrace::codec::fix {

namespace {

constexpr int32_t kTagDigitsMax = 9;
constexpr int32_t kMsgType = 35;
constexpr int32_t kCheckSum = 10;

// One to nine digits as a number, or -1.
int32_t digitsOf(const uint8_t* at, const uint8_t* end) {
  if (at == end || end - at > kTagDigitsMax) return -1;
  int32_t number = 0;
  for (; at < end; at++) {
    const unsigned digit = *at - unsigned{'0'};
    if (digit > 9) return -1;
    number = number * 10 + static_cast<int32_t>(digit);
  }
  return number;
}

// A tag that the word did not settle: of eight or nine digits, or negative (the session refuses that one by name), or none.
// Returns where its `=` stands, or nullptr and the status in *tag.
const uint8_t* slowTag(const uint8_t* at, const uint8_t* soh, int32_t* tag) {
  const uint8_t* equals = at;
  while (equals < soh && *equals != '=') equals++;
  *tag = status::kGarbled;
  if (equals == soh) return nullptr;
  const bool negative = *at == '-';
  const uint8_t* first = at + (negative ? 1 : 0);
  const int32_t number = digitsOf(first, equals);
  *tag = status::kBadTag;
  if (number < 0 || (*first == '0' && (negative || equals - first > 1))) return nullptr;
  *tag = negative ? -number : number;
  return equals;
}

// Reads the tag of the field at `at`, whose value ends at or after `soh`; as above. Eight bytes from `at` may be read.
inline const uint8_t* readTag(const uint8_t* at, const uint8_t* soh, int32_t* tag) {
  const uint64_t word = loadWord(at);
  const uint64_t found = findByte(word, '=');
  const unsigned count = found == 0 ? 0 : static_cast<unsigned>(std::countr_zero(found)) >> 3;
  const uint64_t digits = digitBytes(word, count);
  const bool leadingZero = (word & 0xff) == '0' && count > 1;
  if (count == 0 || !areDigits(digits) || leadingZero) [[unlikely]] return slowTag(at, soh, tag);
  *tag = static_cast<int32_t>(numberOf(digits));
  return at + count;
}

int32_t msgTypeCode(const uint8_t* at, const uint8_t* end) {
  if (end - at > 4) return 0;
  uint32_t code = 0;
  for (; at < end; at++) code = code << 8 | *at;
  return static_cast<int32_t>(code);
}

}  // namespace

Scan::Scan(const ScanBuffers& buffers, BlockScan blocks)
    : buffers_(buffers), blocks_(blocks), masks_(static_cast<size_t>(buffers.messageSizeMax) / 64 + 1) {}

int32_t Scan::scan() {
  const int32_t to = buffers_.control[control::kTo];
  int32_t at = buffers_.control[control::kFrom];
  int32_t count = 0;
  int32_t fieldFirst = 0;
  while (count < kBatchMessagesMax && fieldFirst + buffers_.fieldsMax <= buffers_.fieldCapacity) {
    Frame frame;
    if (!nextFrame(bytes_, at, to, buffers_.messageSizeMax, &frame)) {
      at = frame.start;
      break;
    }
    fieldFirst += takeMessage(frame, count++, fieldFirst);
    at = frame.end;
  }
  buffers_.control[control::kConsumed] = at;
  buffers_.control[control::kFieldsUsed] = fieldFirst;
  return count;
}

// Writes the entry of a framed message; returns how many fields it has.
int32_t Scan::takeMessage(const Frame& frame, int32_t index, int32_t fieldFirst) {
  Entry* entry = buffers_.messages + index;
  *entry = {frame.status, frame.start, frame.end, fieldFirst, 0, 0, kNoRow, 0};
  if (frame.status != status::kOk) return 0;
  const uint8_t* message = bytes_ + frame.start;
  const auto size = static_cast<size_t>(frame.trailer - frame.start);
  const uint32_t sum = blocks_(message, size, size_ - static_cast<size_t>(frame.start), masks_.data());
  if ((sum & 0xff) != frame.told) {
    entry->status = status::kBadCheckSum;
    return 0;
  }
  uint8_t* row = buffers_.rows == nullptr ? nullptr : buffers_.rows + static_cast<size_t>(index) * kRowStride;
  const int32_t found = indexFields(frame, entry, buffers_.fields + fieldFirst, row);
  if (found < 0) {
    *entry = {-found, frame.start, frame.end, fieldFirst, 0, 0, kNoRow, 0};
    return 0;
  }
  entry->fieldCount = found;
  return found;
}

// Sets the entry's MsgType and starts its row, if it has one.
bool Scan::beginRow(const Frame& frame, Entry* entry, const Field& msgType, uint8_t* row) {
  entry->msgType = msgTypeCode(bytes_ + msgType.valueStart, bytes_ + msgType.valueEnd);
  if (row == nullptr) return false;
  const auto session = static_cast<uint32_t>(buffers_.control[control::kSessionIndex]);
  return projection.begin(entry->msgType, session, static_cast<uint32_t>(frame.end - frame.start), row);
}

// Walks the SOHs that the blocks found; returns the number of fields or minus a status.
int32_t Scan::indexFields(const Frame& frame, Entry* entry, Field* fields, uint8_t* row) {
  const uint8_t* const message = bytes_ + frame.start;
  const uint8_t* const trailer = bytes_ + frame.trailer;
  const uint8_t* fieldStart = message;
  Field* field = fields;
  Field* const fieldsEnd = fields + buffers_.fieldsMax;
  int32_t dataTag = 0;
  bool projects = false;
  const size_t blocks = (static_cast<size_t>(trailer - message) + 63) / 64;
  for (size_t block = 0; block < blocks; block++) {
    const uint8_t* const blockStart = message + block * 64;
    for (uint64_t bits = masks_[block]; bits != 0; bits &= bits - 1) {
      const uint8_t* soh = blockStart + std::countr_zero(bits);
      if (soh < fieldStart) continue;  // inside raw data
      int32_t tag = 0;
      const uint8_t* const equals = readTag(fieldStart, soh, &tag);
      if (equals == nullptr) return -tag;
      if (field == fieldsEnd) return -status::kTooManyFields;
      if (dataTag != 0 && tag == dataTag) [[unlikely]] {
        const int32_t length = digitsOf(bytes_ + field[-1].valueStart, bytes_ + field[-1].valueEnd);
        if (length < 0 || length >= trailer - equals - 1 || equals[1 + length] != kSoh) return -status::kGarbled;
        soh = equals + 1 + length;
      }
      *field = {tag, static_cast<int32_t>(equals + 1 - bytes_), static_cast<int32_t>(soh - bytes_)};
      if (projects) {
        projection.field(tag, equals + 1, soh);
      } else if (field == fields + 2) {
        if (tag != kMsgType) return -status::kGarbled;
        projects = beginRow(frame, entry, *field, row);
      }
      dataTag = static_cast<uint32_t>(tag) < kRawDataTableSize ? buffers_.rawData[tag] : 0;
      fieldStart = soh + 1;
      field++;
    }
  }
  if (field == fieldsEnd) return -status::kTooManyFields;
  if (field - fields < 3) return -status::kGarbled;
  *field = {kCheckSum, frame.trailer + 3, frame.trailer + 6};
  if (projects) projection.finish(entry);
  return static_cast<int32_t>(field - fields) + 1;
}

}  // namespace headrace::codec::fix
