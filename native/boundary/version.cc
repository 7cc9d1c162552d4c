#include "version.h"
#include "boundary/boundary.h"

namespace headrace::boundary {

void exportVersion(Napi::Env env, Napi::Object exports) {
  exports.Set("abiVersion", Napi::Number::New(env, kAbiVersion));
}

}  // namespace headrace::boundary
