#include "codec/copybook-record-line.h"

#include "codec/json-scan.h"

namespace headrace::codec::copybook {

namespace {

// Of a record with more values than that, or more text between them, each line goes by the tape.
constexpr size_t kStepsMax = 1 << 14, kLiteralsMax = 1 << 20;

bool isPlain(json::Text name) { return json::plainEnd(name.bytes, name.bytes + name.size) == name.bytes + name.size; }

}  // namespace

CommonLine::CommonLine(const RecordPlan& plan) : plan_(plan) {
  const bool hasRoom = plan.recordLength < 0 || plan.recordLength >= plan.recordSize;
  bool isCommon = hasRoom && !plan.has(kHasViews) && plan.registers.empty();
  for (const Member& member : plan.members) isCommon &= member.before < 0;
  if (isCommon && addValue(plan.at(plan.root), 0)) {
    endLiteral(-1, 0);
  } else {
    steps_.clear();
  }
}

// An item or one occurrence of a table, behind what stands before it.
bool CommonLine::addValue(const Node& node, int64_t at) {
  if (steps_.size() >= kStepsMax || literals_.size() >= kLiteralsMax) return false;
  if (node.code == kNodeLeaf) {
    endLiteral(node.leaf, at + node.offset);
    return true;
  }
  if (node.code != kNodeGroup) return false;
  const Node* const around = object_;
  object_ = &node;
  put('{');
  bool isFirst = true;
  const bool isCommon = addMembers(node, at, &isFirst);
  put('}');
  object_ = around;
  return isCommon;
}

bool CommonLine::addMembers(const Node& node, int64_t base, bool* isFirst) {
  for (int32_t at = node.first; at >= 0; at = plan_.at(at).next) {
    const Node& below = plan_.at(at);
    const bool isCommon = below.code == kNodeInner ? addMembers(below, base, isFirst) : addMember(below, base, isFirst);
    if (!isCommon) return false;
  }
  return true;
}

bool CommonLine::addMember(const Node& node, int64_t base, bool* isFirst) {
  if (!*isFirst) put(',');
  *isFirst = false;
  if (node.has(kVaries) || !addName(node)) return false;
  if (node.count == 0) return addValue(node, base);
  put('[');
  for (int32_t index = 0; index < node.count; index++) {
    if (index > 0) put(',');
    if (!addValue(node, base + int64_t{index} * node.stride)) return false;
  }
  put(']');
  return true;
}

bool CommonLine::addName(const Node& node) {
  if (node.member < 0) return false;
  const Member& member = plan_.members[object_->scope + node.member];
  const json::Text name{plan_.names.data() + member.offset, member.size};
  if (!isPlain(name)) return false;
  put('"');
  literals_.insert(literals_.end(), name.bytes, name.bytes + name.size);
  put('"');
  put(':');
  return true;
}

void CommonLine::endLiteral(int32_t leaf, int64_t offset) {
  const auto end = static_cast<uint32_t>(literals_.size());
  steps_.push_back({leaf, static_cast<int32_t>(offset), ended_, end - ended_});
  ended_ = end;
}

bool CommonLine::write(const uint8_t* text, int32_t start, int32_t end, LeafValueWriter& leaf, uint8_t* out) const {
  if (steps_.empty()) return false;
  std::memcpy(out, plan_.templates.data(), plan_.recordSize);
  const uint8_t *at = text + start, *const last = text + end;
  for (const Step& step : steps_) {
    const json::Text before{literals_.data() + step.before, static_cast<int32_t>(step.size)};
    if (last - at < before.size || !(json::Text{at, before.size} == before)) return false;
    at += before.size;
    if (step.leaf < 0) break;
    if (at == last) return false;
    json::Value value;
    if (*at == '"') {
      value.kind = json::kString;
      value.start = static_cast<int32_t>(++at - text);
      at = json::plainEnd(at, last);
      if (at == last || *at != '"') return false;
      value.end = static_cast<int32_t>(at++ - text);
    } else {
      value.kind = json::kNumber;
      value.start = static_cast<int32_t>(at - text);
      at = json::numberEnd(at, last, &value.number);
      if (at == nullptr) return false;
      value.end = static_cast<int32_t>(at - text);
    }
    if (leaf.write(step.leaf, value, out + step.offset) != status::kOk) return false;
  }
  return at == last;
}

}  // namespace headrace::codec::copybook
