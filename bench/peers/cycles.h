// The peers' side of bench/process-peer.ts: each line on standard input is one cycle, answered with one figure.
#pragma once

#include <stdio.h>
#include <time.h>

static const double kCycleSeconds = 0.5;

static inline double secondsNow(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

// Calls cycle(context) for each line and prints what it returns.
static inline int answerCycles(double (*cycle)(void*), void* context) {
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) {
    printf("%.9g\n", cycle(context));
    fflush(stdout);
  }
  return 0;
}
