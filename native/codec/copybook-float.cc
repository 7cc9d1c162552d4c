#include "codec/copybook-float.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "codec/copybook-bignum.h"

namespace headrace::codec::copybook {

namespace {

constexpr int32_t kRadixBits = 4;
constexpr int32_t kExcess = 64;
constexpr int32_t kCharacteristicMax = 127;

// An IBM hexadecimal float: mantissa * 2^exponent, the mantissa normalised where the smallest exponent allows it.
struct Hexadecimal {
  bool negative;
  uint64_t mantissa;
  int32_t exponent;
};

int32_t mantissaBitsOf(const Leaf& leaf) { return leaf.size * 8 - 8; }
int32_t exponentMinOf(const Leaf& leaf) { return -kExcess * kRadixBits - mantissaBitsOf(leaf); }

Hexadecimal readHexadecimal(const Leaf& leaf, const uint8_t* from) {
  const uint64_t bits = loadFloatBits(leaf, from);
  const int32_t mantissaBits = mantissaBitsOf(leaf);
  const int32_t least = exponentMinOf(leaf);
  const auto characteristic = static_cast<int32_t>((bits >> mantissaBits) & kCharacteristicMax);
  Hexadecimal value{(bits >> (leaf.size * 8 - 1)) != 0, bits & ((uint64_t{1} << mantissaBits) - 1),
                    least + characteristic * kRadixBits};
  if (value.mantissa == 0) return value;
  while (value.mantissa >> (mantissaBits - kRadixBits) == 0 && value.exponent > least) {
    value.mantissa <<= kRadixBits;
    value.exponent -= kRadixBits;
  }
  return value;
}

void storeBits(const Leaf& leaf, uint64_t bits, uint8_t* to) {
  for (int32_t index = 0; index < leaf.size; index++, bits >>= 8) {
    to[leaf.has(kLittleEndian) ? index : leaf.size - 1 - index] = static_cast<uint8_t>(bits);
  }
}

// Decimal digits and where the point stands: 0.1 is `1` at 0, 12.5 is `125` at 2.
struct Decimal {
  uint8_t digits[kFloatTextMax];
  int32_t count = 0;
  int32_t point = 0;

  void roundUp() {
    while (count > 0 && digits[count - 1] == '9') count--;
    if (count > 0) {
      digits[count - 1]++;
      return;
    }
    digits[count++] = '1';
    point++;
  }
};

// Number::toString of ECMA-262: plain digits from 1e-6 up to 1e21, else with an exponent.
int32_t writeDecimal(const Decimal& decimal, bool negative, uint8_t* out) {
  uint8_t* at = out;
  const auto copy = [&](int32_t from, int32_t to) {
    for (int32_t index = from; index < to; index++) *at++ = index < decimal.count ? decimal.digits[index] : '0';
  };
  if (negative) *at++ = '-';
  if (decimal.point > 21 || decimal.point <= -6) {
    copy(0, 1);
    if (decimal.count > 1) *at++ = '.';
    copy(1, decimal.count);
    *at++ = 'e';
    *at++ = decimal.point > 0 ? '+' : '-';
    const int32_t exponent = std::abs(decimal.point - 1);
    if (exponent >= 100) *at++ = static_cast<uint8_t>('0' + exponent / 100);
    if (exponent >= 10) *at++ = static_cast<uint8_t>('0' + exponent / 10 % 10);
    *at++ = static_cast<uint8_t>('0' + exponent % 10);
    return static_cast<int32_t>(at - out);
  }
  if (decimal.point <= 0) {
    *at++ = '0';
    *at++ = '.';
    for (int32_t zero = decimal.point; zero < 0; zero++) *at++ = '0';
    copy(0, decimal.count);
    return static_cast<int32_t>(at - out);
  }
  copy(0, decimal.point);
  if (decimal.count > decimal.point) *at++ = '.';
  copy(decimal.point, decimal.count);
  return static_cast<int32_t>(at - out);
}

// A number and the halves of the gaps below and above it, over one scale: digits come out of value / scale.
struct Generator {
  Bignum value, below, above, scale;

  Generator(const Hexadecimal& number, bool isLeast) {
    const int32_t power = number.exponent - kRadixBits - 1;
    value = Bignum(number.mantissa);
    value.shiftLeft(kRadixBits + 1 + std::max(power, 0));
    above = Bignum(uint64_t{1} << kRadixBits);
    above.shiftLeft(std::max(power, 0));
    // Below the smallest mantissa of an exponent the numbers lie one hexadecimal digit closer.
    below = isLeast ? Bignum(1) : above;
    if (isLeast) below.shiftLeft(std::max(power, 0));
    scale = Bignum(1);
    scale.shiftLeft(std::max(-power, 0));
  }

  void multiplyPowerOfTen(int32_t exponent) {
    for (Bignum* each : {&value, &below, &above}) each->multiplyPowerOfTen(exponent);
  }

  uint8_t nextDigit() {
    multiplyPowerOfTen(1);
    uint8_t digit = 0;
    for (; value.compare(scale) >= 0; digit++) value.subtract(scale);
    return digit;
  }
};

// The shortest digits that round to the number and to no other, nearest to it: digit by digit, until what is left on one side
// lies within half a gap. A literal halfway between two numbers rounds away from zero.
void shortest(const Leaf& leaf, const Hexadecimal& number, Decimal* out) {
  const uint64_t leastMantissa = uint64_t{1} << (mantissaBitsOf(leaf) - kRadixBits);
  Generator generator(number, number.mantissa == leastMantissa && number.exponent > exponentMinOf(leaf));
  const double logarithm = std::log10(static_cast<double>(number.mantissa)) + number.exponent * 0.30102999566398120;
  out->point = static_cast<int32_t>(std::floor(logarithm - 1e-9)) + 1;
  if (out->point >= 0) {
    generator.scale.multiplyPowerOfTen(out->point);
  } else {
    generator.multiplyPowerOfTen(-out->point);
  }
  if (generator.value.compare(generator.scale) >= 0) {
    generator.scale.multiplyPowerOfTen(1);
    out->point++;
  }
  while (true) {
    const uint8_t digit = generator.nextDigit();
    out->digits[out->count++] = '0' + digit;
    const bool isNearBelow = generator.value.compare(generator.below) <= 0;
    Bignum reach = generator.value;
    reach.add(generator.above);
    const bool isNearAbove = reach.compare(generator.scale) > 0;
    if (!isNearBelow && !isNearAbove) continue;
    Bignum twice = generator.value;
    twice.multiplyAdd(2, 0);
    const int32_t half = twice.compare(generator.scale);
    const bool prefersUp = half > 0 || (half == 0 && digit % 2 == 1);
    if (isNearAbove && (!isNearBelow || prefersUp)) out->roundUp();
    return;
  }
}

// The digits of an IEEE number, as the standard library finds the shortest.
template <class Float>
void shortestOf(Float value, Decimal* out) {
  char text[kFloatTextMax];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  const char* at = text;
  for (; *at != 'e'; at++) {
    if (*at != '.') out->digits[out->count++] = static_cast<uint8_t>(*at);
  }
  at++;
  if (*at == '+') at++;
  int exponent = 0;
  std::from_chars(at, end, exponent);
  out->point = exponent + 1;
}

struct Literal {
  static constexpr int32_t kDigitsKept = 400;  // a decimal halfway between two hexadecimal floats has fewer
  uint8_t digits[kDigitsKept + 1];
  int32_t count = 0;  // without zeros at either end
  int64_t point = 0;
  bool negative = false;
};

// No hexadecimal float has its point so far from its first digit.
constexpr int64_t kPointMax = 100;

bool isDigit(char character) { return character >= '0' && character <= '9'; }

// The digits of a literal; of more than are kept it matters only that they go on. False when the text is no literal.
bool parseDigits(std::string_view text, size_t* at, Literal* out) {
  bool any = false, behindPoint = false, isLonger = false;
  int32_t zeros = 0;
  for (; *at < text.size(); (*at)++) {
    const char character = text[*at];
    if (character == '.' && !behindPoint) {
      behindPoint = true;
      continue;
    }
    if (!isDigit(character)) break;
    any = true;
    if (!behindPoint) out->point++;
    if (character == '0') {
      if (out->count == 0) {
        out->point--;
      } else {
        zeros++;
      }
      continue;
    }
    for (; zeros > 0 && out->count < Literal::kDigitsKept; zeros--) out->digits[out->count++] = 0;
    if (out->count < Literal::kDigitsKept) {
      out->digits[out->count++] = static_cast<uint8_t>(character - '0');
    } else {
      isLonger = true;
    }
    zeros = 0;
  }
  if (isLonger) out->digits[out->count++] = 1;
  return any;
}

bool parseLiteral(std::string_view text, Literal* out) {
  size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) out->negative = text[at++] == '-';
  if (!parseDigits(text, &at, out)) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  at++;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  if (at == text.size()) return false;
  int64_t exponent = 0;
  for (; at < text.size(); at++) {
    if (!isDigit(text[at])) return false;
    exponent = std::min<int64_t>(exponent * 10 + (text[at] - '0'), 1000000000000);
  }
  out->point += negative ? -exponent : exponent;
  return true;
}

// The quotient, of at most 61 bits. The rest stays in `rest`, as many times too large as `divisor` has become.
uint64_t divide(Bignum* rest, Bignum* divisor) {
  const int32_t bits = std::max(rest->bitLength() - divisor->bitLength(), 0);
  divisor->shiftLeft(bits);
  uint64_t quotient = 0;
  for (int32_t bit = 0;; bit++) {
    quotient <<= 1;
    if (rest->compare(*divisor) >= 0) {
      rest->subtract(*divisor);
      quotient |= 1;
    }
    if (bit == bits) return quotient;
    rest->shiftLeft(1);
  }
}

// numerator / denominator as a multiple of 2^exponent, a half rounded up or not.
uint64_t multipleOf(Bignum numerator, Bignum denominator, int32_t exponent, bool rounds) {
  (exponent < 0 ? numerator : denominator).shiftLeft(std::abs(exponent));
  const uint64_t whole = divide(&numerator, &denominator);
  numerator.multiplyAdd(2, 0);
  return rounds && numerator.compare(denominator) >= 0 ? whole + 1 : whole;
}

// Writes the hexadecimal float nearest to numerator / denominator.
int32_t writeNearest(const Leaf& leaf, bool negative, const Bignum& numerator, const Bignum& denominator, uint8_t* to) {
  const int32_t mantissaBits = mantissaBitsOf(leaf);
  const int32_t least = exponentMinOf(leaf);
  const int32_t over = numerator.bitLength() - denominator.bitLength() - mantissaBits - least;
  int32_t characteristic = std::max((over + kRadixBits - 1) / kRadixBits, 0);
  const auto multiple = [&](bool rounds) {
    return multipleOf(numerator, denominator, least + characteristic * kRadixBits, rounds);
  };
  if (multiple(false) >> mantissaBits != 0) characteristic++;
  uint64_t mantissa = multiple(true);
  if (mantissa >> mantissaBits != 0) {
    mantissa >>= kRadixBits;
    characteristic++;
  }
  if (characteristic > kCharacteristicMax) return status::kDigitsOverflow;
  const uint64_t sign = negative ? uint64_t{1} << (leaf.size * 8 - 1) : 0;
  const uint64_t field = static_cast<uint64_t>(characteristic) << mantissaBits;
  storeBits(leaf, mantissa == 0 ? 0 : sign | field | mantissa, to);
  return status::kOk;
}

int32_t writeHexadecimal(const Leaf& leaf, const Literal& literal, uint8_t* to) {
  if (literal.count == 0 || literal.point < -kPointMax) {
    storeBits(leaf, 0, to);
    return status::kOk;
  }
  if (literal.point > kPointMax) return status::kDigitsOverflow;
  Bignum numerator, denominator(1);
  for (int32_t index = 0; index < literal.count; index++) numerator.multiplyAdd(10, literal.digits[index]);
  const auto scale = static_cast<int32_t>(literal.count - literal.point);
  (scale < 0 ? numerator : denominator).multiplyPowerOfTen(std::abs(scale));
  return writeNearest(leaf, literal.negative, numerator, denominator, to);
}

int32_t writeHexadecimal(const Leaf& leaf, double value, uint8_t* to) {
  int exponent;
  const double fraction = std::frexp(std::abs(value), &exponent);
  Bignum numerator(static_cast<uint64_t>(std::ldexp(fraction, 53))), denominator(1);
  (exponent >= 53 ? numerator : denominator).shiftLeft(std::abs(exponent - 53));
  return writeNearest(leaf, value < 0, numerator, denominator, to);
}

int32_t writeIeee(const Leaf& leaf, double value, uint8_t* to) {
  if (value == 0) value = 0;  // no minus
  storeBits(leaf, std::bit_cast<uint64_t>(value), to);
  return status::kOk;
}

int32_t writeIeee(const Leaf& leaf, float value, uint8_t* to) {
  if (value == 0) value = 0;
  storeBits(leaf, std::bit_cast<uint32_t>(value), to);
  return status::kOk;
}

// From here on a double rounds to the infinity of a float.
constexpr double kSingleOverflow = 0x1.ffffffp127;

template <class Float>
int32_t writeIeee(const Leaf& leaf, std::string_view text, const Literal& literal, uint8_t* to) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  Float value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc::result_out_of_range) {
    if (literal.point > 0) return status::kDigitsOverflow;
    value = 0;
  }
  return writeIeee(leaf, value, to);
}

float singleOf(const Leaf& leaf, const uint8_t* from) {
  return std::bit_cast<float>(static_cast<uint32_t>(loadFloatBits(leaf, from)));
}

double doubleOf(const Leaf& leaf, const uint8_t* from) { return std::bit_cast<double>(loadFloatBits(leaf, from)); }

}  // namespace

int32_t readFloatDouble(const Leaf& leaf, const uint8_t* from, double* out) {
  if (leaf.has(kIeee)) {
    const double value = leaf.size == 4 ? static_cast<double>(singleOf(leaf, from)) : doubleOf(leaf, from);
    if (!std::isfinite(value)) return status::kBadNumber;
    *out = value == 0 ? 0 : value;
    return status::kOk;
  }
  const Hexadecimal number = readHexadecimal(leaf, from);
  const double magnitude = std::ldexp(static_cast<double>(number.mantissa), number.exponent);
  *out = number.negative && number.mantissa != 0 ? -magnitude : magnitude;
  return status::kOk;
}

int32_t readFloatText(const Leaf& leaf, const uint8_t* from, uint8_t* out, int32_t* length) {
  double value;
  if (const int32_t code = readFloatDouble(leaf, from, &value); code != status::kOk) return code;
  if (value == 0) {
    *out = '0';
    *length = 1;
    return status::kOk;
  }
  Decimal decimal;
  const bool negative = value < 0;
  if (!leaf.has(kIeee)) {
    shortest(leaf, readHexadecimal(leaf, from), &decimal);
  } else if (leaf.size == 4) {
    shortestOf(std::abs(singleOf(leaf, from)), &decimal);
  } else {
    shortestOf(std::abs(value), &decimal);
  }
  *length = writeDecimal(decimal, negative, out);
  return status::kOk;
}

int32_t writeFloatDouble(const Leaf& leaf, double value, uint8_t* to) {
  if (!std::isfinite(value)) return status::kBadNumber;
  if (!leaf.has(kIeee)) return writeHexadecimal(leaf, value, to);
  if (leaf.size == 8) return writeIeee(leaf, value, to);
  if (std::abs(value) >= kSingleOverflow) return status::kDigitsOverflow;
  constexpr double kLargest = std::numeric_limits<float>::max();
  return writeIeee(leaf, static_cast<float>(std::clamp(value, -kLargest, kLargest)), to);
}

int32_t writeFloatText(const Leaf& leaf, std::string_view text, uint8_t* to) {
  Literal literal;
  if (!parseLiteral(text, &literal)) return status::kBadNumber;
  if (!leaf.has(kIeee)) return writeHexadecimal(leaf, literal, to);
  return leaf.size == 4 ? writeIeee<float>(leaf, text, literal, to) : writeIeee<double>(leaf, text, literal, to);
}

}  // namespace headrace::codec::copybook
