// The floor of the journal question: records of a fixed size written to a preallocated file, one write for each group, then
// fdatasync, or never. Usage: write-fdatasync FILE RECORD_BYTES RECORDS_A_GROUP SYNC(0|1)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cycles.h"

enum { kFileBytes = 64 << 20 };

struct Journal {
  int file;
  off_t offset;
  size_t recordBytes;
  long recordsPerGroup;
  int sync;
  char* group;
};

static void preallocate(int file) {
  static char zeros[1 << 20];
  for (off_t at = 0; at < kFileBytes; at += sizeof zeros) {
    if (pwrite(file, zeros, sizeof zeros, at) != (ssize_t)sizeof zeros) exit(74);
  }
  if (fsync(file) != 0) exit(74);
}

// One record is copied at a time, as a caller with one record at a time would; the group goes out in one write.
static void writeGroup(struct Journal* journal, const char* record) {
  size_t bytes = 0;
  for (long i = 0; i < journal->recordsPerGroup; i++, bytes += journal->recordBytes) {
    memcpy(journal->group + bytes, record, journal->recordBytes);
  }
  if (journal->offset + (off_t)bytes > kFileBytes) journal->offset = 0;
  if (pwrite(journal->file, journal->group, bytes, journal->offset) != (ssize_t)bytes) exit(74);
  if (journal->sync && fdatasync(journal->file) != 0) exit(74);
  journal->offset += bytes;
}

static double cycle(void* context) {
  struct Journal* journal = context;
  char record[4096];
  memset(record, 'r', sizeof record);
  const double start = secondsNow();
  long records = 0;
  double elapsed = 0;
  while (elapsed < kCycleSeconds) {
    for (int i = 0; i < (journal->sync ? 1 : 64); i++, records += journal->recordsPerGroup) writeGroup(journal, record);
    elapsed = secondsNow() - start;
  }
  return records / elapsed;
}

int main(int count, char** arguments) {
  if (count != 5) return 64;
  struct Journal journal = {.file = open(arguments[1], O_RDWR | O_CREAT | O_TRUNC, 0600),
                            .recordBytes = strtoul(arguments[2], NULL, 10),
                            .recordsPerGroup = strtol(arguments[3], NULL, 10),
                            .sync = atoi(arguments[4])};
  if (journal.file < 0 || journal.recordBytes > 4096) return 74;
  journal.group = malloc(journal.recordBytes * journal.recordsPerGroup);
  preallocate(journal.file);
  return answerCycles(cycle, &journal);
}
