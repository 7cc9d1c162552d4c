// Wakers: a uv_async on one thread's event loop, rung from any thread by its id. JavaScript keeps the doorbell's protocol
// (src/ring/doorbell.ts); this is only the system call at its end.
#include <uv.h>

#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "boundary/boundary.h"

namespace headrace::boundary {
namespace {

struct Waker {
  napi_env env;
  uint32_t id;
  napi_ref onWake;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  uv_async_t async;
};

// The open wakers of the process. The mutex is held while a waker is sent to, so none is closed in between: whoever found
// an id here sends to a living uv_async, and whoever closes one takes it out first.
class WakerRegistry {
 public:
  uint32_t add(Waker* waker) {
    std::lock_guard lock(mutex_);
    // An id comes again only after 2^32 others, and a stale ring then wakes somebody who looks and sleeps on.
    do ++last_;
    while (last_ == 0 || open_.contains(last_));
    open_.emplace(last_, waker);
    return last_;
  }

  // Returns the waker taken out, or null when it was not open or belongs to another thread's environment.
  Waker* remove(uint32_t id, napi_env env) {
    std::lock_guard lock(mutex_);
    auto found = open_.find(id);
    if (found == open_.end() || found->second->env != env) return nullptr;
    Waker* waker = found->second;
    open_.erase(found);
    return waker;
  }

  void wake(uint32_t id) {
    std::lock_guard lock(mutex_);
    auto found = open_.find(id);
    if (found != open_.end()) uv_async_send(&found->second->async);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<uint32_t, Waker*> open_;
  uint32_t last_ = 0;
};

// Lives as long as the process: workers may still ring while its statics are destroyed.
WakerRegistry& registry() {
  static auto* wakers = new WakerRegistry;
  return *wakers;
}

void onAsync(uv_async_t* async) {
  auto* waker = static_cast<Waker*>(async->data);
  napi_env env = waker->env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value onWake = nullptr;
  napi_value receiver = nullptr;
  if (napi_get_reference_value(env, waker->onWake, &onWake) == napi_ok && onWake != nullptr &&
      napi_get_global(env, &receiver) == napi_ok &&
      napi_make_callback(env, waker->context, receiver, onWake, 0, nullptr, nullptr) == napi_pending_exception) {
    napi_value error = nullptr;
    if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

// The only place that frees a waker: libuv lets go of the handle here, and the environment may then end.
void onClosed(uv_handle_t* handle) {
  auto* waker = static_cast<Waker*>(handle->data);
  napi_remove_async_cleanup_hook(waker->hook);
  delete waker;
}

// On the waker's own thread, after it was taken out of the registry.
void close(Waker* waker) {
  napi_delete_reference(waker->env, waker->onWake);
  napi_async_destroy(waker->env, waker->context);
  uv_close(reinterpret_cast<uv_handle_t*>(&waker->async), onClosed);
}

// The environment ends (worker.terminate, process.exit) with the waker open. One that was closed already is on its way to
// onClosed, and the environment waits for it.
void onEnvironmentEnd(napi_async_cleanup_hook_handle, void* argument) {
  auto* waker = static_cast<Waker*>(argument);
  if (registry().remove(waker->id, waker->env) != nullptr) close(waker);
}

void check(Napi::Env env, napi_status status) {
  if (status != napi_ok) throw Napi::Error::New(env);
}

Napi::Value openWaker(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsFunction()) refuseArgument(env, "openWaker", "onWake is not a function");
  uv_loop_t* loop = nullptr;
  check(env, napi_get_uv_event_loop(env, &loop));
  auto* waker = new Waker{};
  waker->env = env;
  if (uv_async_init(loop, &waker->async, onAsync) != 0) {
    delete waker;
    throw Napi::Error::New(env, "openWaker: the event loop has no room for a uv_async");
  }
  waker->async.data = waker;
  check(env, napi_create_reference(env, info[0], 1, &waker->onWake));
  check(env, napi_async_init(env, nullptr, Napi::String::New(env, "headrace.doorbell"), &waker->context));
  check(env, napi_add_async_cleanup_hook(env, onEnvironmentEnd, waker, &waker->hook));
  if (!info[1].ToBoolean()) uv_unref(reinterpret_cast<uv_handle_t*>(&waker->async));
  waker->id = registry().add(waker);
  return Napi::Number::New(env, waker->id);
}

uint32_t idOf(const Napi::CallbackInfo& info, const char* function) {
  if (!info[0].IsNumber()) refuseArgument(info.Env(), function, "id is not a number");
  return info[0].As<Napi::Number>().Uint32Value();
}

void closeWaker(const Napi::CallbackInfo& info) {
  Waker* waker = registry().remove(idOf(info, "closeWaker"), info.Env());
  if (waker != nullptr) close(waker);
}

void wake(const Napi::CallbackInfo& info) { registry().wake(idOf(info, "wake")); }

}  // namespace

void exportRing(Napi::Env env, Napi::Object exports) {
  exports.Set("openWaker", Napi::Function::New(env, openWaker, "openWaker"));
  exports.Set("closeWaker", Napi::Function::New(env, closeWaker, "closeWaker"));
  exports.Set("wake", Napi::Function::New(env, wake, "wake"));
}

}  // namespace headrace::boundary
