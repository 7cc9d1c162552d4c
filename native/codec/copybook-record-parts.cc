#include "codec/copybook-record-parts.h"

#include <bit>

#include "codec/copybook-edit.h"

namespace headrace::codec::copybook {

using json::Text;
using json::Value;

namespace {

constexpr int32_t kUnknown = -1, kGiven = -2;

bool isText(const Value& value) { return value.kind == json::kString || value.kind == json::kEscaped; }

const Text kRaw{reinterpret_cast<const uint8_t*>("$raw"), 4};

}  // namespace

MemberNames::MemberNames(const RecordPlan& plan, const json::Tape& tape)
    : plan_(plan),
      tape_(tape),
      chains_(std::bit_ceil(2 * plan.members.size() + 1), kUnknown),
      behind_(plan.members.size(), kUnknown) {
  std::vector<int32_t> scopes(plan.members.size(), kUnknown);
  for (const Node& node : plan.nodes) {
    if (node.code == kNodeGroup) std::fill_n(scopes.begin() + node.scope, node.members, node.scope);
  }
  for (int32_t at = static_cast<int32_t>(scopes.size()) - 1; at >= 0; at--) {
    if (scopes[at] == kUnknown) continue;
    int32_t& chain = chains_[chainOf(scopes[at], nameOf(plan.members[at]))];
    behind_[at] = chain;
    chain = at;
  }
}

// FNV-1a.
size_t MemberNames::chainOf(int32_t scope, const Text& name) const {
  uint64_t hash = 0xcbf29ce484222325 ^ static_cast<uint32_t>(scope);
  for (int32_t at = 0; at < name.size; at++) hash = (hash ^ name.bytes[at]) * 0x100000001b3;
  return (hash ^ hash >> 32) & (chains_.size() - 1);
}

int32_t MemberNames::assign(const Node& node, int32_t object, int32_t* slots) {
  std::fill_n(slots, node.members, kAbsent);
  raw = kAbsent;
  int32_t expected = 0;
  const int32_t end = tape_[object].next;
  for (int32_t name = object + 1; name < end;) {
    const int32_t value = name + 1;
    const Text text = textOf(tape_, tape_[name], room_);
    const int32_t member = isNext(node, text, expected, slots) ? expected : find(node, text, expected, slots);
    if (member >= 0) {
      slots[member] = value;
      expected = member + 1;
    } else if (!takeSpecial(tape_[name], value)) {
      refusedName = name;
      return member == kGiven ? status::kDuplicateMember : status::kUnknownMember;
    }
    name = tape_[value].next;
  }
  return status::kOk;
}

// The first member of that name that has no value yet, from the one expected on; items may share a name.
int32_t MemberNames::find(const Node& node, const Text& name, int32_t expected, const int32_t* slots) const {
  int32_t found = kUnknown;
  for (int32_t at = chains_[chainOf(node.scope, name)]; at != kUnknown; at = behind_[at]) {
    const int32_t member = at - node.scope;
    if (member < 0 || member >= node.members || !isNamed(plan_.members[at], name)) continue;
    const bool isFree = slots[member] == kAbsent;
    if (found < 0) found = isFree ? member : kGiven;
    if (isFree && member >= expected) return firstOf(node, member, slots);
  }
  return found < 0 ? found : firstOf(node, found, slots);
}

// Of several items of one name the first without a value takes it.
int32_t MemberNames::firstOf(const Node& node, int32_t member, const int32_t* slots) const {
  for (;;) {
    const int32_t before = plan_.members[node.scope + member].before;
    if (before < 0 || slots[before] != kAbsent) return member;
    member = before;
  }
}

bool MemberNames::takeSpecial(const Value& name, int32_t value) {
  const Text text = tape_.text(name);
  if (text.size < 1 || text.bytes[0] != '$') return false;
  if (text == kRaw) raw = value;
  return true;
}

LeafValueWriter::LeafValueWriter(const RecordPlan& plan, const json::Tape& tape) : plan_(plan), tape_(tape) {
  for (const Leaf& leaf : plan.leaves) writes_.push_back(chooseWrite(leaf));
  const uint8_t space = plan.page.space;
  const uint8_t fillings[4][2] = {{space, space}, {0, ' '}, {0, 0}, {0xff, 0xff}};
  std::memcpy(fillings_, fillings, sizeof(fillings_));
}

int32_t LeafValueWriter::writeText(const Leaf& leaf, const Value& value, uint8_t* to) {
  if (!isText(value)) return status::kBadType;
  const Text text = textOf(tape_, value, room_);
  return copybook::writeText(leaf, plan_.page, text.bytes, static_cast<uint32_t>(text.size), to);
}

// A number as MOVE would edit it.
int32_t LeafValueWriter::writeEdited(const Leaf& leaf, const Value& value, uint8_t* to) {
  Digits digits;
  if (const int32_t code = readDigits(leaf, value, digits); code != status::kOk) return code;
  if (const int32_t code = editNumber(leaf, plan_.masks, digits, points_); code != status::kOk) return code;
  room_.clear();
  for (const uint16_t point : points_) {
    if (point >= 0x800) room_.push_back(static_cast<uint8_t>(0xe0 | point >> 12));
    if (point >= 0x80)
      room_.push_back(static_cast<uint8_t>(point >= 0x800 ? 0x80 | (point >> 6 & 0x3f) : 0xc0 | point >> 6));
    room_.push_back(static_cast<uint8_t>(point >= 0x80 ? 0x80 | (point & 0x3f) : point));
  }
  return copybook::writeText(leaf, plan_.page, room_.data(), static_cast<uint32_t>(room_.size()), to);
}

int32_t LeafValueWriter::writeFloat(const Leaf& leaf, const Value& value, uint8_t* to) const {
  if (!isNumeric(value)) return status::kBadType;
  const Text text = tape_.text(value);
  const std::string_view literal(reinterpret_cast<const char*>(text.bytes), text.size);
  const int32_t code = writeFloatText(leaf, literal, to);
  return code == status::kBadNumber ? status::kBadType : code;
}

int32_t LeafValueWriter::writeLongNumber(const Leaf& leaf, const Value& value, uint8_t* to) const {
  Digits digits;
  const int32_t code = readDigits(leaf, value, digits);
  return code == status::kOk ? copybook::writeNumber(leaf, plan_.page, digits, to) : code;
}

int32_t LeafValueWriter::readDigits(const Leaf& leaf, const Value& value, Digits& out) const {
  NumberLiteral literal;
  if (!isNumeric(value) || !literal.read(tape_.text(value))) return status::kBadType;
  return literal.toDigits(leaf.scale, out);
}

// The bytes, even and odd ones, of the first filling of a number whose policy is null; null when none is.
const uint8_t* LeafValueWriter::nullFilling(const Leaf& leaf) const {
  const auto isNull = [&](BlankShift shift) { return (leaf.blanks >> shift & 3) == kBlankNull; };
  if (isNull(kBlankSpaces)) return fillings_[leaf.has(kNational) ? 1 : 0];
  if (isNull(kBlankLow)) return fillings_[2];
  return isNull(kBlankHigh) ? fillings_[3] : nullptr;
}

int32_t LeafValueWriter::writeBlank(const Leaf& leaf, uint8_t* to) const {
  const uint8_t* filling = nullFilling(leaf);
  if (filling == nullptr) return status::kMissingValue;
  for (int32_t at = 0; at < leaf.size; at++) to[at] = filling[at % 2];
  return status::kOk;
}

double LeafValueWriter::integer(int32_t leaf, int32_t value) const {
  Digits digits;
  if (readDigits(plan_.leaves[leaf], tape_[value], digits) != status::kOk) return -1;
  double integer = 0;
  for (int32_t index = 0; index < digits.count; index++) integer = integer * 10 + digits.digits[index];
  return digits.negative ? -integer : integer;
}

int32_t LeafValueWriter::writeInteger(int32_t leaf, int32_t count, uint8_t* to) const {
  Digits digits;
  digits.set(count);
  return copybook::writeNumber(plan_.leaves[leaf], plan_.page, digits, to);
}

namespace {

// Bytes of JSON text that a byte of a leaf becomes at most, and those of the longest number with what its copies run over.
constexpr size_t kTextOfByteMax = 8, kNumberTextMax = 512;

}  // namespace

RawRecord::RawRecord(const RecordPlan& plan) : plan_(plan), value_(plan.page), tape_(1) {
  int32_t largest = 0;
  for (const Leaf& leaf : plan.leaves) largest = std::max(largest, leaf.size);
  text_.resize(largest * kTextOfByteMax + kNumberTextMax);
}

bool RawRecord::read(const json::Tape& tape, int32_t at) {
  const Value& value = tape[at];
  if (value.kind != json::kString || value.size() % 2 != 0) return false;
  bytes.resize(value.size() / 2);
  const uint8_t* digits = tape.text(value).bytes;
  for (uint8_t& byte : bytes) {
    const int32_t high = json::hexValue(*digits++), low = json::hexValue(*digits++);
    if (high < 0 || low < 0) return false;
    byte = static_cast<uint8_t>(high << 4 | low);
  }
  return true;
}

double RawRecord::count(int32_t leaf, int64_t offset) {
  double count = -1;
  return decode(leaf, offset, &count) ? count : -1;
}

bool RawRecord::holds(int32_t leaf, int64_t offset, const json::Tape& tape, int32_t at) {
  const Value& given = tape[at];
  const bool isNull = !decode(leaf, offset, nullptr) || text_[0] == 'n';
  if (isNull || given.kind == json::kNull) return isNull && given.kind == json::kNull;
  if (text_[0] == '"') return isText(given) && isSameText(tape, given);
  NumberLiteral kept, other;
  return isNumeric(given) && kept.read({text_.data(), length_}) && other.read(tape.text(given)) && other.equals(kept);
}

// The leaf at `offset` as JSON text; false where it does not decode, or does not lie in the record.
bool RawRecord::decode(int32_t index, int64_t offset, double* count) {
  const Leaf& leaf = plan_.leaves[index];
  if (offset < 0 || offset + leaf.size > static_cast<int64_t>(bytes.size())) return false;
  value_.out = text_.data();
  if (value_.write(leaf, bytes.data() + offset, count) != status::kOk) return false;
  length_ = static_cast<int32_t>(value_.out - text_.data());
  return true;
}

bool RawRecord::isSameText(const json::Tape& tape, const Value& given) {
  if (tape_.read(text_.data(), 0, length_) != status::kOk) return false;
  const Text kept = textOf(tape_, tape_[0], keptRoom_);
  return kept == textOf(tape, given, givenRoom_);
}

}  // namespace headrace::codec::copybook
