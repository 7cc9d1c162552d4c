#include "codec/fix-encode.h"

#include <cstring>

#include "codec/fix-text.h"
#include "model/rows.h"
#include "model/status.h"

namespace headrace::codec::fix {

namespace {

constexpr size_t kLengthDigits = 3;  // of the usual BodyLength, 100 to 999
constexpr uint32_t kHasPrice = 2;
constexpr uint32_t kHasAccount = 4;

template <class Value>
Value load(const uint8_t* row, size_t offset) {
  Value value;
  std::memcpy(&value, row + offset, sizeof(value));
  return value;
}

uint8_t* copy(std::span<const uint8_t> text, uint8_t* to) {
  if (text.empty()) return to;
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

}  // namespace

// Writes fields at `at`; the first refusal is kept in `status`.
class OrderEncode::Writer {
 public:
  uint8_t* at;
  int32_t status = status::kOk;

  explicit Writer(uint8_t* to) : at(to) {}

  template <size_t kSize>
  void tag(const char (&text)[kSize]) {
    std::memcpy(at, text, kSize - 1);
    at += kSize - 1;
  }

  void soh() { *at++ = kSoh; }

  void text(const uint8_t* value, size_t size) {
    if (size > 0 && std::memchr(value, kSoh, size) != nullptr) refuse(status::kBadCharacter);
    std::memcpy(at, value, size);
    at += size;
    soh();
  }

  // A text of a row; `missing` is its refusal when there is none.
  void rowText(const uint8_t* field) {
    if (field[0] == 0) refuse(status::kMissingValue);
    if (field[0] > kTextSizeMax) return refuse(status::kTooLong);
    text(field + 1, field[0]);
  }

  void name(const Names& names, uint32_t index) {
    size_t size = 0;
    const uint8_t* value = names.nameOf(index, &size);
    if (size == 0) return refuse(status::kUnknownName);
    text(value, size);
  }

  template <size_t kSize>
  void character(const char (&name)[kSize], uint8_t value) {
    if (value == 0) return;
    tag(name);
    text(&value, 1);
  }

  template <size_t kSize>
  void decimal(const char (&name)[kSize], int64_t value) {
    tag(name);
    at = writeDecimal(value, at);
    soh();
  }

  void refuse(int32_t code) {
    if (status == status::kOk) status = code;
  }
};

OrderEncode::OrderEncode(const OrderTexts& texts, std::span<uint8_t> out, int32_t* ends, int32_t* statuses)
    : texts_(texts),
      out_(out),
      ends_(ends),
      statuses_(statuses),
      blocks_(bestBlockScan()),
      masks_((kOrderSizeMax + texts.begin.size() + texts.parties.size() + texts.constants.size()) / 64 + 1) {}

size_t OrderEncode::encode(const OrderBatch& batch) {
  sendingTimeSize_ = static_cast<size_t>(writeTimestampMs(batch.timeNs, sendingTime_) - sendingTime_);
  const size_t sizeMax = kOrderSizeMax + texts_.begin.size() + texts_.parties.size() + texts_.constants.size();
  const size_t headSize = texts_.begin.size() + kLengthDigits + 1;
  size_t end = 0;
  int32_t msgSeqNum = batch.msgSeqNum;
  for (int32_t index = 0; index < batch.count; index++) {
    statuses_[index] = status::kCapacity;
    ends_[index] = static_cast<int32_t>(end);
    if (out_.size() - end < sizeMax) continue;
    uint8_t* const start = out_.data() + end;
    Writer writer(start + headSize);
    statuses_[index] = body(batch.rows + static_cast<size_t>(index) * batch.stride, msgSeqNum, &writer);
    if (statuses_[index] != status::kOk) continue;
    end = static_cast<size_t>(finish(start, writer.at) - out_.data());
    ends_[index] = static_cast<int32_t>(end);
    msgSeqNum++;
  }
  return end;
}

int32_t OrderEncode::body(const uint8_t* row, int32_t msgSeqNum, Writer* to) const {
  const uint8_t msgType = row[order::kMsgType];
  const bool isNew = msgType == 'D';
  if (!isNew && msgType != 'F' && msgType != 'G') return status::kBadType;
  const auto flags = load<uint32_t>(row, order::kFlags);
  const auto transactTimeNs = load<uint64_t>(row, order::kTransactTimeNs);
  const auto quantity = load<int64_t>(row, order::kQuantity);
  to->tag("35=");
  *to->at++ = msgType;
  to->soh();
  to->at = copy(texts_.parties, to->at);
  to->tag("34=");
  to->at = writeInteger(static_cast<uint64_t>(msgSeqNum), to->at);
  to->tag("\00152=");
  to->at = copy({sendingTime_, sendingTimeSize_}, to->at);
  to->tag("\00111=");
  to->rowText(row + order::kClOrdId);
  if (!isNew) {
    to->tag("41=");
    to->rowText(row + order::kOrigClOrdId);
  }
  if ((flags & kHasAccount) != 0) {
    to->tag("1=");
    to->name(accounts, load<uint32_t>(row, order::kAccountIndex));
  }
  to->at = copy(texts_.constants, to->at);
  to->tag("55=");
  to->name(symbols, load<uint32_t>(row, order::kSymbolIndex));
  to->character("54=", row[order::kSide]);
  if (transactTimeNs != 0) {
    to->tag("60=");
    to->at = writeTimestampMs(transactTimeNs, to->at);
    to->soh();
  }
  if (quantity != 0) to->decimal("38=", quantity);
  to->character("40=", row[order::kOrdType]);
  if ((flags & kHasPrice) != 0) to->decimal("44=", load<int64_t>(row, order::kPrice));
  to->character("59=", row[order::kTimeInForce]);
  return to->status;
}

// Puts the head before the body and CheckSum behind it. The body stands where a BodyLength of three digits lets it; one of
// another size moves it.
uint8_t* OrderEncode::finish(uint8_t* start, uint8_t* bodyEnd) const {
  uint8_t* body = start + texts_.begin.size() + kLengthDigits + 1;
  const auto length = static_cast<size_t>(bodyEnd - body);
  uint8_t* head = copy(texts_.begin, start);
  head = writeInteger(length, head);
  if (head + 1 != body) [[unlikely]] {
    std::memmove(head + 1, body, length);
    bodyEnd = head + 1 + length;
  }
  *head = kSoh;
  const auto size = static_cast<size_t>(bodyEnd - start);
  const uint32_t sum = blocks_(start, size, static_cast<size_t>(out_.data() + out_.size() - start), masks_.data());
  std::memcpy(bodyEnd, "10=", 3);
  uint8_t* end = writePadded(sum & 0xff, 3, bodyEnd + 3);
  *end = kSoh;
  return end + 1;
}

}  // namespace headrace::codec::fix
