// QuickFIX C++ in the gateway's place: an order comes in over an acceptor session, passes one check (quantity against a limit) and
// goes out over an initiator session under a ClOrdID of its own; ExecutionReports go back under the client's.
// Usage: relay SETTINGS; prints "ready" once both sides are started. Settings say the rest (relay.cfg).
#include <quickfix/Application.h>
#include <quickfix/MessageStore.h>
#include <quickfix/NullStore.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#include <quickfix/SocketAcceptor.h>
#include <quickfix/SocketInitiator.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <string>
#include <unordered_map>

namespace {

constexpr double kQuantityMax = 1000000;

class Relay : public FIX::NullApplication {
 public:
  void onCreate(const FIX::SessionID& session) override {
    if (session.getTargetCompID() == "VENUE")
      venue = session;
    else
      client = session;
  }

  void fromApp(const FIX::Message& message,
               const FIX::SessionID& from) throw(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue,
                                                 FIX::UnsupportedMessageType) override {
    if (from == venue)
      report(message);
    else
      order(message);
  }

 private:
  void order(const FIX::Message& message) {
    FIX::OrderQty quantity;
    message.getField(quantity);
    if (quantity > kQuantityMax) return;
    FIX::Message out(message);
    const std::string id = "HR" + std::to_string(++count);
    {
      const std::lock_guard<std::mutex> lock(mutex);
      clientIds[id] = message.getField(11);
    }
    out.setField(11, id);
    FIX::Session::sendToTarget(out, venue);
  }

  void report(const FIX::Message& message) {
    FIX::Message out(message);
    {
      const std::lock_guard<std::mutex> lock(mutex);
      out.setField(11, clientIds[message.getField(11)]);
    }
    FIX::Session::sendToTarget(out, client);
  }

  FIX::SessionID client;
  FIX::SessionID venue;
  std::atomic<long> count{0};
  std::mutex mutex;
  std::unordered_map<std::string, std::string> clientIds;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 64;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  FIX::SessionSettings settings(arguments[1]);
  Relay relay;
  FIX::MemoryStoreFactory store;
  FIX::SocketAcceptor acceptor(relay, store, settings);
  FIX::SocketInitiator initiator(relay, store, settings);
  acceptor.start();
  initiator.start();
  std::puts("ready");
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  initiator.stop(true);
  acceptor.stop(true);
}
