// Numbers edited by a PICTURE, the way src/codec/record/edit.ts does; the mask as src/codec/record/edited-mask.ts draws it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/copybook-number.h"
#include "codec/copybook-plan.h"

namespace headrace::codec::copybook {

// Whether every edited leaf has its mask among these.
bool areMasksSound(const std::vector<Leaf>& leaves, std::span<const uint8_t> masks);

// Edits a number, at the leaf's scale, into code points; a status.
int32_t editNumber(const Leaf& leaf, std::span<const uint8_t> masks, const Digits& number, std::vector<uint16_t>& out);

}  // namespace headrace::codec::copybook
