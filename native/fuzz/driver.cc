// Runs a libFuzzer entry point where clang is not: seeded random inputs, some of them built from a few telling bytes.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  const uint64_t seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20260101;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 20000;
  static const uint8_t kTelling[] = {0x00, 0x01, '=',  '8',  '9',  '0',  '1',  '3',  '5',
                                     0x0c, 0x0d, 0x0f, 0x40, 0xc0, 0xd9, 0xf0, 0xf9, 0xff};
  std::mt19937_64 random(seed);
  std::vector<uint8_t> input;
  for (int round = 0; round < rounds; ++round) {
    input.resize(random() % 512);
    const bool telling = random() % 2 == 0;
    for (auto& byte : input) {
      const uint64_t value = random();
      byte = telling ? kTelling[value % sizeof kTelling] : static_cast<uint8_t>(value);
    }
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%d inputs from seed %llu\n", rounds, static_cast<unsigned long long>(seed));
  return 0;
}
