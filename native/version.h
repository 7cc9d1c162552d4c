#pragma once

namespace headrace {

// Raised with every change of an exported function's arguments; src/native refuses an addon of another number.
inline constexpr int kAbiVersion = 1;

}  // namespace headrace
