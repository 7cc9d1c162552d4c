// Records of copybooks and fixed-width tables: plans are copied when they are opened, batches are looked at in place.
#include <memory>

#include "boundary/copybook-arguments.h"
#include "codec/copybook-plan.h"

namespace headrace::boundary {

namespace {

using codec::copybook::JsonPlan;
using codec::copybook::Records;
using codec::copybook::Refused;
using codec::copybook::RowPlan;
using codec::copybook::Target;

// Records given by where they begin and how long they are; each must lie inside `bytes`.
Records spansOf(const Napi::CallbackInfo& info, const char* function, size_t count) {
  const Napi::Env env = info.Env();
  const auto bytes = bytesOf(env, info[0], function, "bytes");
  const auto starts = wordsOf(env, info[1], function, "starts");
  const auto lengths = wordsOf(env, info[2], function, "lengths");
  if (starts.size() < count || lengths.size() < count) refuseArgument(env, function, "count");
  for (size_t index = 0; index < count; index++) {
    if (starts[index] < 0 || lengths[index] < 0 ||
        int64_t{starts[index]} + lengths[index] > static_cast<int64_t>(bytes.size())) {
      refuseArgument(env, function, "starts");
    }
  }
  return {bytes.data(), 0, 0, starts.data(), lengths.data()};
}

void checkRoom(Napi::Env env, std::span<uint8_t> bytes, size_t each, size_t count, const char* function) {
  if (count > bytes.size() / each) refuseArgument(env, function, "room");
}

using SharedPlan = std::shared_ptr<const RowPlan>;

// (bytes, from, count, rows): records that follow each other.
void decodeFixed(const SharedPlan& plan, const Napi::CallbackInfo& info) {
  const auto bytes = bytesOf(info.Env(), info[0], "decodeFixed", "bytes");
  const size_t from = countOf(info.Env(), info[1], "decodeFixed", "from");
  const size_t count = countOf(info.Env(), info[2], "decodeFixed", "count");
  const auto rows = bytesOf(info.Env(), info[3], "decodeFixed", "rows");
  const size_t stride = plan->recordSize;
  if (from > bytes.size() || count > (bytes.size() - from) / stride) refuseArgument(info.Env(), "decodeFixed", "count");
  checkRoom(info.Env(), rows, plan->rowSize, count, "decodeFixed");
  decodeRows(*plan, {bytes.data(), from, stride, nullptr, nullptr}, count, {rows.data(), 0});
}

// (bytes, from, count, columns, capacity): the same to columns of `capacity` values.
void decodeColumns(const SharedPlan& plan, const Napi::CallbackInfo& info) {
  const auto bytes = bytesOf(info.Env(), info[0], "decodeColumns", "bytes");
  const size_t from = countOf(info.Env(), info[1], "decodeColumns", "from");
  const size_t count = countOf(info.Env(), info[2], "decodeColumns", "count");
  const auto columns = bytesOf(info.Env(), info[3], "decodeColumns", "columns");
  const size_t capacity = countOf(info.Env(), info[4], "decodeColumns", "capacity");
  const size_t stride = plan->recordSize;
  if (from > bytes.size() || count > (bytes.size() - from) / stride)
    refuseArgument(info.Env(), "decodeColumns", "count");
  checkRoom(info.Env(), columns, plan->rowSize, capacity, "decodeColumns");
  if (count > capacity || capacity == 0) refuseArgument(info.Env(), "decodeColumns", "capacity");
  decodeRows(*plan, {bytes.data(), from, stride, nullptr, nullptr}, count, {columns.data(), capacity});
}

// (bytes, starts, lengths, count, rows)
void decodeSpans(const SharedPlan& plan, const Napi::CallbackInfo& info) {
  const size_t count = countOf(info.Env(), info[3], "decodeSpans", "count");
  const Records records = spansOf(info, "decodeSpans", count);
  const auto rows = bytesOf(info.Env(), info[4], "decodeSpans", "rows");
  checkRoom(info.Env(), rows, plan->rowSize, count, "decodeSpans");
  decodeRows(*plan, records, count, {rows.data(), 0});
}

// (rows, count, out): how many are good.
Napi::Value encodeFixed(const SharedPlan& plan, const Napi::CallbackInfo& info) {
  const auto rows = bytesOf(info.Env(), info[0], "encodeRows", "rows");
  const size_t count = countOf(info.Env(), info[1], "encodeRows", "count");
  const auto out = bytesOf(info.Env(), info[2], "encodeRows", "out");
  checkRoom(info.Env(), rows, plan->rowSize, count, "encodeRows");
  checkRoom(info.Env(), out, plan->recordSize, count, "encodeRows");
  return Napi::Number::New(info.Env(), static_cast<double>(encodeRows(*plan, rows.data(), count, out.data())));
}

// ({ shape: [recordSize, rowSize, viewCount], ops, leaves, viewParents, tables, template }): the plan's calls.
Napi::Value rowCalls(Napi::Env env, const Napi::CallbackInfo& info, const char* name) {
  if (!info[0].IsObject()) refuseArgument(env, name, "plan");
  const auto source = info[0].As<Napi::Object>();
  const auto shape = copyOf<int32_t>(env, source, name, "shape");
  if (shape.size() != 3) refuseArgument(env, name, "shape");
  const SharedPlan plan(new RowPlan{shape[0], shape[1], shape[2], copyOf<codec::copybook::Op>(env, source, name, "ops"),
                                    copyOf<codec::copybook::Leaf>(env, source, name, "leaves"),
                                    copyOf<int32_t>(env, source, name, "viewParents"),
                                    copyOf<uint8_t>(env, source, name, "template"), pageOf(env, source, name)});
  if (!plan->isSound() || plan->recordTemplate.size() != static_cast<size_t>(plan->recordSize)) {
    refuseArgument(env, name, "plan");
  }
  auto calls = Napi::Object::New(env);
  const auto add = [&](const char* call, auto work) {
    calls.Set(call, Napi::Function::New(env, [plan, call, work](const Napi::CallbackInfo& given) {
                return withMemory(given.Env(), call, [&] { return work(plan, given); });
              }));
  };
  add("decodeFixed", decodeFixed);
  add("decodeColumns", decodeColumns);
  add("decodeSpans", decodeSpans);
  add("encodeRows", encodeFixed);
  return calls;
}

// (bytes, starts, lengths, count, from, exact, out, result): result is [records, length, refusals, then four a refusal].
void writeLines(const std::shared_ptr<const JsonPlan>& plan, const Napi::CallbackInfo& info) {
  constexpr size_t kHead = 3;
  const Napi::Env env = info.Env();
  const size_t count = countOf(env, info[3], "writeJson", "count");
  const Records records = spansOf(info, "writeJson", count);
  const size_t from = countOf(env, info[4], "writeJson", "from");
  const bool exact = info[5].ToBoolean();
  const auto out = bytesOf(env, info[6], "writeJson", "out");
  const auto result = bytesOf(env, info[7], "writeJson", "result");
  if (result.size() < (kHead + 4) * 4 || out.size() > 0x7fffffff) refuseArgument(env, "writeJson", "result");
  auto* words = reinterpret_cast<int32_t*>(result.data());
  auto* refused = reinterpret_cast<Refused*>(words + kHead);
  const size_t refusedMax = (result.size() / 4 - kHead) / 4;
  if (refusedMax <= static_cast<size_t>(plan->nullsMax)) refuseArgument(env, "writeJson", "result");
  const auto batch = withMemory(env, "writeJson", [&] {
    return writeJson(*plan, records, from, count, exact, {out.data(), out.size(), refused, refusedMax});
  });
  words[0] = static_cast<int32_t>(batch.records);
  words[1] = static_cast<int32_t>(batch.length);
  words[2] = static_cast<int32_t>(batch.refusals);
}

// ({ shape: [recordSize, textSizeMax, registerCount, flagCount, nullsMax], ops, leaves, literals, tables, tests, alternatives,
// testBytes }): the function that writes.
Napi::Value lineWriter(Napi::Env env, const Napi::CallbackInfo& info, const char* name) {
  if (!info[0].IsObject()) refuseArgument(env, name, "plan");
  const auto source = info[0].As<Napi::Object>();
  const auto shape = copyOf<int32_t>(env, source, name, "shape");
  if (shape.size() != 5) refuseArgument(env, name, "shape");
  const std::shared_ptr<const JsonPlan> plan(new JsonPlan{
      shape[0], shape[1], shape[2], shape[3], shape[4], copyOf<codec::copybook::Op>(env, source, name, "ops"),
      copyOf<codec::copybook::Leaf>(env, source, name, "leaves"), copyOf<uint8_t>(env, source, name, "literals"),
      copyOf<codec::copybook::ValueTest>(env, source, name, "tests"),
      copyOf<codec::copybook::Alternative>(env, source, name, "alternatives"),
      copyOf<uint8_t>(env, source, name, "testBytes"), pageOf(env, source, name)});
  if (!plan->isSound()) refuseArgument(env, name, "plan");
  return Napi::Function::New(env, [plan](const Napi::CallbackInfo& call) { writeLines(plan, call); });
}

Napi::Value openRowPlan(const Napi::CallbackInfo& info) {
  const char* const name = "openRowPlan";
  return withMemory(info.Env(), name, [&] { return rowCalls(info.Env(), info, name); });
}

Napi::Value openJsonPlan(const Napi::CallbackInfo& info) {
  const char* const name = "openJsonPlan";
  return withMemory(info.Env(), name, [&] { return lineWriter(info.Env(), info, name); });
}

}  // namespace

void exportCopybook(Napi::Env env, Napi::Object exports) {
  exports.Set("openRowPlan", Napi::Function::New(env, openRowPlan, "openRowPlan"));
  exports.Set("openJsonPlan", Napi::Function::New(env, openJsonPlan, "openJsonPlan"));
  exportCopybookRecord(env, exports);
}

}  // namespace headrace::boundary
