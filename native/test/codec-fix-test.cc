// The FIX codec without Node: block scans against the portable one, tags, numbers, times and names, and whole batches in memory of
// just their size, so that a sanitizer sees each byte read past the end.
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "codec/fix-encode.h"
#include "codec/fix-scan.h"
#include "codec/fix-text.h"
#include "model/rows.h"
#include "test/check.h"

using namespace headrace::codec::fix;
namespace order = headrace::order;
namespace status = headrace::status;

namespace {

// Bytes in memory of exactly their size.
struct Exact {
  size_t size;
  std::unique_ptr<uint8_t[]> bytes;

  explicit Exact(const std::string& text) : size(text.size()), bytes(new uint8_t[text.size()]) {
    std::memcpy(bytes.get(), text.data(), size);
  }
  const uint8_t* begin() const { return bytes.get(); }
  const uint8_t* end() const { return bytes.get() + size; }
};

std::string withSoh(std::string text) {
  for (char& character : text) character = character == '|' ? '\x01' : character;
  return text;
}

// A whole message: BodyLength and CheckSum are put around a body written with | for SOH.
std::string whole(const std::string& body) {
  const std::string head = withSoh("8=FIX.4.4|9=" + std::to_string(body.size()) + "|" + body);
  unsigned sum = 0;
  for (const char character : head) sum += static_cast<uint8_t>(character);
  char trailer[16];
  std::snprintf(trailer, sizeof trailer, "10=%03u\x01", sum & 0xff);
  return head + trailer;
}

void testBlockScans() {
  size_t count = 0;
  const NamedBlockScan* scans = blockScans(&count);
  uint32_t random = 7;
  for (size_t size = 0; size <= 300; size++) {
    std::string text(size, '\0');
    for (char& character : text) {
      random = random * 1664525 + 1013904223;
      character = random >> 30 == 0 ? '\x01' : static_cast<char>(random >> 24);
    }
    const Exact input(text);
    std::vector<uint64_t> expected(size / 64 + 1), found(size / 64 + 1);
    const uint32_t sum = scanBlocksPortable(input.begin(), size, size, expected.data());
    for (size_t at = 0; at < count; at++) {
      CHECK(scans[at].scan(input.begin(), size, size, found.data()) == sum);
      CHECK(found == expected);
      // The same with bytes of another message behind it.
      const Exact longer(text + std::string(64, '\x01'));
      CHECK(scans[at].scan(longer.begin(), size, size + 64, found.data()) == sum);
      CHECK(found == expected);
    }
  }
}

void checkDecimal(const char* text, int32_t code, int64_t value = 0) {
  // Behind a value there are always its SOH and a trailer.
  const Exact input(withSoh(std::string(text) + "|10=000|"));
  int64_t found = 0;
  CHECK(parseDecimal(input.begin(), input.begin() + std::strlen(text), &found) == code);
  if (code == status::kOk) CHECK(found == value);
}

void testNumbers() {
  checkDecimal("1.5", status::kOk, 150000000);
  checkDecimal("-1.5", status::kOk, -150000000);
  checkDecimal("12345678", status::kOk, 1234567800000000);
  checkDecimal("123456789", status::kOk, 12345678900000000);
  checkDecimal(".0000001", status::kOk, 10);
  checkDecimal("0.00000001", status::kOk, 1);
  checkDecimal("92233720368.54775807", status::kOk, INT64_MAX);
  checkDecimal("92233720368.54775808", status::kOverflow);
  checkDecimal("0.000000001", status::kScaleLoss);
  checkDecimal(".", status::kBadNumber);
  checkDecimal("-", status::kBadNumber);
  checkDecimal("1.2.3", status::kBadNumber);
  checkDecimal("+1", status::kBadNumber);
  checkDecimal("1e5", status::kBadNumber);
  uint8_t text[32];
  CHECK(std::string(text, writeDecimal(INT64_MIN, text)) == "-92233720368.54775808");
  CHECK(std::string(text, writeDecimal(0, text)) == "0");
  CHECK(std::string(text, writeDecimal(1, text)) == "0.00000001");
  CHECK(std::string(text, writeDecimal(150000000, text)) == "1.5");
}

void checkTimestamp(const char* text, int32_t code, uint64_t timeNs = 0) {
  const Exact input(withSoh(std::string(text) + "|10=000|"));
  TimestampReader reader;
  uint64_t found = 0;
  CHECK(reader.read(input.begin(), input.begin() + std::strlen(text), &found) == code);
  if (code == status::kOk) CHECK(found == timeNs);
}

void testTimestamps() {
  checkTimestamp("19700101-00:00:00", status::kOk, 0);
  checkTimestamp("20260102-03:04:05.678", status::kOk, 1767323045678000000);
  checkTimestamp("20260102-03:04:05.678901234", status::kOk, 1767323045678901234);
  checkTimestamp("20240229-23:59:60", status::kOk, 1709251200000000000);
  checkTimestamp("20230229-00:00:00", status::kBadNumber);
  checkTimestamp("20260102-24:00:00", status::kBadNumber);
  checkTimestamp("20260102-03:04:05.67", status::kBadNumber);
  checkTimestamp("20260102-03:04", status::kBadNumber);
  uint8_t text[32];
  CHECK(std::string(text, writeTimestampMs(1767323045678901234, text)) == "20260102-03:04:05.678");
}

// The arrays of a batch, and a small plan of orders: ClOrdID, Symbol, OrderQty.
struct Batch {
  std::vector<int32_t> control = std::vector<int32_t>(control::kWords);
  std::vector<Entry> messages = std::vector<Entry>(kBatchMessagesMax);
  std::vector<Field> fields = std::vector<Field>(64);
  std::vector<uint8_t> rows = std::vector<uint8_t>(kBatchMessagesMax * kRowStride);
  std::vector<uint16_t> rawData = std::vector<uint16_t>(kRawDataTableSize);
  std::vector<uint32_t> plan = std::vector<uint32_t>(kPlanWords);
  std::vector<uint32_t> reports = std::vector<uint32_t>(kPlanWords);

  Batch() {
    rawData[95] = 96;
    take(11, operation::kText, order::kClOrdId, 0);
    take(55, operation::kSymbol, order::kSymbolIndex, 1);
    take(38, operation::kDecimal, order::kQuantity, 2);
  }

  void take(uint32_t tag, uint32_t operation, size_t offset, uint32_t bit) {
    plan[tag] = operation | static_cast<uint32_t>(offset) << 8 | bit << 24;
    plan[kPlanTags + bit] = tag;
  }

  int32_t scan(const Exact& input, BlockScan blocks = bestBlockScan()) {
    ScanBuffers buffers;
    buffers.control = control.data();
    buffers.messages = messages.data();
    buffers.fields = fields.data();
    buffers.rows = rows.data();
    buffers.rawData = rawData.data();
    buffers.messageSizeMax = 4096;
    buffers.fieldsMax = 16;
    buffers.fieldCapacity = static_cast<int32_t>(fields.size());
    Scan scan(buffers, blocks);
    scan.projection.plans.order = plan.data();
    scan.projection.plans.execution = reports.data();
    scan.projection.plans.bits.newOrderSingle = 7;
    scan.bind(input.begin(), input.size);
    control[control::kFrom] = 0;
    control[control::kTo] = static_cast<int32_t>(input.size);
    return scan.scan();
  }
};

void testScan() {
  Batch batch;
  const std::string body = "35=D|49=A|11=C-1|55=IBM|38=7|";
  const Exact one(whole(body));
  CHECK(batch.scan(one) == 1);
  CHECK(batch.control[control::kConsumed] == static_cast<int32_t>(one.size));
  CHECK(batch.messages[0].status == status::kOk);
  CHECK(batch.messages[0].fieldCount == 8);
  CHECK(batch.messages[0].rowStatus == status::kOk);
  CHECK(batch.fields[3].tag == 49 && batch.fields[7].tag == 10);
  CHECK(std::memcmp(batch.rows.data() + order::kClOrdId, "\3C-1\0", 5) == 0);
  int64_t quantity = 0;
  std::memcpy(&quantity, batch.rows.data() + order::kQuantity, sizeof(quantity));
  CHECK(quantity == 700000000);

  CHECK(batch.scan(Exact(whole("35=D|11=C-1|38=7|"))) == 1);
  CHECK(batch.messages[0].rowStatus == status::kMissingTag && batch.messages[0].rowTag == 55);
  CHECK(batch.scan(Exact(whole("35=0|95=4|96=|=1||"))) == 1);
  CHECK(batch.messages[0].status == status::kOk && batch.messages[0].fieldCount == 6);
  CHECK(batch.scan(Exact(whole("35=0|95=9|96=|=1||"))) == 1);
  CHECK(batch.messages[0].status == status::kGarbled);
  CHECK(batch.scan(Exact(whole("35=0|-1=x|123456789=y|0=z|"))) == 1);
  CHECK(batch.fields[3].tag == -1 && batch.fields[4].tag == 123456789 && batch.fields[5].tag == 0);
  CHECK(batch.scan(Exact(whole("35=0|049=x|"))) == 1);
  CHECK(batch.messages[0].status == status::kBadTag);
  CHECK(batch.scan(Exact(whole("35=0|" + std::string("1=|1=|1=|1=|1=|1=|1=|1=|1=|1=|1=|1=|1=|")))) == 1);
  CHECK(batch.messages[0].status == status::kTooManyFields);

  // Every prefix waits and reads nothing past its end; so does every message cut at its start.
  const std::string text = whole(body);
  for (size_t size = 0; size < text.size(); size++) CHECK(batch.scan(Exact(text.substr(0, size))) == 0);
  for (size_t first = 1; first <= text.size(); first++) CHECK(batch.scan(Exact(text.substr(first))) == 0);
}

// A report's price and ids fit its row whatever their text is.
void testInexact() {
  Batch batch;
  namespace execution = headrace::execution;
  batch.take(31, operation::kPrice, execution::kLastPx, 3);
  batch.take(17, operation::kIdentifier, execution::kExecId, 4);
  batch.plan[kPlanTags + 3] |= 4 << 16;
  batch.plan[kPlanTags + 4] |= 2 << 16;
  batch.reports = batch.plan;
  const auto rowOf = [&](const std::string& price, const std::string& id) {
    const int32_t count = batch.scan(Exact(whole("35=8|31=" + price + "|17=" + id + "|")));
    CHECK(count == 1);
    return batch.rows.data();
  };
  const auto load = [](const uint8_t* row, size_t offset, auto value) {
    std::memcpy(&value, row + offset, sizeof(value));
    return value;
  };
  const std::string id = "EXEC-0123456789-0123456789-0123456789-0123456789";
  const uint8_t* row = rowOf("-0.000000001", id.substr(0, 47));
  CHECK(batch.messages[0].rowStatus == status::kOk);
  CHECK(load(row, execution::kLastPx, int64_t{0}) == -1);
  CHECK(load(row, execution::kFlags, uint32_t{0}) == 4);
  CHECK(std::memcmp(row + execution::kExecId + 1, id.data(), 47) == 0);
  row = rowOf("1.5", id);
  CHECK(load(row, execution::kLastPx, int64_t{0}) == 150000000);
  CHECK(load(row, execution::kFlags, uint32_t{0}) == 2);
  CHECK(std::memcmp(row + execution::kExecId, "/EXEC-0123456789-0123456789-012~8d1a4df9abc09156", 48) == 0);
  rowOf("92233720368.547758071", "E");
  CHECK(batch.messages[0].rowStatus == status::kOverflow && batch.messages[0].rowTag == 31);
}

void testBlockScansInBatches() {
  size_t count = 0;
  const NamedBlockScan* scans = blockScans(&count);
  std::string text;
  for (int size = 0; size < 150; size += 7) text += whole("35=0|58=" + std::string(size, 'x') + "|");
  const Exact input(text);
  for (size_t at = 0; at < count; at++) {
    Batch batch;
    batch.fields.resize(1024);
    CHECK(batch.scan(input, scans[at].scan) == 22);
    for (int32_t index = 0; index < 22; index++) CHECK(batch.messages[index].status == status::kOk);
  }
}

void testNames() {
  Names names;
  std::vector<uint8_t> memory(32);
  CHECK(!names.open(memory.data(), memory.size()));
  CHECK(names.lookup(memory.data(), 8) == kNoIndex);
  size_t size = 1;
  names.nameOf(0, &size);
  CHECK(size == 0);
  // One name in a table of one, written by hand.
  const uint32_t words[8] = {0x544e5248, 4, 1, 1, 32, 32, 64, 96};
  memory.assign(96, 0);
  std::memcpy(memory.data(), words, sizeof(words));
  const Exact name(std::string("EURUSD/SPOT|10=000|"));
  const uint32_t hash = hashName(name.begin(), 11);
  const uint32_t slot[2] = {hash, 1};
  std::memcpy(memory.data() + 32 + (hash & 3) * 8, slot, sizeof(slot));
  memory[64] = 11;
  std::memcpy(memory.data() + 65, name.begin(), 11);
  CHECK(names.open(memory.data(), memory.size()));
  CHECK(names.lookup(name.begin(), 11) == 0);
  CHECK(names.lookup(name.begin(), 10) == kNoIndex);
  CHECK(names.lookup(name.begin(), 0) == kNoIndex);
  CHECK(std::memcmp(names.nameOf(0, &size), "EURUSD/SPOT", 11) == 0 && size == 11);
  // Memory that lies about itself: every slot taken, by names outside the table.
  const uint32_t lie[2] = {hash, 9};
  for (size_t at = 0; at < 4; at++) std::memcpy(memory.data() + 32 + at * 8, lie, sizeof(lie));
  CHECK(names.lookup(name.begin(), 11) == kNoIndex);
}

void testEncode() {
  std::vector<uint8_t> out(2048), row(order::kSize);
  int32_t end = 0;
  int32_t code = 0;
  const std::string begin = withSoh("8=FIX.4.4|9="), parties = withSoh("49=A|56=B|");
  const auto span = [](const std::string& text) {
    return std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  };
  OrderEncode encode({span(begin), span(parties), {}}, out, &end, &code);
  const OrderBatch batch{row.data(), row.size(), 1, 1, 0};
  CHECK(encode.encode(batch) == 0 && code == status::kBadType && end == 0);
  row[order::kMsgType] = 'D';
  CHECK(encode.encode(batch) == 0 && code == status::kMissingValue);
  row[order::kClOrdId] = 1;
  row[order::kClOrdId + 1] = 'x';
  CHECK(encode.encode(batch) == 0 && code == status::kUnknownName);
  row[order::kClOrdId + 1] = '\x01';
  CHECK(encode.encode(batch) == 0 && code == status::kBadCharacter);
  row[order::kClOrdId] = 200;
  CHECK(encode.encode(batch) == 0 && code == status::kTooLong);
}

}  // namespace

int main() {
  testBlockScans();
  testNumbers();
  testTimestamps();
  testScan();
  testInexact();
  testBlockScansInBatches();
  testNames();
  testEncode();
  return 0;
}
