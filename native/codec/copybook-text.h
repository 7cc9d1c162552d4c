// Text of every charset: mixed single and double bytes, UTF-8, pairs and UTF-16. Single bytes are read by the kernels of rows and
// JSON. The twins are src/codec/record/text-reader.ts and text-writer.ts.
#pragma once

#include <cstdint>

#include "codec/copybook-plan.h"

namespace headrace::codec::copybook {

// The text of a leaf, trimmed, as UTF-8; its length, or -1 where the bytes are no characters. `to` has the room of the leaf's slot.
int32_t readText(const Leaf& leaf, const Page& page, const uint8_t* from, uint8_t* to);

// The same as the inside of a JSON string: at most six bytes for each of the leaf's.
int32_t readJsonText(const Leaf& leaf, const Page& page, const uint8_t* from, uint8_t* to);

// Writes UTF-8 as the text of a leaf, spaces added; a status. A refused one may have written some bytes of the leaf.
int32_t writeText(const Leaf& leaf, const Page& page, const uint8_t* text, uint32_t length, uint8_t* to);

}  // namespace headrace::codec::copybook
