// The addon's export list. Each area of the boundary adds its functions here and nowhere else.
#include <napi.h>

#include "boundary/boundary.h"

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  headrace::boundary::exportVersion(env, exports);
  headrace::boundary::exportRing(env, exports);
  headrace::boundary::exportFix(env, exports);
  headrace::boundary::exportRisk(env, exports);
  headrace::boundary::exportCopybook(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(headrace, Init)
