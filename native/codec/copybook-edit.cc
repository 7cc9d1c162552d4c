#include "codec/copybook-edit.h"

#include <algorithm>
#include <cstring>

namespace headrace::codec::copybook {

namespace {

constexpr size_t kCurrencyAt = 4, kFlagsAt = 6, kBeforeAt = 7, kSymbolsAt = 8;
constexpr uint8_t kDecimalComma = 1, kBlankZero = 2;

// What a mask says as a whole.
struct Mask {
  std::span<const uint8_t> symbols;  // without CR and DB
  std::span<const uint8_t> credit;   // CR or DB, or nothing
  uint8_t floating = 0;              // the symbol that floats, or 0
  uint8_t fill = ' ';
  bool isSuppressible = true;  // no digit stands whatever its value
  bool isSigned = false;
  uint16_t currency = '$';       // its last character
  std::vector<uint16_t> before;  // those before it
  bool decimalComma = false;
  bool blankWhenZero = false;

  explicit Mask(const uint8_t* from) {
    uint32_t length;
    std::memcpy(&length, from, 4);
    std::memcpy(&currency, from + kCurrencyAt, 2);
    decimalComma = (from[kFlagsAt] & kDecimalComma) != 0;
    blankWhenZero = (from[kFlagsAt] & kBlankZero) != 0;
    symbols = {from + kSymbolsAt, length};
    before.resize(from[kBeforeAt]);
    if (!before.empty()) std::memcpy(before.data(), from + kSymbolsAt + length, before.size() * 2);
    if (length >= 2) {
      const auto last = symbols.last(2);
      if ((last[0] == 'C' && last[1] == 'R') || (last[0] == 'D' && last[1] == 'B')) {
        credit = last;
        symbols = symbols.first(length - 2);
      }
    }
    for (const uint8_t symbol : {'$', '-', '+'}) {
      if (count(symbol) > 1) floating = symbol;
    }
    if (count('*') > 0) fill = '*';
    isSuppressible = count('9') == 0;
    isSigned = !credit.empty() || count('+') + count('-') > 0;
  }

  int64_t count(uint8_t symbol) const { return std::count(symbols.begin(), symbols.end(), symbol); }
};

// An item without one digit to show: spaces, or asterisks with the point between them.
void blank(const Mask& mask, std::vector<uint16_t>& out) {
  const bool stars = mask.fill == '*' && !mask.blankWhenZero;
  out.insert(out.end(), mask.before.size(), stars ? '*' : ' ');
  for (const uint8_t symbol : mask.symbols) {
    out.push_back(!stars ? ' ' : symbol == '.' ? (mask.decimalComma ? ',' : '.') : '*');
  }
  out.insert(out.end(), mask.credit.size(), stars ? '*' : ' ');
}

class Editor {
 public:
  Editor(const Mask& mask, const Digits& number, std::vector<uint16_t>& out)
      : mask_(mask), number_(number), out_(out), negative_(number.negative && !number.isZero()) {}

  // `whole` digits stand left of the point.
  void edit(int32_t digits, int32_t whole) {
    int32_t index = 0;
    bool floats = mask_.floating != 0;  // the first symbol of a floating string holds no digit
    for (const uint8_t symbol : mask_.symbols) {
      if (symbol == mask_.floating && floats) {
        floats = false;
        for (size_t place = 0; symbol == '$' && place < mask_.before.size(); place++) suppress();
        suppress();
      } else if (symbol == '9' || symbol == 'Z' || symbol == '*' || symbol == mask_.floating) {
        if (symbol == '9' || index >= whole) shown_ = true;
        digit(digits - 1 - index++);
      } else {
        insert(symbol);
      }
    }
    for (const uint8_t symbol : mask_.credit) out_.push_back(negative_ ? symbol : ' ');
    if (mask_.floating != 0) out_[suppressed_] = sign(mask_.floating);
    if (mask_.floating == '$')
      std::copy(mask_.before.begin(), mask_.before.end(), out_.begin() + suppressed_ - std::ssize(mask_.before));
  }

 private:
  void digit(int32_t fromRight) {
    const int32_t at = number_.count - 1 - fromRight;
    const uint8_t digit = at < 0 || at >= number_.count ? 0 : number_.digits[at];
    if (digit != 0) shown_ = true;
    if (shown_) {
      out_.push_back('0' + digit);
    } else {
      suppress();
    }
  }

  void suppress() {
    suppressed_ = static_cast<int64_t>(out_.size());
    out_.push_back(mask_.fill);
  }

  void insert(uint8_t symbol) {
    if (symbol == '.') {
      shown_ = true;
      out_.push_back(mask_.decimalComma ? ',' : '.');
    } else if (symbol == '+' || symbol == '-' || symbol == '$') {
      if (symbol == '$') out_.insert(out_.end(), mask_.before.begin(), mask_.before.end());
      out_.push_back(sign(symbol));
    } else if (!shown_ && suppressed_ >= 0) {
      suppress();
    } else {
      out_.push_back(symbol == 'B' ? ' ' : symbol == ',' && mask_.decimalComma ? '.' : symbol);
    }
  }

  uint16_t sign(uint8_t symbol) const {
    if (symbol == '$') return mask_.currency;
    return negative_ ? '-' : symbol == '+' ? '+' : ' ';
  }

  const Mask& mask_;
  const Digits& number_;
  std::vector<uint16_t>& out_;
  bool negative_;
  bool shown_ = false;       // a digit, or the point reached: nothing is suppressed from there on
  int64_t suppressed_ = -1;  // the last suppressed position, -1 before the first symbol that suppresses
};

}  // namespace

bool areMasksSound(const std::vector<Leaf>& leaves, std::span<const uint8_t> masks) {
  return std::all_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) {
    if (leaf.kind != kText || leaf.mask() == 0) return true;
    const int64_t at = int64_t{leaf.mask()} - 1;
    const auto size = static_cast<int64_t>(masks.size());
    if (at < 0 || at + static_cast<int64_t>(kSymbolsAt) > size) return false;
    uint32_t length;
    std::memcpy(&length, masks.data() + at, 4);
    const int64_t before = int64_t{masks[at + kBeforeAt]} * 2;
    return length >= 1 && at + static_cast<int64_t>(kSymbolsAt) + length + before <= size;
  });
}

int32_t editNumber(const Leaf& leaf, std::span<const uint8_t> masks, const Digits& number, std::vector<uint16_t>& out) {
  const Mask mask(masks.data() + leaf.mask() - 1);
  int32_t first = 0;
  while (first < number.count && number.digits[first] == 0) first++;
  const bool isZero = first == number.count;
  if (number.count - first > leaf.digits) return status::kDigitsOverflow;
  if (number.negative && !isZero && !mask.isSigned) return status::kBadSign;
  out.clear();
  if (isZero && (mask.blankWhenZero || mask.isSuppressible)) {
    blank(mask, out);
  } else {
    Editor(mask, number, out).edit(leaf.digits, leaf.scale > 0 ? leaf.digits - leaf.scale : leaf.digits);
  }
  return status::kOk;
}

}  // namespace headrace::codec::copybook
