// The only N-API code in the project's C++: arguments are checked here, once a batch, and plain pointers go on.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string>

namespace headrace::boundary {

// Raises a JavaScript TypeError naming the function and the argument.
[[noreturn]] inline void refuseArgument(Napi::Env env, const char* function, const char* argument) {
  throw Napi::TypeError::New(env, std::string(function) + ": " + argument);
}

// Does what asks for memory. Where there is none JavaScript gets an error: an exception of C++ that reached Node would end the process.
template <class Work>
auto withMemory(Napi::Env env, const char* function, const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    throw Napi::Error::New(env, std::string(function) + ": out of memory");
  }
}

// The bytes of any typed array, SharedArrayBuffer-backed ones included. Node 20's N-API refuses a bare SharedArrayBuffer and
// napi_get_arraybuffer_info on the buffer behind a shared typed array, so only napi_get_typedarray_info is called.
inline std::span<uint8_t> bytesOf(Napi::Env env, napi_value value, const char* function, const char* argument) {
  bool isTypedArray = false;
  napi_is_typedarray(env, value, &isTypedArray);
  if (!isTypedArray) refuseArgument(env, function, argument);
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok) {
    refuseArgument(env, function, argument);
  }
  size_t width = 1;
  switch (type) {
    case napi_int16_array:
    case napi_uint16_array:
      width = 2;
      break;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array:
      width = 4;
      break;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array:
      width = 8;
      break;
    default:
      break;
  }
  return {static_cast<uint8_t*>(data), length * width};
}

void exportVersion(Napi::Env env, Napi::Object exports);
void exportRing(Napi::Env env, Napi::Object exports);
void exportFix(Napi::Env env, Napi::Object exports);
void exportFixEncode(Napi::Env env, Napi::Object exports);
void exportRisk(Napi::Env env, Napi::Object exports);
void exportCopybook(Napi::Env env, Napi::Object exports);
void exportCopybookRecord(Napi::Env env, Napi::Object exports);

}  // namespace headrace::boundary
