/** A real broker from Maven, and the clients our sink is measured beside. Everything is acks=all to one partition. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, Partitioners, logLevel, type Admin } from 'kafkajs';

import { freePorts } from '../test/support/free-port.js';
import type { Missing, Rated } from './harness.js';
import { orMissing } from './harness.js';
import { command, installed, nativePeer, peersFolder, workFolder } from './install.js';
import { processPeer } from './process-peer.js';

export const UNIT = 'messages/s';

const START_TIMEOUT_MS = 60_000;
const LEADER_ATTEMPTS = 50;
/** The broker takes at most a megabyte a request. */
const BATCH_BYTES_MAX = 600_000;
const BATCH_MAX = 1000;
const CYCLE_MS = 1000;
const RDKAFKA_MESSAGES: Readonly<Record<number, number>> = { 100: 500_000, 1024: 100_000 };
const RDKAFKA_VERSION = '2.0.2-1';

export interface Broker {
  readonly address: string;
  createTopic(name: string): Promise<void>;
  stop(): Promise<void>;
}

function brokerJars(): string {
  const pom = join(peersFolder, 'kafka', 'pom.xml');
  return installed('kafka', readFileSync(pom, 'utf8'), folder =>
    command('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'lib')}`]),
  );
}

/** A broker that is busy names the leader of a new topic late, and answers with an error until then. */
async function hasLeader(admin: Admin, topic: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await admin.fetchTopicMetadata({ topics: [topic] });
      return;
    } catch (error) {
      if (attempt === LEADER_ATTEMPTS) throw error;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
}

function clientOf(address: string): Kafka {
  return new Kafka({ clientId: 'headrace-bench', brokers: [address], logLevel: logLevel.NOTHING });
}

async function waitUntilReady(address: string, broker: ChildProcess): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < end) {
    const admin = clientOf(address).admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      if (brokers.length > 0) return;
    } catch {
      if (broker.exitCode !== null) throw new Error(`the broker ended with code ${broker.exitCode}`);
      await new Promise(resolve => setTimeout(resolve, 500));
    } finally {
      await admin.disconnect();
    }
  }
  throw new Error(`the broker was not ready within ${START_TIMEOUT_MS} ms`);
}

/** Starts Apache Kafka 4.4.0 (KRaft) in a fresh folder on free ports. */
export async function startBroker(): Promise<Broker> {
  const jars = join(brokerJars(), 'lib', '*');
  const folder = workFolder('kafka');
  mkdirSync(join(folder, 'log'), { recursive: true });
  const [port, controllerPort] = await freePorts(2);
  const settings = readFileSync(join(peersFolder, 'kafka', 'server.properties'), 'utf8')
    .replaceAll('@PORT@', String(port))
    .replaceAll('@CONTROLLER_PORT@', String(controllerPort))
    .replaceAll('@FOLDER@', folder);
  const file = join(folder, 'server.properties');
  writeFileSync(file, settings);
  const cluster = Buffer.from('headrace-bench-1').toString('base64url');
  command('java', ['-cp', jars, 'kafka.tools.StorageTool', 'format', '-t', cluster, '-c', file], folder);
  const jvm = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-cp', jars];
  const broker = spawn('java', [...jvm, 'kafka.Kafka', file], { cwd: folder, stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  await waitUntilReady(address, broker);
  async function createTopic(topic: string): Promise<void> {
    const admin = clientOf(address).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }], waitForLeaders: false });
    await hasLeader(admin, topic);
    await admin.disconnect();
  }
  async function stop(): Promise<void> {
    const ended = new Promise(resolve => broker.once('exit', resolve));
    broker.kill('SIGKILL');
    await ended;
  }
  return { address, createTopic, stop };
}

/** Messages of one send, ours and theirs. */
export function batchOf(messageBytes: number): number {
  return Math.min(BATCH_MAX, Math.floor(BATCH_BYTES_MAX / messageBytes));
}

/** kafkajs alone: sends of a batch, one in flight, for a second. */
export async function bareKafkajs(broker: Broker, messageBytes: number): Promise<Rated> {
  const topic = `kafkajs-${messageBytes}`;
  await broker.createTopic(topic);
  const producer = clientOf(broker.address).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const value = Buffer.alloc(messageBytes, 'm');
  const messages = Array.from({ length: batchOf(messageBytes) }, () => ({ value, partition: 0 }));
  async function run(): Promise<number> {
    const start = performance.now();
    let sent = 0;
    for (; performance.now() - start < CYCLE_MS; sent += messages.length) {
      await producer.send({ topic, acks: -1, messages });
    }
    return (sent / (performance.now() - start)) * 1000;
  }
  return {
    name: `kafkajs 2.2.4 alone, batches of ${batchOf(messageBytes)}`,
    unit: UNIT,
    run,
    close: () => producer.disconnect(),
  };
}

export function librdkafka(broker: Broker, messageBytes: number): Promise<Rated | Missing> {
  const name = `librdkafka ${RDKAFKA_VERSION} from C`;
  return orMissing(name, async () => {
    const topic = `rdkafka-${messageBytes}`;
    await broker.createTopic(topic);
    const program = nativePeer({
      source: 'rdkafka/produce.c',
      flags: ['-lrdkafka'],
      debian: {
        header: 'librdkafka/rdkafka.h',
        packages: [`librdkafka-dev=${RDKAFKA_VERSION}`, `librdkafka1=${RDKAFKA_VERSION}`],
      },
    });
    const count = String(RDKAFKA_MESSAGES[messageBytes] ?? 100_000);
    return processPeer({ name, unit: UNIT, command: [program, broker.address, topic, String(messageBytes), count] });
  });
}
