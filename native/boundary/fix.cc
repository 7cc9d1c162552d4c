// The FIX scan for JavaScript: createFixScan checks and binds the buffers once, its scan() takes no arguments and makes one call
// of a whole chunk.
#include <memory>
#include <vector>

#include "boundary/boundary.h"
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

// A scan and what holds its buffers: JavaScript's arrays stay alive as long as one of its two functions does.
struct BoundScan {
  std::unique_ptr<Scan> scan;
  const int32_t* control = nullptr;
  std::vector<Napi::ObjectReference> buffers;
  Napi::ObjectReference bytes;
};

using SharedScan = std::shared_ptr<BoundScan>;

class Arguments {
 public:
  Arguments(Napi::Env env, Napi::Object source, BoundScan* owner) : env_(env), source_(source), owner_(owner) {}

  // The memory of one array of at least `sizeMin` bytes, aligned for `Value`, and kept alive by the scan.
  template <class Value>
  std::span<Value> take(const char* name, size_t sizeMin) {
    Napi::Value value = source_.Get(name);
    auto bytes = bytesOf(env_, value, kFunction, name);
    if (bytes.size() < sizeMin || reinterpret_cast<uintptr_t>(bytes.data()) % alignof(Value) != 0) {
      refuseArgument(env_, kFunction, name);
    }
    owner_->buffers.push_back(Napi::Persistent(value.As<Napi::Object>()));
    return {reinterpret_cast<Value*>(bytes.data()), bytes.size() / sizeof(Value)};
  }

  bool has(const char* name) const { return !source_.Get(name).IsUndefined(); }

 private:
  Napi::Env env_;
  Napi::Object source_;
  BoundScan* owner_;
};

void takeProjection(Napi::Env env, Arguments& arguments, const Settings& settings, Scan& scan) {
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
  Arguments arguments(env, source, bound.get());
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
  bool isTypedArray = false;
  napi_typedarray_type type;
  size_t length = 0;
  void* bytes = nullptr;
  if (napi_is_typedarray(env, value, &isTypedArray) != napi_ok || !isTypedArray ||
      napi_get_typedarray_info(env, value, &type, &length, &bytes, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array || length > INT32_MAX) {
    napi_throw_type_error(env, nullptr, "bind: bytes is no Uint8Array below 2 GiB");
    return nullptr;
  }
  bound.bytes = Napi::Persistent(Napi::Object(env, value));
  bound.scan->bind(static_cast<const uint8_t*>(bytes), length);
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

napi_value functionOf(Napi::Env env, const char* name, napi_callback callback, const SharedScan& bound) {
  auto* data = new SharedScan(bound);
  napi_value function = nullptr;
  const auto release = [](napi_env, void* held, void*) { delete static_cast<SharedScan*>(held); };
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function) != napi_ok ||
      napi_add_finalizer(env, function, data, release, nullptr, nullptr) != napi_ok) {
    delete data;
    throw Napi::Error::New(env);
  }
  return function;
}

Napi::Value createFixScan(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsObject()) refuseArgument(env, kFunction, "buffers");
  const SharedScan bound = bindScan(env, info[0].As<Napi::Object>());
  Napi::Object result = Napi::Object::New(env);
  result.Set("bind", functionOf(env, "bind", bindBytes, bound));
  result.Set("scan", functionOf(env, "scan", scanChunk, bound));
  return result;
}

}  // namespace

void exportFix(Napi::Env env, Napi::Object exports) {
  exports.Set(kFunction, Napi::Function::New(env, createFixScan, kFunction));
}

}  // namespace headrace::boundary
