// A page for tests of text: Latin-1 with the space elsewhere, one byte without a character and one beyond Latin-1, and pairs of
// 41-FE for part of the CJK characters.
#pragma once

#include <cstring>
#include <string>

#include "codec/copybook-plan.h"
#include "codec/copybook-text.h"

namespace headrace::test {

using namespace headrace::codec::copybook;

inline int32_t pointOfByte(int32_t byte, bool ascii) {
  if (ascii) return byte;
  return byte == 0x40 ? 0x20 : byte == 0x20 ? 0x40 : byte == 0x57 ? -1 : byte == 0xfe ? 0x20ac : byte;
}

inline Page textPage(Charset form) {
  std::vector<uint8_t> bytes(tables::kSize);
  const bool ascii = form == kUtf8Text;
  uint16_t count = 0;
  const auto add = [&](int32_t byte) {
    const int32_t point = pointOfByte(byte, ascii);
    if (point < 0) return;
    uint8_t* utf8 = bytes.data() + tables::kUtf8 + byte * 4;
    if (point < 0x80) {
      utf8[0] = 1;
      utf8[1] = static_cast<uint8_t>(point);
    } else if (point < 0x800) {
      utf8[0] = 2;
      utf8[1] = static_cast<uint8_t>(0xc0 | point >> 6);
      utf8[2] = static_cast<uint8_t>(0x80 | (point & 0x3f));
    } else {
      std::memcpy(utf8, "\3\xe2\x82\xac", 4);
    }
    bytes[tables::kJson + byte * 8] = 1;
    bytes[tables::kJson + byte * 8 + 1] = 'x';
    if (form == kMixed && (byte == 0x0e || byte == 0x0f)) return;
    const uint16_t pair[2] = {static_cast<uint16_t>(point), static_cast<uint16_t>(byte)};
    std::memcpy(bytes.data() + tables::kReverse + count++ * 4, pair, 4);
  };
  // By code point: the two that changed places first, and what lies beyond Latin-1 last.
  for (int32_t byte = 0; byte < 256; byte++) {
    if (byte != 0xfe || ascii) add(byte == 0x20 && !ascii ? 0x40 : byte == 0x40 && !ascii ? 0x20 : byte);
  }
  if (!ascii) add(0xfe);
  std::memcpy(bytes.data() + tables::kReverseCount, &count, 2);
  bytes[tables::kSpace] = ascii ? 0x20 : 0x40;
  bytes[tables::kForm] = static_cast<uint8_t>(form);
  std::vector<uint16_t> pairs(tables::kPairsSize / 2);
  pairs[0x4040] = 0x3000;
  for (int32_t cell = 0; cell < 190 * 190; cell++) {
    pairs[(0x41 + cell / 190) << 8 | (0x41 + cell % 190)] = static_cast<uint16_t>(0x4e00 + cell % 20000);
  }
  for (uint32_t pair = 0; pair < 65536; pair++) {
    if (pairs[pair] != 0) pairs[65536 + pairs[pair]] = static_cast<uint16_t>(pair);
  }
  return Page(bytes, {reinterpret_cast<const uint8_t*>(pairs.data()), tables::kPairsSize});
}

inline Leaf textLeaf(Charset charset, int32_t size, int32_t flags) {
  Leaf leaf{};
  leaf.kind = kText;
  leaf.size = charset >= kDoubleByte ? size / 2 * 2 : size;
  leaf.flags = flags & (kJustified | kTrimStart | kTrimEnd);
  leaf.flags |= charset == kUtf16 ? kNational : charset == kDoubleByte ? kDbcs : 0;
  leaf.width = (4 + leaf.size * 3 + 7) / 8 * 8;
  return leaf;
}

inline std::string withoutSpaces(std::string text) {
  for (const std::string space : {" ", "\xe3\x80\x80"}) {
    while (text.starts_with(space)) text.erase(0, space.size());
    while (text.ends_with(space)) text.erase(text.size() - space.size());
  }
  return text;
}

// Whether what a field holds is written again as the same text but for spaces, and stays inside its bounds where a sanitizer looks.
inline bool keepsText(const Leaf& leaf, const Page& page, const std::vector<uint8_t>& field) {
  std::vector<uint8_t> text(leaf.width - 4), json(leaf.size * 6), again(leaf.size), second(leaf.width - 4);
  const int32_t length = readText(leaf, page, field.data(), text.data());
  if ((readJsonText(leaf, page, field.data(), json.data()) < 0) != (length < 0)) return false;
  if (length < 0) return true;
  if (writeText(leaf, page, text.data(), length, again.data()) != headrace::status::kOk) return false;
  const int32_t back = readText(leaf, page, again.data(), second.data());
  if (back < 0) return false;
  const std::string first(text.begin(), text.begin() + length), last(second.begin(), second.begin() + back);
  return withoutSpaces(first) == withoutSpaces(last);
}

}  // namespace headrace::test
