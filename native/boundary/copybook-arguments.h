// Arguments that the plans of records have in common.
#pragma once

#include <cstring>
#include <vector>

#include "boundary/boundary.h"
#include "codec/copybook-plan.h"

namespace headrace::boundary {

template <class Value>
std::vector<Value> copyOf(Napi::Env env, Napi::Object source, const char* function, const char* name) {
  const auto bytes = bytesOf(env, source.Get(name), function, name);
  if (bytes.size() % sizeof(Value) != 0) refuseArgument(env, function, name);
  std::vector<Value> values(bytes.size() / sizeof(Value));
  if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

inline codec::copybook::Page pageOf(Napi::Env env, Napi::Object source, const char* function) {
  const auto bytes = bytesOf(env, source.Get("tables"), function, "tables");
  const auto pairs = bytesOf(env, source.Get("pairs"), function, "pairs");
  if (bytes.size() != codec::copybook::tables::kSize) refuseArgument(env, function, "tables");
  if (!pairs.empty() && pairs.size() != codec::copybook::tables::kPairsSize) refuseArgument(env, function, "pairs");
  return codec::copybook::Page(bytes, pairs);
}

inline size_t countOf(Napi::Env env, Napi::Value value, const char* function, const char* name) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0 && number <= 9007199254740991.0)) refuseArgument(env, function, name);
  return static_cast<size_t>(number);
}

inline std::span<int32_t> wordsOf(Napi::Env env, Napi::Value value, const char* function, const char* name) {
  const auto bytes = bytesOf(env, value, function, name);
  if (reinterpret_cast<uintptr_t>(bytes.data()) % alignof(int32_t) != 0) refuseArgument(env, function, name);
  return {reinterpret_cast<int32_t*>(bytes.data()), bytes.size() / sizeof(int32_t)};
}

}  // namespace headrace::boundary
