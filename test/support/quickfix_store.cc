// Writes a file store as QuickFIX C++ does: store DIR BEGINSTRING SENDER TARGET NEXT_OUT NEXT_IN. Every number below NEXT_OUT is a message.
#include <quickfix/FileStore.h>

#include <string>

int main(int count, char** arguments) {
  if (count != 7) return 64;
  const FIX::SessionID session(arguments[2], arguments[3], arguments[4]);
  FIX::FileStore store(arguments[1], session);
  const int nextOut = std::stoi(arguments[5]);
  for (int number = 1; number < nextOut; number++) {
    FIX::Message message;
    message.getHeader().setField(FIX::BeginString(arguments[2]));
    message.getHeader().setField(FIX::MsgType("D"));
    message.getHeader().setField(FIX::SenderCompID(arguments[3]));
    message.getHeader().setField(FIX::TargetCompID(arguments[4]));
    message.getHeader().setField(FIX::MsgSeqNum(number));
    message.getHeader().setField(FIX::SendingTime(FIX::UtcTimeStamp()));
    message.setField(FIX::ClOrdID("C" + std::to_string(number)));
    store.set(number, message.toString());
  }
  store.setNextSenderMsgSeqNum(nextOut);
  store.setNextTargetMsgSeqNum(std::stoi(arguments[6]));
  return 0;
}
