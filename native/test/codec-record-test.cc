// Lines of JSON to records without Node: texts that are cut off, too deep or no UTF-8 are read no further than they go, and nothing
// is written beyond the record.
#include <random>
#include <string>

#include "codec/copybook-record.h"
#include "codec/json-tape.h"
#include "test/check.h"
#include "test/text-page.h"

using namespace headrace::codec::copybook;
namespace json = headrace::codec::json;
namespace status = headrace::status;

namespace {

// ID PIC X(4); COUNT PIC 9, of it 0 to 3 ROW, each of N PIC S9(5) COMP-3 and E PIC ZZ9.99; AS-NUMBER PIC 9(4) COMP redefines ID's start;
// F COMP-2.
constexpr int32_t kRecord = 4 + 1 + 3 * 9 + 8;
// The tape of a line has room for so many values, names among them; the first ones are 256.
constexpr int32_t kValues = 300;

Leaf leafOf(int32_t kind, int32_t size, int32_t digits, int32_t flags) {
  Leaf leaf{};
  leaf.kind = kind;
  leaf.size = size;
  leaf.digits = digits;
  leaf.flags = flags;
  leaf.width = kind == kText ? (4 + size * 3 + 7) / 8 * 8 : 8;
  return leaf;
}

Node nodeOf(int32_t code, int32_t offset, int32_t size, int32_t member) {
  Node node{};
  node.code = code;
  node.offset = offset;
  node.size = size;
  node.member = member;
  node.first = node.next = node.leaf = node.countRegister = node.depends = -1;
  return node;
}

RecordPlan planOf(Charset form, int32_t rules) {
  const std::string names = "IDAS-NUMBERCOUNTROWFNE";
  RecordPlan plan{
      kRecord, 0, -1, rules | kHasViews, kValues, {}, {{1, 0}}, {}, {}, {}, {}, {}, headrace::test::textPage(form)};
  plan.names.assign(names.begin(), names.end());
  plan.members = {{0, 2, -1}, {2, 9, -1}, {11, 5, -1}, {16, 3, -1}, {19, 1, -1}, {20, 1, -1}, {21, 1, -1}};
  Leaf edited = leafOf(kText, 6, 5, 0);
  edited.scale = 2;
  edited.blanks = 1 << kMaskShift;
  plan.leaves = {headrace::test::textLeaf(kSingle, 4, 0),
                 leafOf(kBinary, 2, 4, 0),
                 leafOf(kDisplay, 1, 1, 0),
                 leafOf(kPacked, 3, 5, kSigned),
                 edited,
                 leafOf(kFloat, 8, 0, 0)};
  plan.masks = {6, 0, 0, 0, '$', 0, 0, 0, 'Z', 'Z', '9', '.', '9', '9'};
  plan.templates.assign(kRecord, 0x40);
  plan.nodes = {nodeOf(kNodeGroup, 0, kRecord, -1), nodeOf(kNodeViews, 0, 4, -1), nodeOf(kNodeLeaf, 0, 4, 0),
                nodeOf(kNodeLeaf, 0, 2, 1),         nodeOf(kNodeLeaf, 4, 1, 2),   nodeOf(kNodeGroup, 5, 9, 3),
                nodeOf(kNodeLeaf, 5, 3, 0),         nodeOf(kNodeLeaf, 8, 6, 1),   nodeOf(kNodeLeaf, 32, 8, 4)};
  const int32_t next[] = {-1, 4, 3, -1, 5, 8, 7, -1, -1}, leaves[] = {-1, -1, 0, 1, 2, -1, 3, 4, 5};
  for (size_t index = 0; index < plan.nodes.size(); index++) {
    plan.nodes[index].next = next[index] < 0 ? -1 : next[index] * kNodeInts;
    plan.nodes[index].leaf = leaves[index];
    plan.nodes[index].item = static_cast<int32_t>(index);
  }
  plan.nodes[0].first = kNodeInts;
  plan.nodes[0].members = 5;
  plan.nodes[1].first = 2 * kNodeInts;
  plan.nodes[4].countRegister = 0;
  plan.nodes[4].flags = kVaries;
  Node& rows = plan.nodes[5];
  rows.first = 6 * kNodeInts;
  rows.scope = 5;
  rows.members = 2;
  rows.count = 3;
  rows.stride = 9;
  rows.depends = 0;
  rows.flags = kSlides | kVaries;
  rows.rest = 8;
  return plan;
}

struct Encoded {
  int32_t code;
  std::vector<uint8_t> record;
};

// Encodes a line that lies in memory of exactly its size, into memory of exactly the record's.
Encoded encode(RecordEncoder& encoder, const std::string& line) {
  const std::vector<uint8_t> text(line.begin(), line.end());
  std::vector<uint8_t> out(kRecord);
  std::vector<RefusedLine> refused(1);
  const int32_t start = 0, end = static_cast<int32_t>(text.size());
  int32_t length = 0;
  const auto batch = encoder.encode({text.data(), &start, &end}, 0, 1, {out, &length, refused});
  CHECK(batch.lines == 1);
  if (batch.refusals == 1) return {refused[0].status, {}};
  CHECK(length >= 0 && length <= kRecord && batch.length == static_cast<size_t>(length));
  out.resize(length);
  return {status::kOk, out};
}

const std::string kGood =
    R"({"ID":"A\u0042","COUNT":2,"ROW":[{"N":-12345,"E":1.5},{"N":"7","E":"  0.00"}],"F":-1.25e1})";

void writesWhatIsAsked() {
  RecordEncoder encoder(planOf(kSingle, 0));
  const Encoded good = encode(encoder, kGood);
  CHECK(good.code == status::kOk);
  // A Latin-1 page with its space at 40; a page of zeros for digits.
  const std::vector<uint8_t> start = {'A', 'B', 0x40, 0x40};
  CHECK(std::equal(start.begin(), start.end(), good.record.begin()));
  CHECK(good.record.size() == kRecord - 9);
  const std::vector<uint8_t> packed = {0x12, 0x34, 0x5d};
  CHECK(std::equal(packed.begin(), packed.end(), good.record.begin() + 5));
  CHECK(encode(encoder, R"({"ID":"ABCDE"})").code == status::kTooLong);
  CHECK(encode(encoder, R"({"ID":"AB","AS-NUMBER":1})").code == status::kViewsDiffer);
  CHECK(encode(encoder, R"({"COUNT":3,"ROW":[]})").code == status::kBadCount);
  CHECK(encode(encoder, R"({"ROW":[{},{},{},{}]})").code == status::kBadCount);
  CHECK(encode(encoder, R"({"N":1})").code == status::kUnknownMember);
  CHECK(encode(encoder, R"({"F":1,"F":1})").code == status::kDuplicateMember);
  CHECK(encode(encoder, R"({"F":1e400})").code == status::kDigitsOverflow);
  CHECK(encode(encoder, R"({"ROW":[{"N":100000}]})").code == status::kDigitsOverflow);
  CHECK(encode(encoder, R"({"ROW":[{"N":0.5}]})").code == status::kScaleLoss);
  CHECK(encode(encoder, R"({"ID":7})").code == status::kBadType);
  CHECK(encode(encoder, R"({"ID":null})").code == status::kMissingValue);
}

void refusesWhatIsNoJson() {
  RecordEncoder encoder(planOf(kSingle, 0));
  for (size_t size = 0; size < kGood.size(); size++) {
    CHECK(encode(encoder, kGood.substr(0, size)).code == status::kBadJson);
  }
  const std::string deep(200, '[');
  for (const std::string& line :
       {std::string(), std::string("\""), std::string("{\"a\\"), std::string("{\"\\u12"), std::string("-"),
        std::string("1e"), std::string("{\"F\":1.}"), std::string("{\"F\":01}"), std::string("{\"F\":+1}"),
        std::string("{\"ID\":\"\\x\"}"), std::string("{\"ID\":\"\n\"}"), std::string("[1]"), std::string("7"),
        std::string("{}{}"), deep, "{\"$x\":" + deep, std::string("{\"ID\":\"\0\"}", 10)}) {
    CHECK(encode(encoder, line).code == status::kBadJson);
  }
}

// A tape that is full refuses, wherever in a line that is, and the next line is read as ever.
void refusesWhatIsTooMuch() {
  RecordEncoder encoder(planOf(kSingle, 0));
  for (const std::string& value : {std::string("0"), std::string("\"a\\n\""), std::string("true"), std::string("[]"),
                                   std::string("{}"), std::string("-1.5e3"), std::string("{\"a\":[1,{\"b\":null}]}")}) {
    std::string line = "{\"$x\":[";
    bool isFull = false;
    for (int32_t count = 1; count <= kValues; count++) {
      line += (count == 1 ? "" : ",") + value;
      const int32_t code = encode(encoder, line + "]}").code;
      CHECK(code == (isFull ? status::kCapacity : status::kOk) || (!isFull && code == status::kCapacity));
      isFull = code == status::kCapacity;
      // The object, its name, the array and the values of one int each.
      if (value == "0") CHECK(isFull == (count > kValues - 3));
    }
    CHECK(isFull);
    CHECK(encode(encoder, kGood).code == status::kOk);
  }
}

// What $raw has behind the longest record is not dropped.
void refusesLongRaw() {
  RecordEncoder encoder(planOf(kSingle, 0));
  const std::string raw(2 * (kRecord - 3 * 9), '0');  // every digit of the page is a zero, and so is the count of ROW
  CHECK(encode(encoder, R"({"$raw":")" + raw + "\"}").code == status::kOk);
  CHECK(encode(encoder, R"({"$raw":")" + raw + "00\"}").code == status::kTooLong);
}

// $raw may be of any length, and its count any.
void keepsInsideOfRaw() {
  RecordEncoder encoder(planOf(kSingle, kDefaultNulls));
  for (size_t size = 0; size < 2 * kRecord; size++) {
    for (const char* bytes : {"40", "31", "33", "ff", "12"}) {
      std::string raw;
      for (size_t at = 0; at < size; at++) raw += bytes;
      encode(encoder, R"({"ID":"A","$raw":")" + raw + "\"}");
      encode(encoder, R"({"COUNT":null,"ROW":[{"N":1}],"F":null,"$raw":")" + raw + "\"}");
      encode(encoder, R"({"COUNT":1,"ROW":null,"$raw":")" + raw + "\"}");
    }
  }
  CHECK(encode(encoder, R"({"$raw":"4"})").code == status::kBadType);
  CHECK(encode(encoder, R"({"$raw":"4x"})").code == status::kBadType);
}

// Bytes changed, put in and taken out, many at a time.
void survivesDamage() {
  std::mt19937 random(20261123);
  for (const Charset form : {kSingle, kMixed, kUtf8Text}) {
    RecordEncoder encoder(planOf(form, kDefaultNulls));
    for (int32_t round = 0; round < 40000; round++) {
      std::string line =
          round % 2 == 0 ? kGood : kGood.substr(0, kGood.size() - 1) + R"(,"$raw":"4142434431404040")" + "}";
      for (uint32_t change = random() % 4; change > 0; change--) {
        static constexpr char kBytes[] = "\"\\{}[],:0123456789-+.eEu \t\xff\xe6\x97\xa5\xed\xa0";
        const size_t at = random() % line.size();
        const char byte = random() % 3 == 0 ? static_cast<char>(random()) : kBytes[random() % (sizeof(kBytes) - 1)];
        if (random() % 3 == 0) {
          line.erase(at, 1 + random() % 3);
        } else if (random() % 2 == 0) {
          line.insert(at, 1 + random() % 40, byte);
        } else {
          line[at] = byte;
        }
        if (line.empty()) line = "{";
      }
      encode(encoder, line);
    }
  }
}

// Any one int of a plan changed: what is not refused still writes inside the record.
void refusesUnsoundPlans() {
  CHECK(planOf(kSingle, 0).isSound());
  const size_t ints = planOf(kSingle, 0).nodes.size() * kNodeInts;
  for (size_t at = 0; at < ints; at++) {
    for (const int32_t value : {-2, -1, 0, 1, 3, 20, 40, 60, 1000, INT32_MAX, INT32_MIN}) {
      RecordPlan plan = planOf(kSingle, 0);
      reinterpret_cast<int32_t*>(plan.nodes.data())[at] = value;
      if (!plan.isSound()) continue;
      // A count of so many occurrences only takes time.
      bool isHuge = false;
      for (const Node& node : plan.nodes) isHuge |= node.count > 1000 || node.min > 1000;
      if (isHuge) continue;
      RecordEncoder encoder(std::move(plan));
      encode(encoder, kGood);
      encode(encoder, R"({"ID":"A","$raw":"4142434431404040"})");
    }
  }
}

}  // namespace

int main() {
  writesWhatIsAsked();
  refusesWhatIsNoJson();
  refusesWhatIsTooMuch();
  refusesLongRaw();
  keepsInsideOfRaw();
  survivesDamage();
  refusesUnsoundPlans();
  return 0;
}
