// Which plans of records are opened. The writer relies on it; where bytes go is checked again at each write.
#include <algorithm>

#include "codec/copybook-edit.h"
#include "codec/copybook-record.h"

namespace headrace::codec::copybook {

namespace {

// Nodes lie inside each other at most so deep: each level of COBOL has two at most.
constexpr int32_t kNodeDepthMax = 200;

bool isIndex(int64_t index, size_t count) { return index >= 0 && index < static_cast<int64_t>(count); }

// Walks the tree once; each node belongs to one place in it.
class PlanCheck {
 public:
  explicit PlanCheck(const RecordPlan& plan) : plan_(plan), seen_(plan.nodes.size()) {}

  // Of every group, reached or not: who finds members reads them all.
  bool areScopesSound() const {
    return std::all_of(plan_.nodes.begin(), plan_.nodes.end(),
                       [this](const Node& node) { return node.code != kNodeGroup || isScopeSound(node); });
  }

  // `members` are those of the object around the node; a node without one stands for no member.
  bool isNodeSound(int32_t id, int32_t members, int32_t depth, int32_t tables) {
    if (id % kNodeInts != 0 || !isIndex(id / kNodeInts, plan_.nodes.size()) || depth > kNodeDepthMax) return false;
    if (seen_[id / kNodeInts]) return false;
    seen_[id / kNodeInts] = true;
    const Node& node = plan_.at(id);
    if (node.offset < 0 || node.size < 0 || node.count < 0 || node.stride < 0 || node.min < 0 || node.rest < 0)
      return false;
    if (node.member < -1 || node.member >= members) return false;
    if (!isIndex(node.item, INT32_MAX)) return false;
    const bool isTable = node.count > 0 && node.code != kNodeInner;
    if (isTable && (node.depends < -1 || node.depends >= static_cast<int64_t>(plan_.registers.size()))) return false;
    if (tables + isTable > kSubscriptsMax) return false;
    return isContentSound(node, members, depth, tables + isTable);
  }

 private:
  bool isContentSound(const Node& node, int32_t members, int32_t depth, int32_t tables) {
    switch (node.code) {
      case kNodeLeaf:
      case kNodeRenames:
        return node.first == -1 && isIndex(node.leaf, plan_.leaves.size()) && isRegisterSound(node);
      case kNodeGroup:
        return hasNoValue(node) && areChildrenSound(node, node.members, depth, tables);
      case kNodeInner:
        return hasNoValue(node) && areChildrenSound(node, members, depth, tables);
      case kNodeViews:
        return hasNoValue(node) && node.first != -1 && areChildrenSound(node, members, depth, tables);
      case kNodeColumn: {
        // A table; its one node is reached with a value already, and so is no member itself.
        if (node.count < 1 || !hasNoValue(node) || !isNodeSound(node.first, 0, depth + 1, tables)) return false;
        const Node& below = plan_.at(node.first);
        return below.next == -1 && (below.code == kNodeLeaf || below.code == kNodeGroup);
      }
      default:
        return false;
    }
  }

  static bool hasNoValue(const Node& node) { return node.leaf == -1 && node.countRegister == -1; }

  bool isRegisterSound(const Node& node) const {
    return node.countRegister == -1 || isIndex(node.countRegister, plan_.registers.size());
  }

  bool isScopeSound(const Node& node) const {
    if (node.scope < 0 || node.members < 0) return false;
    if (int64_t{node.scope} + node.members > static_cast<int64_t>(plan_.members.size())) return false;
    for (int32_t index = 0; index < node.members; index++) {
      const Member& member = plan_.members[node.scope + index];
      if (member.before < -1 || member.before >= index || member.offset < 0 || member.size < 0) return false;
      if (int64_t{member.offset} + member.size > static_cast<int64_t>(plan_.names.size())) return false;
    }
    return true;
  }

  bool areChildrenSound(const Node& node, int32_t members, int32_t depth, int32_t tables) {
    for (int32_t child = node.first; child != -1; child = plan_.at(child).next) {
      if (!isNodeSound(child, members, depth + 1, tables)) return false;
      const Node& below = plan_.at(child);
      const bool isMember = below.code != kNodeInner && below.code != kNodeViews;
      if (isMember != (below.member >= 0)) return false;
    }
    return true;
  }

  const RecordPlan& plan_;
  std::vector<bool> seen_;
};

}  // namespace

bool RecordPlan::isSound() const {
  if (recordSize < 1 || recordLength < -1 || recordLength == 0 || valuesMax < 1) return false;
  if (templates.size() < static_cast<size_t>(recordSize) || templates.size() > INT32_MAX) return false;
  if (!areLeavesSound(leaves, page) || !areMasksSound(leaves, masks)) return false;
  if (!isIndex(root / kNodeInts, nodes.size()) || at(root).code != kNodeGroup) return false;
  PlanCheck check(*this);
  return check.areScopesSound() && check.isNodeSound(root, 0, 0, 0);
}

}  // namespace headrace::codec::copybook
