// The gate's calls. They are made once an order, so they go by the raw N-API: a call with two numbers costs some 25 ns, and no
// typed array is looked at on the way. Arrays are bound once and kept alive by references.
#include "boundary/boundary.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <array>
#include <memory>
#include <utility>

#include "model/status.h"
#include "risk/gate.h"

namespace headrace::boundary {

namespace {

using risk::Gate;
using risk::Holding;

struct PinnedBytes {
  uint8_t* data = nullptr;
  size_t size = 0;
  napi_ref reference = nullptr;
};

// One opened gate; shared by its functions, freed when the last of them was collected.
struct OpenGate {
  Gate gate;
  PinnedBytes memory, numbers, orders, decisions;
  uint32_t functions = 0;

  int64_t number(size_t index) const { return reinterpret_cast<const int64_t*>(numbers.data)[index]; }
  uint8_t* order(uint32_t offset) const {
    return uint64_t{offset} + order::kSize <= orders.size ? orders.data + offset : nullptr;
  }
};

void pin(napi_env env, napi_value value, const char* argument, PinnedBytes& bytes) {
  const auto span = bytesOf(env, value, "openGate", argument);
  if (bytes.reference != nullptr) napi_delete_reference(env, bytes.reference);
  bytes.reference = nullptr;
  napi_create_reference(env, value, 1, &bytes.reference);
  bytes.data = span.data();
  bytes.size = span.size();
}

void releaseFunction(napi_env env, void* data, void*) {
  auto* open = static_cast<OpenGate*>(data);
  if (--open->functions > 0) return;
  for (const PinnedBytes& bytes : {open->memory, open->numbers, open->orders, open->decisions}) {
    if (bytes.reference != nullptr) napi_delete_reference(env, bytes.reference);
  }
  delete open;
}

// The arguments of a call, as unsigned integers; what is missing or no number is 0, as a typed array would have it.
template <size_t Count>
struct Call {
  OpenGate* open = nullptr;
  std::array<napi_value, Count> values{};
  std::array<uint32_t, Count> words{};

  Call(napi_env env, napi_callback_info info, bool numbersOnly = true) {
    size_t count = Count;
    void* data = nullptr;
    napi_get_cb_info(env, info, &count, values.data(), nullptr, &data);
    open = static_cast<OpenGate*>(data);
    for (size_t index = 0; numbersOnly && index < Count; ++index)
      napi_get_value_uint32(env, values[index], &words[index]);
  }
};

napi_value status(napi_env env, int32_t code) {
  napi_value result = nullptr;
  napi_create_int32(env, code, &result);
  return result;
}

// A row outside the bound array; the caller's fault, which src/risk/native-gate.ts refuses before it comes here.
constexpr int32_t kOutside = -1;

napi_value check(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  OpenGate& open = *call.open;
  uint8_t* order = open.order(call.words[0]);
  const bool fits = uint64_t{call.words[1]} + gate::kDecisionSize <= open.decisions.size;
  if (order == nullptr || !fits) return status(env, kOutside);
  return status(env, open.gate.check(order, open.decisions.data + call.words[1]));
}

napi_value checkBatch(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  OpenGate& open = *call.open;
  const uint64_t count = call.words[0];
  if (count * order::kSize > open.orders.size || count * gate::kDecisionSize > open.decisions.size) {
    return status(env, kOutside);
  }
  const uint32_t accepted = open.gate.checkBatch(open.orders.data, call.words[0], open.decisions.data);
  return status(env, static_cast<int32_t>(accepted));
}

napi_value consume(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  uint8_t* order = call.open->order(call.words[0]);
  if (order == nullptr) return status(env, kOutside);
  call.open->gate.consume(order, call.words[1]);
  return status(env, status::kOk);
}

napi_value accepted(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  uint8_t* order = call.open->order(call.words[0]);
  if (order == nullptr) return status(env, kOutside);
  call.open->gate.accepted(order);
  return status(env, status::kOk);
}

Holding holdingOf(const Call<3>& call) { return {call.words[0], call.words[1], call.words[2]}; }

napi_value reserve(napi_env env, napi_callback_info info) {
  const Call<3> call(env, info);
  return status(env, call.open->gate.reserve(holdingOf(call), call.open->number(0), call.open->number(1)));
}

napi_value release(napi_env env, napi_callback_info info) {
  const Call<3> call(env, info);
  return status(env, call.open->gate.release(holdingOf(call), call.open->number(0), call.open->number(1)));
}

napi_value trade(napi_env env, napi_callback_info info) {
  const Call<3> call(env, info);
  return status(env, call.open->gate.trade(holdingOf(call), call.open->number(0), call.open->number(1)));
}

napi_value fill(napi_env env, napi_callback_info info) {
  const Call<3> call(env, info);
  const OpenGate& open = *call.open;
  return status(env, call.open->gate.fill(holdingOf(call), open.number(0), open.number(1), open.number(2)));
}

napi_value apply(napi_env env, napi_callback_info info) {
  const Call<3> call(env, info, false);
  uint32_t start = 0;
  uint32_t end = 0;
  napi_get_value_uint32(env, call.values[1], &start);
  napi_get_value_uint32(env, call.values[2], &end);
  try {
    const auto bytes = bytesOf(env, call.values[0], "apply", "command must be a typed array");
    if (start > end || end > bytes.size()) return status(env, status::kBadCommand);
    return status(env, call.open->gate.apply(bytes.data() + start, end - start));
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
    return nullptr;
  }
}

napi_value bind(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info, false);
  try {
    pin(env, call.values[0], "orders must be a typed array", call.open->orders);
    pin(env, call.values[1], "decisions must be a typed array", call.open->decisions);
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
  }
  return nullptr;
}

void addFunction(napi_env env, napi_value object, OpenGate* open, std::pair<const char*, napi_callback> entry) {
  napi_value function = nullptr;
  napi_create_function(env, entry.first, NAPI_AUTO_LENGTH, entry.second, open, &function);
  ++open->functions;
  napi_add_finalizer(env, function, open, releaseFunction, nullptr, nullptr);
  napi_set_named_property(env, object, entry.first, function);
}

constexpr size_t kNumbersSize = 3 * sizeof(int64_t);

// openGate(memory, numbers): the calls of a gate over `memory`, or undefined when the memory is not a gate's.
Napi::Value openGate(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 2) refuseArgument(env, "openGate", "needs memory and numbers");
  auto open = withMemory(env, "openGate", [] { return std::make_unique<OpenGate>(); });
  pin(env, info[0], "memory must be a typed array", open->memory);
  pin(env, info[1], "numbers must be a typed array", open->numbers);
  if (open->numbers.size < kNumbersSize) refuseArgument(env, "openGate", "numbers must hold three int64");
  if (!open->gate.attach(open->memory.data, open->memory.size)) return env.Undefined();
  Napi::Object calls = Napi::Object::New(env);
  const std::pair<const char*, napi_callback> functions[] = {{"check", check},     {"checkBatch", checkBatch},
                                                             {"consume", consume}, {"accepted", accepted},
                                                             {"reserve", reserve}, {"release", release},
                                                             {"trade", trade},     {"fill", fill},
                                                             {"apply", apply},     {"bind", bind}};
  OpenGate* shared = open.release();
  for (const auto& entry : functions) addFunction(env, calls, shared, entry);
  return calls;
}

// prepareGateMemory(bytes): asks for large pages, before the first write makes small ones (a random pair then costs no walk of the
// page table), and returns how many bytes past a cache line's start the array begins.
Napi::Value prepareGateMemory(const Napi::CallbackInfo& info) {
  const auto bytes = bytesOf(info.Env(), info[0], "prepareGateMemory", "memory must be a typed array");
  const auto start = reinterpret_cast<uintptr_t>(bytes.data());
#ifdef __linux__
  constexpr uintptr_t kPage = 4096;
  const uintptr_t first = (start + kPage - 1) & ~(kPage - 1);
  const uintptr_t last = (start + bytes.size()) & ~(kPage - 1);
  if (last > first) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
  return Napi::Number::New(info.Env(), static_cast<double>(start % gate::kLineSize));
}

}  // namespace

void exportRisk(Napi::Env env, Napi::Object exports) {
  exports.Set("openGate", Napi::Function::New(env, openGate, "openGate"));
  exports.Set("prepareGateMemory", Napi::Function::New(env, prepareGateMemory, "prepareGateMemory"));
}

}  // namespace headrace::boundary
