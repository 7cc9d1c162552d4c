// Buffers that JavaScript gives once, and functions that go on using them: the arrays stay alive as long as one function does.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "boundary/boundary.h"

namespace headrace::boundary {

using HeldBuffers = std::vector<Napi::ObjectReference>;

// The members of one argument object, each a typed array.
class BufferArguments {
 public:
  BufferArguments(Napi::Env env, const char* function, Napi::Object source, HeldBuffers* held)
      : env_(env), function_(function), source_(source), held_(held) {}

  // The memory of one array of at least `sizeMin` bytes, aligned for `Value`, and kept alive.
  template <class Value>
  std::span<Value> take(const char* name, size_t sizeMin) {
    Napi::Value value = source_.Get(name);
    auto bytes = bytesOf(env_, value, function_, name);
    if (bytes.size() < sizeMin || reinterpret_cast<uintptr_t>(bytes.data()) % alignof(Value) != 0) {
      refuseArgument(env_, function_, name);
    }
    held_->push_back(Napi::Persistent(value.As<Napi::Object>()));
    return {reinterpret_cast<Value*>(bytes.data()), bytes.size() / sizeof(Value)};
  }

  bool has(const char* name) const { return !source_.Get(name).IsUndefined(); }

 private:
  Napi::Env env_;
  const char* function_;
  Napi::Object source_;
  HeldBuffers* held_;
};

// A function whose callback data is a std::shared_ptr<Bound>, released when the function is collected.
template <class Bound>
napi_value boundFunction(Napi::Env env, const char* name, napi_callback callback, const std::shared_ptr<Bound>& bound) {
  auto* data = new std::shared_ptr<Bound>(bound);
  napi_value function = nullptr;
  const auto release = [](napi_env, void* held, void*) { delete static_cast<std::shared_ptr<Bound>*>(held); };
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function) != napi_ok ||
      napi_add_finalizer(env, function, data, release, nullptr, nullptr) != napi_ok) {
    delete data;
    throw Napi::Error::New(env);
  }
  return function;
}

// The one Uint8Array a bind function was called with, or an empty span and a JavaScript exception.
inline std::span<uint8_t> boundBytes(napi_env env, napi_value value) {
  bool isTypedArray = false;
  napi_typedarray_type type;
  size_t length = 0;
  void* bytes = nullptr;
  if (napi_is_typedarray(env, value, &isTypedArray) != napi_ok || !isTypedArray ||
      napi_get_typedarray_info(env, value, &type, &length, &bytes, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array || length > INT32_MAX) {
    napi_throw_type_error(env, nullptr, "bind: bytes is no Uint8Array below 2 GiB");
    return {};
  }
  return {static_cast<uint8_t*>(bytes), length};
}

}  // namespace headrace::boundary
