// QuickFIX C++ reading and writing the messages of a file, one a line.
// Usage: codec decode|validate|encode FILE [DICTIONARY]. decode verifies BodyLength and CheckSum; validate also reads with the
// dictionary and validates against it; encode makes an order of the same fields and turns it into text.
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <quickfix/DataDictionary.h>
#include <quickfix/FixFields.h>
#include <quickfix/Message.h>
#include <quickfix/fix44/NewOrderSingle.h>

#include "../cycles.h"

namespace {

std::vector<std::string> readMessages(const char* path) {
  std::ifstream file(path);
  std::vector<std::string> messages;
  for (std::string line; std::getline(file, line);) messages.push_back(line);
  return messages;
}

// What a program reads of an order: the same seven fields as ours. A message without one of them is not an order.
size_t readSeven(const FIX::Message& message) {
  static const int kTags[] = {11, 1, 55, 54, 38, 44, 60};
  size_t sum = 0;
  for (int tag : kTags) {
    if (message.isSetField(tag)) sum += message.getField(tag).size();
  }
  return sum;
}

struct Bench {
  std::vector<std::string> messages;
  std::unique_ptr<FIX::DataDictionary> dictionary;
  std::vector<std::string> names;
  FIX::UtcTimeStamp sent;
  FIX::TransactTime time{FIX::UtcTimeStamp(), 3};
  std::string mode;
  volatile size_t sink = 0;

  size_t decode(const std::string& text) const {
    FIX::Message message;
    message.setString(text, true, dictionary.get());
    if (dictionary) dictionary->validate(message);
    return readSeven(message);
  }

  // The order as a program would write it: typed fields, prices as doubles, times as UtcTimeStamp.
  size_t encode(size_t index) const {
    FIX44::NewOrderSingle order(FIX::ClOrdID(names[index]), FIX::Side(FIX::Side_BUY), time, FIX::OrdType('2'));
    order.getHeader().setField(FIX::SenderCompID("CL1"));
    order.getHeader().setField(FIX::TargetCompID("HR"));
    order.getHeader().setField(FIX::MsgSeqNum(100000 + static_cast<int>(index)));
    order.getHeader().setField(FIX::SendingTime(sent, 3));
    order.set(FIX::Account("AC0042"));
    order.set(FIX::HandlInst('1'));
    order.set(FIX::ExecInst("M"));
    order.set(FIX::Symbol("AAPL"));
    order.set(FIX::SecurityExchange("XLON"));
    order.set(FIX::OrderQty(100 + static_cast<int>(index)));
    order.set(FIX::Price(100.25 + static_cast<double>(index)));
    order.set(FIX::Currency("USD"));
    order.set(FIX::TimeInForce('0'));
    order.setField(FIX::SettlType("0"));
    order.set(FIX::OrderCapacity('A'));
    return order.toString().size();
  }

  double cycle() {
    const double start = secondsNow();
    size_t count = 0;
    double elapsed = 0;
    while (elapsed < kCycleSeconds) {
      for (size_t i = 0; i < messages.size(); i++) sink += mode == "encode" ? encode(i) : decode(messages[i]);
      count += messages.size();
      elapsed = secondsNow() - start;
    }
    return count / elapsed;
  }
};

double runCycle(void* bench) { return static_cast<Bench*>(bench)->cycle(); }

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 64;
  Bench bench;
  bench.mode = arguments[1];
  bench.messages = readMessages(arguments[2]);
  if (count > 3) bench.dictionary.reset(new FIX::DataDictionary(arguments[3]));
  for (size_t i = 0; i < bench.messages.size(); i++) bench.names.push_back(std::to_string(10000000 + i));
  return answerCycles(runCycle, &bench);
}
