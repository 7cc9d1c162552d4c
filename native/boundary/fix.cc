// The FIX scan for JavaScript: createFixScan checks and binds the buffers once, its scan() takes no arguments and makes one call
// of a whole chunk.
#include <memory>

#include "boundary/bound.h"
#include "codec/fix-scan.h"

namespace headrace::boundary {
namespace {

using codec::fix::Scan;
using codec::fix::ScanBuffers;

constexpr char kFunction[] = "createFixScan";

// In the order of BatchSettings (src/native/fix.ts).
struct Settings {
  int32_t messageSizeMax;
  int32_t fieldsMax;
  int32_t fieldCapacity;
  codec::fix::PlanBits bits;
};

// A scan and what holds its buffers.
struct BoundScan {
  std::unique_ptr<Scan> scan;
  const int32_t* control = nullptr;
  HeldBuffers buffers;
  Napi::ObjectReference bytes;
};

using SharedScan = std::shared_ptr<BoundScan>;

void takeProjection(Napi::Env env, BufferArguments& arguments, const Settings& settings, Scan& scan) {
  using codec::fix::kPlanWords;
  auto& projection = scan.projection;
  projection.plans.order = arguments.take<uint32_t>("orderPlan", kPlanWords * 4).data();
  projection.plans.execution = arguments.take<uint32_t>("executionPlan", kPlanWords * 4).data();
  projection.plans.bits = settings.bits;
  const auto accounts = arguments.take<uint8_t>("accounts", 0);
  const auto symbols = arguments.take<uint8_t>("symbols", 0);
  if (!projection.accounts.open(accounts.data(), accounts.size())) refuseArgument(env, kFunction, "accounts");
  if (!projection.symbols.open(symbols.data(), symbols.size())) refuseArgument(env, kFunction, "symbols");
}

SharedScan bindScan(Napi::Env env, Napi::Object source) {
  auto bound = std::make_shared<BoundScan>();
  BufferArguments arguments(env, kFunction, source, &bound->buffers);
  const Settings settings = *arguments.take<Settings>("settings", sizeof(Settings)).data();
  if (settings.messageSizeMax < 32 || settings.messageSizeMax > 1 << 24 || settings.fieldsMax < 4 ||
      settings.fieldsMax > 65536 || settings.fieldCapacity < settings.fieldsMax || settings.fieldCapacity > 1 << 24) {
    refuseArgument(env, kFunction, "settings");
  }
  using namespace codec::fix;
  ScanBuffers buffers;
  buffers.messageSizeMax = settings.messageSizeMax;
  buffers.fieldsMax = settings.fieldsMax;
  buffers.fieldCapacity = settings.fieldCapacity;
  buffers.control = arguments.take<int32_t>("control", control::kWords * 4).data();
  buffers.messages = arguments.take<Entry>("messages", kBatchMessagesMax * sizeof(Entry)).data();
  buffers.fields = arguments.take<Field>("fields", static_cast<size_t>(settings.fieldCapacity) * sizeof(Field)).data();
  buffers.rawData = arguments.take<uint16_t>("rawData", kRawDataTableSize * 2).data();
  const bool projects = arguments.has("accounts");
  if (projects) buffers.rows = arguments.take<uint8_t>("rows", kBatchMessagesMax * kRowStride).data();
  bound->control = buffers.control;
  bound->scan = std::make_unique<Scan>(buffers);
  if (projects) takeProjection(env, arguments, settings, *bound->scan);
  return bound;
}

// bind(bytes): the memory of the scans to come.
napi_value bindBytes(napi_env rawEnv, napi_callback_info info) {
  Napi::Env env(rawEnv);
  size_t count = 1;
  napi_value value = nullptr;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, &value, nullptr, &data) != napi_ok || count < 1) return nullptr;
  BoundScan& bound = **static_cast<SharedScan*>(data);
  const auto bytes = boundBytes(env, value);
  if (env.IsExceptionPending()) return nullptr;
  bound.bytes = Napi::Persistent(Napi::Object(env, value));
  bound.scan->bind(bytes.data(), bytes.size());
  return nullptr;
}

// scan(): from and to lie in `control`. Raw N-API: this is the one call a chunk costs.
napi_value scanChunk(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  if (napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data) != napi_ok) return nullptr;
  BoundScan& bound = **static_cast<SharedScan*>(data);
  const int32_t from = bound.control[codec::fix::control::kFrom];
  const int32_t to = bound.control[codec::fix::control::kTo];
  if (from < 0 || from > to || static_cast<size_t>(to) > bound.scan->boundSize()) {
    napi_throw_range_error(env, nullptr, "scan: from and to do not lie inside the bytes bound");
    return nullptr;
  }
  napi_value result = nullptr;
  napi_create_int32(env, bound.scan->scan(), &result);
  return result;
}

Napi::Value scanCalls(Napi::Env env, Napi::Object source) {
  const SharedScan bound = bindScan(env, source);
  Napi::Object result = Napi::Object::New(env);
  result.Set("bind", boundFunction(env, "bind", bindBytes, bound));
  result.Set("scan", boundFunction(env, "scan", scanChunk, bound));
  return result;
}

Napi::Value createFixScan(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) refuseArgument(env, kFunction, "buffers");
  return withMemory(env, kFunction, [&] { return scanCalls(env, info[0].As<Napi::Object>()); });
}

}  // namespace

void exportFix(Napi::Env env, Napi::Object exports) {
  exportFixEncode(env, exports);
  exports.Set(kFunction, Napi::Function::New(env, createFixScan, kFunction));
}

}  // namespace headrace::boundary
