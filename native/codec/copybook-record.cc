// Lines of JSON to records by a plan. The twin, with what each step is for, is src/codec/record/record-encode-twin.ts.
#include "codec/copybook-record.h"

#include "codec/copybook-record-line.h"
#include "codec/copybook-record-parts.h"

namespace headrace::codec::copybook {

namespace {

// A count that this record has not given; one that its table is to give; and one that no table can have.
constexpr double kUnset = -1, kPending = -2, kNoCount = 1e300;

// What moves as tables are walked: what is added to an offset to find a byte of the record, a template, `$raw`.
struct Bases {
  int64_t record = 0, views = 0, raw = 0;
};

}  // namespace

class RecordWriter {
 public:
  explicit RecordWriter(const RecordPlan& plan);

  // Encodes the text as a record at `out`, which has the plan's room; its length, or -1 with `refused`.
  int64_t write(const uint8_t* text, int32_t start, int32_t end, uint8_t* out);

  RefusedLine refused{};

 private:
  int32_t refuse(int32_t code, const Node& node, int32_t value, int32_t other = -1);
  int32_t writeRecord(const uint8_t* text, int32_t start, int32_t end, uint8_t* out);
  int64_t recordEnd() const;
  bool isRawLost() const;
  void pad(uint8_t* out, int64_t size) const;

  int32_t assign(const Node& node, int32_t object, int32_t frame);
  int32_t children(const Node& node, int32_t frame);
  int32_t child(const Node& node, int32_t frame);
  int32_t item(const Node& node, int32_t value);
  int32_t element(const Node& node, int32_t value);
  int32_t follow(const Node& node, bool isTable);
  int32_t group(const Node& node, int32_t value);
  int32_t renames(const Node& node, int32_t value);

  int32_t writeLeaf(const Node& node, int32_t value);
  int32_t writeValue(const Node& node, int32_t value, int64_t at);
  int32_t put(const Node& node, int32_t value, int64_t at, const uint8_t* bytes);
  bool isKeptNull(const Node& node, int32_t value);

  int32_t views(const Node& node, int32_t frame);
  int32_t givenValue(const Node& node, int32_t frame) const;
  int64_t enterView(const Node& view, int64_t filledTo);

  int32_t table(const Node& node, int32_t value);
  int32_t occurrence(const Node& node, int32_t value, int32_t index);
  int32_t occurrences(const Node& node, int32_t value, int32_t* count);
  double countWithoutValue(const Node& node) const;
  int32_t giveCount(int32_t countRegister, int32_t count);
  void fill(int64_t offset, int64_t size);
  int64_t rawCount(const Node& node) const;
  int64_t skipRaw(const Node& node, int64_t raw);
  int64_t skipRawTable(const Node& node, int64_t raw);

  // The common item, for which there is nothing to do but to write its value.
  bool isPlainValue(const Node& node, int32_t frame) const {
    if (node.code != kNodeLeaf || node.count > 0 || node.countRegister >= 0 || hasRaw_) return false;
    const int32_t value = slotOf(node, frame);
    return value != kAbsent && !isNull(value);
  }
  bool isNull(int32_t value) const { return tape_[value].kind == json::kNull; }
  int32_t slotOf(const Node& node, int32_t frame) const { return slots_[frame + node.member]; }

  const RecordPlan& plan_;
  json::Tape tape_;
  MemberNames names_;
  RecordImage image_;
  LeafValueWriter leaf_;
  CommonLine common_;
  RawRecord raw_;
  std::vector<int32_t> slots_;  // of the objects that the walk is in, the innermost last
  int32_t top_ = 0;
  std::vector<double> counts_, rawCounts_;
  struct CountPlace {
    const Node* node;
    int64_t at;
  };
  std::vector<CountPlace> countPlaces_;
  int32_t indices_[kSubscriptsMax];
  int32_t depth_ = 0;
  Bases bases_;
  bool hasRaw_ = false;
  int32_t rawValue_ = kAbsent;  // on the tape
  // Where each table began by the layout, and what lies behind it: 66 levels look back.
  struct Slide {
    int64_t offset;
    Bases bases;
  };
  std::vector<Slide> slides_;
  bool hasRenames_ = false;
  std::vector<uint8_t> scratch_;  // one value, where views are compared before it is written
};

RecordWriter::RecordWriter(const RecordPlan& plan)
    : plan_(plan),
      tape_(plan.valuesMax),
      names_(plan, tape_),
      image_(plan),
      leaf_(plan, tape_),
      common_(plan),
      raw_(plan),
      counts_(plan.registers.size()),
      rawCounts_(plan.registers.size()),
      countPlaces_(plan.registers.size()) {
  size_t members = 0;
  for (const Node& node : plan.nodes) {
    members += node.code == kNodeGroup ? node.members : 0;
    hasRenames_ |= node.code == kNodeRenames;
  }
  slots_.resize(members);
  int32_t largest = 0;
  for (const Leaf& leaf : plan.leaves) largest = std::max(largest, leaf.size);
  scratch_.resize(largest);
}

int64_t RecordWriter::write(const uint8_t* text, int32_t start, int32_t end, uint8_t* out) {
  top_ = depth_ = 0;
  slides_.clear();
  bases_ = {};
  hasRaw_ = false;
  tape_.hold(text);
  if (common_.write(text, start, end, leaf_, out)) {
    pad(out + plan_.recordSize, plan_.room() - plan_.recordSize);
    return plan_.room();
  }
  std::fill(counts_.begin(), counts_.end(), kUnset);
  std::fill(rawCounts_.begin(), rawCounts_.end(), kUnset);
  if (writeRecord(text, start, end, out) != status::kOk) return -1;
  const int64_t length = recordEnd();
  const int64_t whole = plan_.recordLength < 0 ? length : plan_.recordLength;
  if (length > whole || isRawLost()) {
    refuse(status::kTooLong, plan_.at(plan_.root), length > whole ? -1 : rawValue_);
    return -1;
  }
  pad(out + length, whole - length);
  return whole;
}

// The record's length; where `$raw` ends early, so does the record, unless a value is now given behind that.
int64_t RecordWriter::recordEnd() const {
  const int64_t rawEnd = plan_.recordSize + bases_.raw, rawSize = static_cast<int64_t>(raw_.bytes.size());
  const int64_t lacking = hasRaw_ ? std::max<int64_t>(0, rawEnd - rawSize) : 0;
  return std::clamp<int64_t>(plan_.recordSize + bases_.record - lacking, image_.writtenEnd, plan_.recordSize);
}

// Whether `$raw` has bytes that no record of the layout or of that length can have.
bool RecordWriter::isRawLost() const {
  const int64_t most = plan_.recordLength < 0 ? plan_.recordSize + bases_.raw : plan_.recordLength;
  return hasRaw_ && static_cast<int64_t>(raw_.bytes.size()) > most;
}

void RecordWriter::pad(uint8_t* out, int64_t size) const {
  if (size == 0) return;
  std::memset(out, plan_.page.space, size);
  const int64_t from = plan_.recordSize + bases_.raw;
  const int64_t count = std::min(size, static_cast<int64_t>(raw_.bytes.size()) - from);
  if (hasRaw_ && from >= 0 && count > 0) std::memcpy(out, raw_.bytes.data() + from, count);
}

int32_t RecordWriter::refuse(int32_t code, const Node& node, int32_t value, int32_t other) {
  refused.status = code;
  refused.node = plan_.idOf(node);
  refused.value = value;
  refused.other = other;
  refused.subscriptCount = depth_;
  std::copy_n(indices_, depth_, refused.subscripts);
  return code;
}

int32_t RecordWriter::writeRecord(const uint8_t* text, int32_t start, int32_t end, uint8_t* out) {
  const Node& root = plan_.at(plan_.root);
  if (const int32_t code = tape_.read(text, start, end); code != status::kOk) return refuse(code, root, -1);
  if (tape_[0].kind != json::kObject) return refuse(status::kBadJson, root, -1);
  if (const int32_t code = assign(root, 0, 0); code != status::kOk) return code;
  image_.start(out, plan_.templates);
  rawValue_ = names_.raw;
  if (rawValue_ != kAbsent) {
    if (!raw_.read(tape_, rawValue_)) return refuse(status::kBadType, root, rawValue_);
    hasRaw_ = true;
    image_.cover(raw_.bytes);
  }
  return children(root, 0);
}

int32_t RecordWriter::assign(const Node& node, int32_t object, int32_t frame) {
  const int32_t code = names_.assign(node, object, slots_.data() + frame);
  top_ = frame + node.members;
  return code == status::kOk ? code : refuse(code, node, names_.refusedName);
}

int32_t RecordWriter::children(const Node& node, int32_t frame) {
  for (int32_t at = node.first; at >= 0;) {
    const Node& below = plan_.at(at);
    const int32_t code = isPlainValue(below, frame)
                             ? writeValue(below, slotOf(below, frame), bases_.record + below.offset)
                             : child(below, frame);
    if (code != status::kOk) return code;
    at = below.next;
  }
  return status::kOk;
}

int32_t RecordWriter::child(const Node& node, int32_t frame) {
  switch (node.code) {
    case kNodeInner:
      return children(node, frame);
    case kNodeViews:
      return views(node, frame);
    case kNodeRenames:
      return renames(node, slotOf(node, frame));
    default:
      return item(node, slotOf(node, frame));
  }
}

// A member of an object: an item, or a table as a whole.
int32_t RecordWriter::item(const Node& node, int32_t value) {
  const bool isTable = node.count > 0;
  if (value == kAbsent) {
    if (plan_.has(kRefuseAbsent) && !hasRaw_) return refuse(status::kMissingValue, node, -1);
    return isTable ? follow(node, true) : element(node, kAbsent);
  }
  if (!isTable) return element(node, value);
  if (!isNull(value)) return table(node, value);
  if (!hasRaw_ && !plan_.has(kDefaultNulls)) return refuse(status::kMissingValue, node, value);
  return follow(node, true);
}

// An item, or one occurrence of a table.
int32_t RecordWriter::element(const Node& node, int32_t value) {
  if (node.code == kNodeColumn) return item(plan_.at(node.first), value);
  if (value == kAbsent) return follow(node, false);
  if (!isNull(value)) return node.code == kNodeLeaf ? writeLeaf(node, value) : group(node, value);
  if (isKeptNull(node, value)) return follow(node, false);
  if (leaf_.isBlank(node.leaf)) return writeLeaf(node, value);
  if (!plan_.has(kDefaultNulls)) return refuse(status::kMissingValue, node, value);
  return follow(node, false);
}

// Whether null is what `$raw` says too: an item that does not decode, or is blank by a policy, keeps its bytes.
bool RecordWriter::isKeptNull(const Node& node, int32_t value) {
  if (!hasRaw_ || node.code != kNodeLeaf) return hasRaw_;
  return raw_.holds(node.leaf, bases_.raw + node.offset, tape_, value);
}

// Without a value the bytes are there already; counts, and what slides, must still be followed.
int32_t RecordWriter::follow(const Node& node, bool isTable) {
  if (!node.has(kVaries)) return status::kOk;
  if (isTable) return table(node, kAbsent);
  return node.code == kNodeLeaf ? writeLeaf(node, kAbsent) : group(node, kAbsent);
}

int32_t RecordWriter::group(const Node& node, int32_t value) {
  if (value != kAbsent && tape_[value].kind != json::kObject) return refuse(status::kBadType, node, value);
  const int32_t frame = top_;
  int32_t code = status::kOk;
  if (value != kAbsent) {
    code = assign(node, value, frame);
  } else {
    std::fill_n(slots_.begin() + frame, node.members, kAbsent);
    top_ = frame + node.members;
  }
  if (code == status::kOk) code = children(node, frame);
  top_ = frame;
  return code;
}

int32_t RecordWriter::writeLeaf(const Node& node, int32_t value) {
  const int64_t at = bases_.record + node.offset, rawAt = bases_.raw + node.offset;
  if (node.countRegister >= 0) {
    rawCounts_[node.countRegister] = hasRaw_ ? raw_.count(node.leaf, rawAt) : kUnset;
    if (value == kAbsent) {
      counts_[node.countRegister] = kPending;
      countPlaces_[node.countRegister] = {&node, at};
    }
  }
  if (value == kAbsent) return status::kOk;
  const bool isKept = hasRaw_ && raw_.holds(node.leaf, rawAt, tape_, value);
  const int32_t code = isKept ? put(node, value, at, raw_.bytes.data() + rawAt) : writeValue(node, value, at);
  if (code != status::kOk || node.countRegister < 0) return code;
  const double count = leaf_.integer(node.leaf, value);
  counts_[node.countRegister] = count < 0 ? kNoCount : count;
  return status::kOk;
}

int32_t RecordWriter::writeValue(const Node& node, int32_t value, int64_t at) {
  uint8_t* const direct = image_.direct(at, plan_.leaves[node.leaf].size);
  const int32_t code = leaf_.write(node.leaf, tape_[value], direct == nullptr ? scratch_.data() : direct);
  if (code != status::kOk) return refuse(code, node, value);
  return direct == nullptr ? put(node, value, at, scratch_.data()) : status::kOk;
}

int32_t RecordWriter::put(const Node& node, int32_t value, int64_t at, const uint8_t* bytes) {
  const int32_t code = image_.write(at, bytes, plan_.leaves[node.leaf].size, node.item);
  return code == status::kOk ? code : refuse(code, node, value, image_.otherItem);
}

// A 66 level says again what is written already, or writes what nothing else says.
int32_t RecordWriter::renames(const Node& node, int32_t value) {
  if (value == kAbsent || isNull(value)) return status::kOk;
  const Bases saved = bases_;
  const auto before =
      std::find_if(slides_.rbegin(), slides_.rend(), [&](const Slide& slide) { return slide.offset < node.offset; });
  bases_ = before == slides_.rend() ? Bases{} : before->bases;
  const int32_t code = writeLeaf(node, value);
  bases_ = saved;
  return code;
}

// The views of the same bytes: each that has a value writes, and must write what those before it wrote.
int32_t RecordWriter::views(const Node& node, int32_t frame) {
  const Bases saved = bases_;
  int64_t filledTo = -1;
  int32_t null = kAbsent;
  for (int32_t at = node.first; at >= 0; at = plan_.at(at).next) {
    const Node& view = plan_.at(at);
    const int32_t value = givenValue(view, frame);
    if (value == kAbsent) continue;
    if (isNull(value)) {
      null = value;
      continue;
    }
    bases_ = saved;
    filledTo = std::max(filledTo, enterView(view, filledTo));
    if (const int32_t code = child(view, frame); code != status::kOk) return code;
  }
  bases_ = saved;
  if (filledTo >= 0) return status::kOk;
  if (null != kAbsent && !hasRaw_ && !plan_.has(kDefaultNulls)) return refuse(status::kMissingValue, node, null);
  const Node& base = plan_.at(node.first);
  // Which view `$raw` had, and why that was null, only the rules of decoding know: its bytes stay.
  if (null != kAbsent && hasRaw_ && !base.has(kVaries)) return status::kOk;
  return child(base, frame);
}

// A value below the node that is not null, else a null, else kAbsent.
int32_t RecordWriter::givenValue(const Node& node, int32_t frame) const {
  if (node.member >= 0) return slotOf(node, frame);
  int32_t found = kAbsent;
  for (int32_t at = node.first; at >= 0; at = plan_.at(at).next) {
    const int32_t value = givenValue(plan_.at(at), frame);
    if (value == kAbsent) continue;
    if (!isNull(value)) return value;
    found = value;
  }
  return found;
}

// Gives a view its own template where no view before it has given the bytes one; returns the offset of its end.
int64_t RecordWriter::enterView(const Node& view, int64_t filledTo) {
  const int64_t end = view.offset + (view.count > 0 ? int64_t{view.count} * view.stride : view.size);
  if (!view.has(kOwnTemplate)) return end;
  bases_.views = view.viewTemplate;
  const int64_t from = std::max<int64_t>(filledTo, view.offset);
  if (!hasRaw_) image_.fill(bases_.record + from, plan_.templates, bases_.views + from, end - from);
  return end;
}

int32_t RecordWriter::table(const Node& node, int32_t value) {
  if (value != kAbsent && tape_[value].kind != json::kArray) return refuse(status::kBadType, node, value);
  int32_t count = 0;
  if (const int32_t code = occurrences(node, value, &count); code != status::kOk) return code;
  const bool slides = node.has(kSlides), hasRaw = hasRaw_;
  const int64_t stride = node.stride, most = node.count, rawCounted = hasRaw ? rawCount(node) : 0;
  const int64_t viewsBase = bases_.views;
  int32_t element = value == kAbsent ? kAbsent : value + 1;
  int64_t raw = bases_.raw;
  for (int32_t index = 0; index < count; index++) {
    hasRaw_ = index < rawCounted;
    bases_.raw = raw;
    if (const int32_t code = occurrence(node, element, index); code != status::kOk) return code;
    bases_.record += stride;
    bases_.views += stride;
    if (hasRaw_) raw = bases_.raw + stride;
    if (element != kAbsent) element = tape_[element].next;
  }
  hasRaw_ = hasRaw;
  for (int64_t index = count; index < rawCounted; index++) raw = skipRaw(node, raw) + stride;
  bases_.views = viewsBase;
  bases_.record -= (slides ? most : count) * stride;
  bases_.raw = raw - (hasRaw ? (slides ? most : rawCounted) * stride : 0);
  // What follows a table lies where the table now ends.
  if (node.has(kVaries)) fill(node.offset + most * stride, node.rest);
  if (hasRenames_) slides_.push_back({node.offset, bases_});
  return status::kOk;
}

int32_t RecordWriter::occurrence(const Node& node, int32_t value, int32_t index) {
  if (node.has(kVaries)) fill(node.offset, node.stride);
  indices_[depth_++] = index + 1;
  const int32_t code = element(node, value);
  depth_--;
  return code;
}

// Puts the bytes there that the record has without values: those of the template, or of `$raw`.
void RecordWriter::fill(int64_t offset, int64_t size) {
  image_.fill(bases_.record + offset, plan_.templates, bases_.views + offset, size);
  if (hasRaw_) image_.fill(bases_.record + offset, raw_.bytes, bases_.raw + offset, size);
}

// How many occurrences the table has in `$raw`.
int64_t RecordWriter::rawCount(const Node& node) const {
  if (node.depends < 0) return node.count;
  const double count = rawCounts_[node.depends];
  return count <= node.count ? static_cast<int64_t>(std::max(count, 0.0)) : 0;
}

// Goes over an occurrence that `$raw` has and the record has not; returns where the next one begins, less the stride.
int64_t RecordWriter::skipRaw(const Node& node, int64_t raw) {
  if (!node.has(kVaries)) return raw;
  if (node.countRegister >= 0) rawCounts_[node.countRegister] = raw_.count(node.leaf, raw + node.offset);
  int64_t at = raw;
  if (node.code == kNodeViews) return at;
  for (int32_t child = node.first; child >= 0; child = plan_.at(child).next) {
    const Node& below = plan_.at(child);
    at = below.count > 0 ? skipRawTable(below, at) : skipRaw(below, at);
  }
  return at;
}

int64_t RecordWriter::skipRawTable(const Node& table, int64_t raw) {
  const int64_t count = rawCount(table);
  int64_t at = raw;
  for (int64_t index = 0; index < count; index++) at = skipRaw(table, at) + table.stride;
  return at - (table.has(kSlides) ? table.count : count) * table.stride;
}

// How many occurrences a table has, its count written where none was given; a status.
int32_t RecordWriter::occurrences(const Node& node, int32_t value, int32_t* out) {
  const double given = value == kAbsent ? kUnset : tape_.count(value);
  *out = node.count;
  if (node.depends < 0) {
    const bool fits = given == kUnset || given == node.count;
    return fits ? status::kOk : refuse(status::kBadCount, node, value);
  }
  const double known = counts_[node.depends];
  const double count = known >= 0 ? known : given >= 0 ? given : countWithoutValue(node);
  const bool differs = known == kUnset || (given >= 0 && given != count);
  if (differs || !(count >= node.min && count <= node.count))
    return refuse(status::kBadCount, node, value, plan_.registers[node.depends].item);
  *out = static_cast<int32_t>(count);
  return known == kPending ? giveCount(node.depends, *out) : status::kOk;
}

// Neither count nor table was given: the count is that of `$raw`, else its VALUE, else the smallest.
double RecordWriter::countWithoutValue(const Node& node) const {
  if (hasRaw_) return rawCounts_[node.depends];
  const int32_t value = plan_.registers[node.depends].value;
  return value >= node.min && value <= node.count ? value : node.min;
}

int32_t RecordWriter::giveCount(int32_t countRegister, int32_t count) {
  const auto [node, at] = countPlaces_[countRegister];
  counts_[countRegister] = count;
  if (rawCounts_[countRegister] == count) return status::kOk;
  const int32_t code = leaf_.writeInteger(node->leaf, count, scratch_.data());
  return code == status::kOk ? put(*node, -1, at, scratch_.data()) : refuse(code, *node, -1);
}

RecordEncoder::RecordEncoder(RecordPlan plan)
    : plan_(std::move(plan)), writer_(std::make_unique<RecordWriter>(plan_)) {}

RecordEncoder::~RecordEncoder() = default;

RecordBatch RecordEncoder::encode(const JsonLines& lines, size_t from, size_t count, const RecordTarget& target) {
  RecordBatch batch;
  size_t good = 0;
  for (size_t index = from; index < count && batch.refusals < target.refused.size(); index++) {
    if (target.out.size() - batch.length < static_cast<size_t>(plan_.room())) break;
    const int64_t length =
        writer_->write(lines.bytes, lines.starts[index], lines.ends[index], target.out.data() + batch.length);
    batch.lines++;
    if (length < 0) {
      writer_->refused.line = static_cast<int32_t>(index);
      target.refused[batch.refusals++] = writer_->refused;
    } else {
      target.lengths[good++] = static_cast<int32_t>(length);
      batch.length += static_cast<size_t>(length);
    }
  }
  return batch;
}

}  // namespace headrace::codec::copybook
