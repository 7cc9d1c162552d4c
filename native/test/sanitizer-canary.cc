// One fault of each kind that a sanitizer must report: a run that reports nothing was not instrumented, and proves nothing.
#include <cstdio>
#include <cstring>
#include <limits>
#include <thread>

namespace {

int shared = 0;

int overrun(int past) {
  int* one = new int[1]();
  const int value = one[past];
  delete[] one;
  return value;
}

int overflow(int value) { return value + std::numeric_limits<int>::max(); }

void race() {
  std::thread other([] { shared++; });
  shared++;
  other.join();
}

}  // namespace

int main(int argc, char** argv) {
  const char* fault = argc > 1 ? argv[1] : "";
  int value = 0;
  if (std::strcmp(fault, "address") == 0) value = overrun(argc);
  if (std::strcmp(fault, "undefined") == 0) value = overflow(argc);
  if (std::strcmp(fault, "thread") == 0) race();
  std::printf("%d: no sanitizer stopped %s\n", value, fault);
  return 0;
}
