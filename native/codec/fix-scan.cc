#include "codec/fix-scan.h"

#include "codec/fix-words.h"
#include "model/status.h"

namespace headrace::codec::fix {

namespace {

constexpr int32_t kTagDigitsMax = 9;
constexpr int32_t kBeginString = 8;
constexpr int32_t kBodyLength = 9;
constexpr int32_t kCheckSum = 10;
constexpr int32_t kMsgType = 35;

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
  if (count == 0 || !areDigits(digits) || leadingZero) return slowTag(at, soh, tag);
  *tag = static_cast<int32_t>(numberOf(digits));
  return at + count;
}

// 0 for a MsgType that is no text of one to four bytes: a NUL would make it look like a shorter one.
int32_t msgTypeCode(const uint8_t* at, const uint8_t* end) {
  if (end - at > 4) return 0;
  uint32_t code = 0;
  for (; at < end; at++) {
    if (*at == 0) return 0;
    code = code << 8 | *at;
  }
  return static_cast<int32_t>(code);
}

}  // namespace

Scan::Scan(const ScanBuffers& buffers, BlockScan blocks)
    : buffers_(buffers),
      blocks_(blocks),
      masks_(static_cast<size_t>(buffers.messageSizeMax) / 64 + 1),
      successors_(kSuccessors) {}

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

// Reads a tag that was not the one foreseen, and foresees it next time.
const uint8_t* Scan::learnTag(const uint8_t* at, const uint8_t* soh, Successor* successor, int32_t* tag) {
  const uint8_t* equals = readTag(at, soh, tag);
  const auto size = static_cast<size_t>(equals - at) + 1;
  if (equals == nullptr || size > sizeof(uint64_t)) return equals;
  successor->mask = ~uint64_t{0} >> (64 - 8 * size);
  successor->text = loadWord(at) & successor->mask;
  successor->next = successorOf(*tag);
  successor->tag = *tag;
  successor->size = static_cast<uint16_t>(size);
  successor->dataTag = static_cast<uint32_t>(*tag) < kRawDataTableSize ? buffers_.rawData[*tag] : 0;
  return equals;
}

// Walks the SOHs that the blocks found; returns the number of fields or minus a status.
int32_t Scan::indexFields(const Frame& frame, Entry* entry, Field* fields, uint8_t* row) {
  const uint8_t* const bytes = bytes_;
  const uint8_t* const trailer = bytes + frame.trailer;
  const uint8_t* fieldStart = bytes + frame.body;
  fields[0] = {kBeginString, frame.start + 2, frame.bodyLength - 3};
  fields[1] = {kBodyLength, frame.bodyLength, frame.body - 1};
  Field* field = fields + 2;
  Field* const fieldsEnd = fields + buffers_.fieldsMax;
  int32_t tag = 0;
  Successor* successor = successorOf(kBodyLength);
  int32_t dataTag = 0;
  RowWriter writer(projection);
  bool projects = false;
  const uint64_t* mask = masks_.data();
  for (const uint8_t* block = bytes + frame.start; block < trailer; block += 64) {
    for (uint64_t bits = *mask++; bits != 0; bits &= bits - 1) {
      const uint8_t* soh = block + std::countr_zero(bits);
      if (soh < fieldStart) continue;  // of the first two fields, or inside raw data
      const uint8_t* equals = fieldStart + successor->size - 1;
      const int32_t before = dataTag;
      if ((loadWord(fieldStart) & successor->mask) == successor->text) [[likely]] {
        tag = successor->tag;
        dataTag = successor->dataTag;
        successor = successor->next;
      } else {
        equals = learnTag(fieldStart, soh, successor, &tag);
        if (equals == nullptr) return -tag;
        successor = successorOf(tag);
        dataTag = static_cast<uint32_t>(tag) < kRawDataTableSize ? buffers_.rawData[tag] : 0;
      }
      if (field == fieldsEnd) return -status::kTooManyFields;
      if (before != 0 && tag == before) [[unlikely]] {
        const int32_t length = digitsOf(bytes + field[-1].valueStart, bytes + field[-1].valueEnd);
        if (length < 0 || length >= trailer - equals - 1 || equals[1 + length] != kSoh) return -status::kGarbled;
        soh = equals + 1 + length;
      }
      *field = {tag, static_cast<int32_t>(equals + 1 - bytes), static_cast<int32_t>(soh - bytes)};
      if (projects) {
        writer.field(tag, equals + 1, soh);
      } else if (field == fields + 2) {
        if (tag != kMsgType) return -status::kGarbled;
        entry->msgType = msgTypeCode(equals + 1, soh);
        const auto session = static_cast<uint32_t>(buffers_.control[control::kSessionIndex]);
        const auto size = static_cast<uint32_t>(frame.end - frame.start);
        projects = row != nullptr && writer.begin(entry->msgType, session, size, row);
      }
      fieldStart = soh + 1;
      field++;
    }
  }
  if (field == fieldsEnd) return -status::kTooManyFields;
  if (field - fields < 3) return -status::kGarbled;
  *field = {kCheckSum, frame.trailer + 3, frame.trailer + 6};
  if (projects) writer.finish(entry);
  return static_cast<int32_t>(field - fields) + 1;
}

}  // namespace headrace::codec::fix
