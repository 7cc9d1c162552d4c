// librdkafka from C: produces messages to one partition with acks=all, batched by its linger, and waits for the last report.
// Usage: produce BROKERS TOPIC MESSAGE_BYTES MESSAGES
#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>

#include "../cycles.h"

struct Bench {
  rd_kafka_t* producer;
  rd_kafka_topic_t* topic;
  size_t bytes;
  long messages;
};

static long failures;

static void onDelivery(rd_kafka_t* producer, const rd_kafka_message_t* message, void* context) {
  (void)producer;
  (void)context;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) failures++;
}

static double cycle(void* context) {
  struct Bench* bench = context;
  char* payload = calloc(1, bench->bytes);
  const double start = secondsNow();
  for (long i = 0; i < bench->messages; i++) {
    while (rd_kafka_produce(bench->topic, 0, RD_KAFKA_MSG_F_COPY, payload, bench->bytes, NULL, 0, NULL) == -1) {
      rd_kafka_poll(bench->producer, 1);
    }
    if (i % 256 == 0) rd_kafka_poll(bench->producer, 0);
  }
  while (rd_kafka_outq_len(bench->producer) > 0) rd_kafka_poll(bench->producer, 1);
  const double elapsed = secondsNow() - start;
  free(payload);
  if (failures > 0) exit(70);
  return bench->messages / elapsed;
}

int main(int count, char** arguments) {
  if (count != 5) return 64;
  static const char* kSettings[][2] = {{"acks", "all"},
                                       {"linger.ms", "5"},
                                       {"batch.num.messages", "10000"},
                                       {"queue.buffering.max.messages", "1000000"},
                                       {"batch.size", "1000000"}};
  char reason[256];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", arguments[1], reason, sizeof reason);
  for (size_t i = 0; i < sizeof kSettings / sizeof *kSettings; i++) {
    if (rd_kafka_conf_set(conf, kSettings[i][0], kSettings[i][1], reason, sizeof reason) != RD_KAFKA_CONF_OK) {
      fprintf(stderr, "%s\n", reason);
      return 64;
    }
  }
  rd_kafka_conf_set_dr_msg_cb(conf, onDelivery);
  struct Bench bench = {.producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason),
                        .bytes = strtoul(arguments[3], NULL, 10),
                        .messages = strtol(arguments[4], NULL, 10)};
  if (bench.producer == NULL) return 70;
  bench.topic = rd_kafka_topic_new(bench.producer, arguments[2], NULL);
  return answerCycles(cycle, &bench);
}
