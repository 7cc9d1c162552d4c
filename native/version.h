#pragma once

namespace headrace {

// Raised with every function that is new and every change of one's arguments; src/native refuses an addon of another number.
inline constexpr int kAbiVersion = 2;

}  // namespace headrace
