// The floor of the wire question: a TCP echo on loopback that knows nothing of FIX. `epoll` sleeps in epoll_wait, `spin` never
// sleeps. Usage: echo PORT epoll|spin; prints "ready" when it listens.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kBufferBytes = 1 << 16, kEventsMax = 64 };

static int listenOn(int port) {
  const int one = 1;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 16) != 0) {
    perror("echo: listen");
    exit(69);
  }
  return listener;
}

static void watch(int poll, int file) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = file};
  epoll_ctl(poll, EPOLL_CTL_ADD, file, &event);
}

static void acceptClient(int poll, int listener) {
  const int one = 1;
  const int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (client < 0) return;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  watch(poll, client);
}

// Returns what it read, after all of it is written back.
static void echoOnce(int client) {
  static char buffer[kBufferBytes];
  const ssize_t bytes = read(client, buffer, sizeof buffer);
  if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (bytes <= 0) {
    close(client);
    return;
  }
  for (ssize_t sent = 0; sent < bytes;) {
    const ssize_t wrote = write(client, buffer + sent, bytes - sent);
    if (wrote < 0 && errno != EAGAIN && errno != EINTR) {
      close(client);
      return;
    }
    if (wrote > 0) sent += wrote;
  }
}

int main(int count, char** arguments) {
  if (count != 3) return 64;
  const int timeoutMs = strcmp(arguments[2], "spin") == 0 ? 0 : -1;
  const int listener = listenOn(atoi(arguments[1]));
  const int poll = epoll_create1(0);
  watch(poll, listener);
  puts("ready");
  fflush(stdout);
  while (1) {
    struct epoll_event events[kEventsMax];
    const int ready = epoll_wait(poll, events, kEventsMax, timeoutMs);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == listener)
        acceptClient(poll, listener);
      else
        echoOnce(events[i].data.fd);
    }
  }
}
