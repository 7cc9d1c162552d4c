// Any bytes through the FIX scan by each block scan this processor has: the same messages, fields and rows as by the portable one,
// and nothing read outside the input. The first bytes say how the rest is made a message that gets past framing.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "codec/fix-scan.h"
#include "model/rows.h"

using namespace headrace::codec::fix;

namespace {

struct Plan {
  std::vector<uint32_t> words = std::vector<uint32_t>(kPlanWords);

  Plan() {
    namespace order = headrace::order;
    take(1, operation::kText, order::kClOrdId, 0);
    take(5, operation::kSymbol, order::kSymbolIndex, 1);
    take(8, operation::kDecimal, order::kQuantity, 2);
    take(9, operation::kPrice, order::kPrice, 3);
    take(3, operation::kTimestamp, order::kTransactTimeNs, 4);
    take(0, operation::kFlag, 0, 5);
    take(53, operation::kCharacter, order::kSide, 6);
    take(6, operation::kIdentifier, order::kOrigClOrdId, 7);
  }

  void take(uint32_t tag, uint32_t operation, size_t offset, uint32_t bit) {
    words[tag] = operation | static_cast<uint32_t>(offset) << 8 | bit << 24;
    words[kPlanTags + bit] = tag;
  }
};

struct Result {
  std::vector<int32_t> control = std::vector<int32_t>(control::kWords);
  std::vector<Entry> messages = std::vector<Entry>(kBatchMessagesMax);
  std::vector<Field> fields = std::vector<Field>(256);
  std::vector<uint8_t> rows = std::vector<uint8_t>(kBatchMessagesMax * kRowStride);
  int32_t count = 0;
};

void scan(const uint8_t* bytes, size_t size, BlockScan blocks, Result* result) {
  static const Plan plan;
  static const std::vector<uint16_t> rawData = [] {
    std::vector<uint16_t> table(kRawDataTableSize);
    table[9] = 5;
    table[95] = 96;
    return table;
  }();
  ScanBuffers buffers;
  buffers.control = result->control.data();
  buffers.messages = result->messages.data();
  buffers.fields = result->fields.data();
  buffers.rows = result->rows.data();
  buffers.rawData = rawData.data();
  buffers.messageSizeMax = 400;
  buffers.fieldsMax = 64;
  buffers.fieldCapacity = 256;
  Scan scan(buffers, blocks);
  scan.projection.plans.order = plan.words.data();
  scan.projection.plans.execution = plan.words.data();
  scan.bind(bytes, size);
  result->control[control::kTo] = static_cast<int32_t>(size);
  result->count = scan.scan();
}

bool same(const Result& left, const Result& right) {
  if (left.count != right.count || left.control != right.control) return false;
  const auto fields = static_cast<size_t>(left.control[control::kFieldsUsed]) * sizeof(Field);
  return std::memcmp(left.messages.data(), right.messages.data(), left.count * sizeof(Entry)) == 0 &&
         std::memcmp(left.fields.data(), right.fields.data(), fields) == 0 && left.rows == right.rows;
}

void compare(const std::string& text) {
  // Memory of just this size: a sanitizer sees what is read past it.
  const std::unique_ptr<uint8_t[]> bytes(new uint8_t[text.size()]);
  std::memcpy(bytes.get(), text.data(), text.size());
  size_t count = 0;
  const NamedBlockScan* scans = blockScans(&count);
  Result expected;
  scan(bytes.get(), text.size(), scans[0].scan, &expected);
  for (size_t at = 1; at < count; at++) {
    Result found;
    scan(bytes.get(), text.size(), scans[at].scan, &found);
    if (same(expected, found)) continue;
    std::fprintf(stderr, "%s differs from portable\n", scans[at].name);
    std::abort();
  }
}

// The bytes as the body of a NewOrderSingle with right BodyLength and CheckSum.
std::string framed(const std::string& bytes) {
  const std::string body = "35=D\x01" + bytes + "\x01";
  std::string text =
      "8=FIX.4.4\x01"
      "9=" +
      std::to_string(body.size()) + "\x01" + body;
  unsigned sum = 0;
  for (const char character : text) sum += static_cast<uint8_t>(character);
  char trailer[16];
  std::snprintf(trailer, sizeof trailer, "10=%03u\x01", sum & 0xff);
  return text + trailer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  compare(text);
  compare(framed(text) + framed(text.substr(size / 2)) + text);
  return 0;
}
