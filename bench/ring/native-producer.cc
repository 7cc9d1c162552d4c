// The native end of "native to JavaScript": produce(memory, messages, batch) starts a thread that writes 64-byte messages.
#include <node_api.h>

#include <cstdint>
#include <cstring>
#include <thread>

#include "ring/spsc-ring.h"

namespace {

using headrace::ring::SpscProducer;

constexpr uint32_t kMessageBytes = 64;

std::thread thread;

void run(uint8_t* memory, int64_t messages, int64_t batch) {
  uint8_t source[kMessageBytes];
  std::memset(source, 7, sizeof source);
  SpscProducer producer(memory);
  for (int64_t sent = 0; sent < messages; sent++) {
    uint8_t* payload = producer.tryClaim(1, 0, 0, kMessageBytes);
    while (payload == nullptr) {
      producer.publish();
      payload = producer.tryClaim(1, 0, 0, kMessageBytes);
    }
    std::memcpy(payload, source, sizeof source);
    if (sent % batch == batch - 1) producer.publish();
  }
  producer.publish();
}

// The consumer has taken all messages of the last cycle when it asks for the next, so its thread is at its end.
void joinLast(void*) {
  if (thread.joinable()) thread.join();
}

napi_value produce(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  size_t count = 3;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  void* memory = nullptr;
  int64_t messages = 0;
  int64_t batch = 1;
  napi_get_typedarray_info(env, arguments[0], nullptr, nullptr, &memory, nullptr, nullptr);
  napi_get_value_int64(env, arguments[1], &messages);
  napi_get_value_int64(env, arguments[2], &batch);
  joinLast(nullptr);
  thread = std::thread(run, static_cast<uint8_t*>(memory), messages, batch);
  return nullptr;
}

napi_value init(napi_env env, napi_value exports) {
  napi_value function = nullptr;
  napi_create_function(env, "produce", NAPI_AUTO_LENGTH, produce, nullptr, &function);
  napi_set_named_property(env, exports, "produce", function);
  napi_add_env_cleanup_hook(env, joinLast, nullptr);
  return exports;
}

}  // namespace

NAPI_MODULE(ring_producer, init)
