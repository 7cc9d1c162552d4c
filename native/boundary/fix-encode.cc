// The FIX order encoder for JavaScript: createFixEncode binds the buffers once, its encode() takes no arguments and writes a batch.
#include <memory>
#include <optional>

#include "boundary/bound.h"
#include "codec/fix-encode.h"
#include "model/rows.h"

namespace headrace::boundary {
namespace {

using codec::fix::OrderBatch;
using codec::fix::OrderEncode;

constexpr char kFunction[] = "createFixEncode";

// `control`, in the order of src/native/fix.ts.
struct Control {
  int32_t count;
  int32_t stride;
  int32_t msgSeqNum;
  uint32_t timeLow;
  uint32_t timeHigh;
  int32_t size;
};

struct BoundEncode {
  std::optional<OrderEncode> encode;
  Control* control = nullptr;
  size_t ordersMax = 0;
  std::span<uint8_t> rows;
  HeldBuffers buffers;
  Napi::ObjectReference rowsHeld;
};

using SharedEncode = std::shared_ptr<BoundEncode>;

SharedEncode bindEncode(Napi::Env env, Napi::Object source) {
  auto bound = std::make_shared<BoundEncode>();
  BufferArguments arguments(env, kFunction, source, &bound->buffers);
  bound->control = arguments.take<Control>("control", sizeof(Control)).data();
  const auto ends = arguments.take<int32_t>("ends", sizeof(int32_t));
  const auto statuses = arguments.take<int32_t>("statuses", ends.size_bytes());
  const auto out = arguments.take<uint8_t>("out", 1);
  if (out.size() > INT32_MAX) refuseArgument(env, kFunction, "out");
  bound->ordersMax = ends.size();
  const auto begin = arguments.take<uint8_t>("begin", 1);
  const auto parties = arguments.take<uint8_t>("parties", 1);
  const auto constants = arguments.take<uint8_t>("constants", 0);
  bound->encode.emplace(codec::fix::OrderTexts{begin, parties, constants}, out, ends.data(), statuses.data());
  const auto accounts = arguments.take<uint8_t>("accounts", 0);
  const auto symbols = arguments.take<uint8_t>("symbols", 0);
  if (!bound->encode->accounts.open(accounts.data(), accounts.size())) refuseArgument(env, kFunction, "accounts");
  if (!bound->encode->symbols.open(symbols.data(), symbols.size())) refuseArgument(env, kFunction, "symbols");
  return bound;
}

// bind(rows): the ORDER rows of the batches to come.
napi_value bindRows(napi_env rawEnv, napi_callback_info info) {
  Napi::Env env(rawEnv);
  size_t count = 1;
  napi_value value = nullptr;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, &value, nullptr, &data) != napi_ok || count < 1) return nullptr;
  BoundEncode& bound = **static_cast<SharedEncode*>(data);
  const auto rows = boundBytes(env, value);
  if (env.IsExceptionPending()) return nullptr;
  bound.rowsHeld = Napi::Persistent(Napi::Object(env, value));
  bound.rows = rows;
  return nullptr;
}

bool liesInside(const BoundEncode& bound) {
  const Control& control = *bound.control;
  if (control.count < 0 || control.stride < 0 || control.msgSeqNum < 0) return false;
  if (control.count == 0) return true;
  const uint64_t last = static_cast<uint64_t>(control.count - 1) * static_cast<uint64_t>(control.stride);
  return static_cast<size_t>(control.count) <= bound.ordersMax && last + order::kSize <= bound.rows.size();
}

// encode(): the batch lies in `control`. Raw N-API: this is the one call a batch costs.
napi_value encodeBatch(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  if (napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data) != napi_ok) return nullptr;
  BoundEncode& bound = **static_cast<SharedEncode*>(data);
  if (!liesInside(bound)) {
    napi_throw_range_error(env, nullptr, "encode: the batch does not lie inside the rows bound");
    return nullptr;
  }
  Control& control = *bound.control;
  const uint64_t timeNs = uint64_t{control.timeHigh} << 32 | control.timeLow;
  const OrderBatch batch{bound.rows.data(), static_cast<size_t>(control.stride), control.count, control.msgSeqNum,
                         timeNs};
  control.size = static_cast<int32_t>(bound.encode->encode(batch));
  return nullptr;
}

Napi::Value encodeCalls(Napi::Env env, Napi::Object source) {
  const SharedEncode bound = bindEncode(env, source);
  Napi::Object result = Napi::Object::New(env);
  result.Set("bind", boundFunction(env, "bind", bindRows, bound));
  result.Set("encode", boundFunction(env, "encode", encodeBatch, bound));
  return result;
}

Napi::Value createFixEncode(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) refuseArgument(env, kFunction, "buffers");
  return withMemory(env, kFunction, [&] { return encodeCalls(env, info[0].As<Napi::Object>()); });
}

}  // namespace

void exportFixEncode(Napi::Env env, Napi::Object exports) {
  exports.Set(kFunction, Napi::Function::New(env, createFixEncode, kFunction));
}

}  // namespace headrace::boundary
