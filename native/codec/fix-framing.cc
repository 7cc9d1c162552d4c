#include "codec/fix-framing.h"

#include <algorithm>
#include <cstring>

#include "codec/fix-layout.h"
#include "codec/fix-words.h"
#include "model/status.h"

namespace headrace::codec::fix {

namespace {

constexpr char kBegin[] = "8=FIX";
constexpr int32_t kBeginSize = 5;
constexpr int32_t kBeginStringSizeMax = 12;
constexpr int32_t kLengthDigitsMax = 9;

struct Input {
  const uint8_t* bytes;
  int32_t to;
  int32_t messageSizeMax;
};

enum class Step { kGoOn, kRefused, kMore };

Step refuse(Frame* frame, int32_t code, int32_t end) {
  frame->status = code;
  frame->end = end;
  return Step::kRefused;
}

int32_t findBegin(const Input& in, int32_t from) {
  int32_t at = from;
  while (at < in.to) {
    if (std::memcmp(in.bytes + at, kBegin, std::min(kBeginSize, in.to - at)) == 0) return at;
    const void* next = std::memchr(in.bytes + at + 1, kBegin[0], in.to - at - 1);
    at = next == nullptr ? in.to : static_cast<int32_t>(static_cast<const uint8_t*>(next) - in.bytes);
  }
  return at;
}

// Sets *at to BodyLength's value.
Step passBeginString(const Input& in, Frame* frame, int32_t* at) {
  const int32_t bound = frame->start + 2 + kBeginStringSizeMax + 1;
  const int32_t limit = std::min(bound, in.to);
  int32_t soh = frame->start + kBeginSize;
  while (soh < limit && in.bytes[soh] != kSoh) soh++;
  if (soh >= limit) return soh < bound ? Step::kMore : refuse(frame, status::kGarbled, frame->start + 2);
  const bool wrong = (soh + 1 < in.to && in.bytes[soh + 1] != '9') || (soh + 2 < in.to && in.bytes[soh + 2] != '=');
  if (wrong) return refuse(frame, status::kGarbled, soh + 1);
  *at = soh + 3;
  return *at > in.to ? Step::kMore : Step::kGoOn;
}

Step readBodyLength(const Input& in, Frame* frame, int32_t lengthAt) {
  int64_t length = 0;
  int32_t at = lengthAt;
  for (; at < in.to && in.bytes[at] != kSoh; at++) {
    const unsigned digit = in.bytes[at] - unsigned{'0'};
    if (digit > 9 || at - lengthAt >= kLengthDigitsMax) return refuse(frame, status::kBadBodyLength, at);
    length = length * 10 + digit;
  }
  if (at >= in.to) return Step::kMore;
  if (at == lengthAt) return refuse(frame, status::kBadBodyLength, at);
  const int64_t trailer = int64_t{at} + 1 + length;
  if (trailer + kTrailerSize - frame->start > in.messageSizeMax) return refuse(frame, status::kTooLong, at + 1);
  frame->bodyLength = lengthAt;
  frame->body = at + 1;
  frame->trailer = static_cast<int32_t>(trailer);
  return Step::kGoOn;
}

bool isTrailer(const uint8_t* at) { return std::memcmp(at - 1, "\00110=", 4) == 0; }

uint32_t checkSumOf(const uint8_t* digits) {
  uint32_t told = 0;
  for (int at = 0; at < 3; at++) {
    const unsigned digit = digits[at] - unsigned{'0'};
    if (digit > 9) return kNoCheckSum;
    told = told * 10 + digit;
  }
  return told;
}

// Takes the message to the next CheckSum field from where BodyLength pointed.
Step bodyOfWrongLength(const Input& in, Frame* frame) {
  const int64_t bound = int64_t{frame->start} + in.messageSizeMax;
  const auto limit = static_cast<int32_t>(std::min<int64_t>(in.to, bound));
  int32_t at = frame->trailer;
  while (at + 3 <= limit && !isTrailer(in.bytes + at)) at++;
  const bool asTold = at == frame->trailer;
  if (at + 3 <= limit) {
    const void* soh = std::memchr(in.bytes + at + 3, kSoh, limit - at - 3);
    if (soh != nullptr) {
      const auto end = static_cast<int32_t>(static_cast<const uint8_t*>(soh) - in.bytes) + 1;
      return refuse(frame, asTold ? status::kBadCheckSum : status::kBadBodyLength, end);
    }
  }
  return in.to >= bound ? refuse(frame, status::kTooLong, limit) : Step::kMore;
}

Step findBody(const Input& in, Frame* frame) {
  const int32_t end = frame->trailer + kTrailerSize;
  if (end > in.to) return Step::kMore;
  if (!isTrailer(in.bytes + frame->trailer) || in.bytes[end - 1] != kSoh) return bodyOfWrongLength(in, frame);
  frame->told = checkSumOf(in.bytes + frame->trailer + 3);
  return refuse(frame, status::kOk, end);
}

// The usual head, read in three words: BeginString of at most 13 bytes with its tag, BodyLength of at most seven digits. What
// is unusual is left to the steps above.
bool passUsualHead(const Input& in, Frame* frame) {
  constexpr int32_t kHeadSizeMax = 32;
  if (in.to - frame->start < kHeadSizeMax) return false;
  const uint8_t* const start = in.bytes + frame->start;
  const uint64_t beginSoh = findByte(loadWord(start + kBeginSize), kSoh);
  if (std::memcmp(start, kBegin, kBeginSize) != 0 || beginSoh == 0) return false;
  const uint8_t* const begin = start + kBeginSize + (std::countr_zero(beginSoh) >> 3);
  const uint64_t word = loadWord(begin + 3);
  const uint64_t lengthSoh = findByte(word, kSoh);
  const int32_t count = lengthSoh == 0 ? 0 : std::countr_zero(lengthSoh) >> 3;
  const uint64_t digits = digitBytes(word, static_cast<unsigned>(count));
  if (count == 0 || !areDigits(digits) || begin[1] != '9' || begin[2] != '=') return false;
  frame->bodyLength = static_cast<int32_t>(begin + 3 - in.bytes);
  frame->body = frame->bodyLength + count + 1;
  const int64_t trailer = frame->body + static_cast<int64_t>(numberOf(digits));
  if (trailer + kTrailerSize - frame->start > in.messageSizeMax) return false;
  frame->trailer = static_cast<int32_t>(trailer);
  return true;
}

}  // namespace

bool nextFrame(const uint8_t* bytes, int32_t from, int32_t to, int32_t messageSizeMax, Frame* frame) {
  const Input in{bytes, to, messageSizeMax};
  frame->start = from;
  if (passUsualHead(in, frame)) return findBody(in, frame) == Step::kRefused;
  frame->start = findBegin(in, from);
  int32_t lengthAt = 0;
  Step step = passBeginString(in, frame, &lengthAt);
  if (step == Step::kGoOn) step = readBodyLength(in, frame, lengthAt);
  if (step == Step::kGoOn) step = findBody(in, frame);
  return step == Step::kRefused;
}

}  // namespace headrace::codec::fix
