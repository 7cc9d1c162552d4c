// Lines of JSON to records: a plan is copied when it is opened, and the function that encodes by it keeps its working memory.
#include <memory>

#include "boundary/copybook-arguments.h"
#include "codec/copybook-record.h"

namespace headrace::boundary {

namespace {

using codec::copybook::JsonLines;
using codec::copybook::RecordEncoder;
using codec::copybook::RecordPlan;
using codec::copybook::RefusedLine;

// (bytes, starts, ends, count, from, refusalsMax, out, lengths, result): result is [lines, length, refusals, then a RefusedLine
// each].
void encodeLines(RecordEncoder& encoder, const Napi::CallbackInfo& info) {
  constexpr size_t kHead = 3, kRefusedInts = sizeof(RefusedLine) / sizeof(int32_t);
  const Napi::Env env = info.Env();
  const char* const name = "encodeLines";
  const auto bytes = bytesOf(env, info[0], name, "bytes");
  const auto starts = wordsOf(env, info[1], name, "starts"), ends = wordsOf(env, info[2], name, "ends");
  const size_t count = countOf(env, info[3], name, "count"), from = countOf(env, info[4], name, "from");
  const size_t refusalsMax = countOf(env, info[5], name, "refusalsMax");
  const auto out = bytesOf(env, info[6], name, "out");
  const auto lengths = wordsOf(env, info[7], name, "lengths"), result = wordsOf(env, info[8], name, "result");
  if (from > count || starts.size() < count || ends.size() < count) refuseArgument(env, name, "count");
  if (lengths.size() < count - from) refuseArgument(env, name, "lengths");
  if (result.size() < kHead || (result.size() - kHead) / kRefusedInts < refusalsMax || out.size() > INT32_MAX) {
    refuseArgument(env, name, "result");
  }
  for (size_t line = from; line < count; line++) {
    if (starts[line] < 0 || ends[line] < starts[line] || static_cast<size_t>(ends[line]) > bytes.size()) {
      refuseArgument(env, name, "starts");
    }
  }
  auto* refused = reinterpret_cast<RefusedLine*>(result.data() + kHead);
  const JsonLines lines{bytes.data(), starts.data(), ends.data()};
  const auto batch = withMemory(
      env, name, [&] { return encoder.encode(lines, from, count, {out, lengths.data(), {refused, refusalsMax}}); });
  result[0] = static_cast<int32_t>(batch.lines);
  result[1] = static_cast<int32_t>(batch.length);
  result[2] = static_cast<int32_t>(batch.refusals);
}

// ({ shape: [recordSize, root, recordLength or -1, rules, valuesMax], nodes, registers, members, names, leaves, masks, templates, tables, pairs }):
// the function that encodes.
Napi::Value openPlan(Napi::Env env, const Napi::CallbackInfo& info, const char* name) {
  if (!info[0].IsObject()) refuseArgument(env, name, "plan");
  const auto source = info[0].As<Napi::Object>();
  const auto shape = copyOf<int32_t>(env, source, name, "shape");
  if (shape.size() != 5) refuseArgument(env, name, "shape");
  RecordPlan plan{shape[0],
                  shape[1],
                  shape[2],
                  shape[3],
                  shape[4],
                  copyOf<codec::copybook::Node>(env, source, name, "nodes"),
                  copyOf<codec::copybook::CountRegister>(env, source, name, "registers"),
                  copyOf<codec::copybook::Member>(env, source, name, "members"),
                  copyOf<uint8_t>(env, source, name, "names"),
                  copyOf<codec::copybook::Leaf>(env, source, name, "leaves"),
                  copyOf<uint8_t>(env, source, name, "masks"),
                  copyOf<uint8_t>(env, source, name, "templates"),
                  pageOf(env, source, name)};
  if (!plan.isSound()) refuseArgument(env, name, "plan");
  const auto encoder = std::make_shared<RecordEncoder>(std::move(plan));
  return Napi::Function::New(env, [encoder](const Napi::CallbackInfo& call) { encodeLines(*encoder, call); });
}

Napi::Value openRecordPlan(const Napi::CallbackInfo& info) {
  const char* const name = "openRecordPlan";
  return withMemory(info.Env(), name, [&] { return openPlan(info.Env(), info, name); });
}

}  // namespace

void exportCopybookRecord(Napi::Env env, Napi::Object exports) {
  exports.Set("openRecordPlan", Napi::Function::New(env, openRecordPlan, "openRecordPlan"));
}

}  // namespace headrace::boundary
