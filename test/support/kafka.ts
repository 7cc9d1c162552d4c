import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';

import { cacheFolder, eventually, findProgram, freePort } from './servers.js';

const VERSION = '4.4.0';

// Kafka's ids are 16 bytes in base64url; a random one may begin with a dash, which the formatting tool takes for an option.
const CLUSTER = Buffer.from('headrace-tests-1').toString('base64url');

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>headrace.test</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version>
  </dependency></dependencies>
</project>
`;

/** Why no broker can be had here, or undefined. */
export function kafkaMissing(): string | undefined {
  if (findProgram('java') === undefined) return 'a real Kafka needs java (apt: default-jre-headless)';
  const isCached = existsSync(cacheFolder(`kafka-${VERSION}`, 'lib'));
  return isCached || findProgram('mvn') !== undefined ? undefined : 'a real Kafka needs mvn (apt: maven)';
}

/** The folder of Kafka's jars: fetched from Maven once a machine, beside the place and then moved, so it is whole or not there. */
function kafkaLibrary(): string {
  const folder = cacheFolder(`kafka-${VERSION}`, 'lib');
  if (existsSync(folder) && readdirSync(folder).length > 0) return folder;
  const fresh = cacheFolder(`kafka-${VERSION}.${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, 'pom.xml'), POM);
  const goal = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
  const { status, stderr } = spawnSync('mvn', goal, { cwd: fresh, encoding: 'utf8' });
  if (status !== 0) throw new Error(`Kafka ${VERSION} could not be had from Maven: ${stderr}`);
  rmSync(cacheFolder(`kafka-${VERSION}`), { recursive: true, force: true });
  renameSync(fresh, cacheFolder(`kafka-${VERSION}`));
  return folder;
}

function serverProperties(folder: string, port: number, controllerPort: number): string {
  const one = ['offsets.topic', 'transaction.state.log', 'share.coordinator.state.topic'];
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    `log.dirs=${join(folder, 'log')}`,
    ...one.map(name => `${name}.replication.factor=1`),
    'offsets.topic.num.partitions=1',
    'transaction.state.log.num.partitions=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.min.isr=1',
    'num.partitions=3',
    'group.initial.rebalance.delay.ms=0',
    'broker.session.timeout.ms=2000',
    'broker.heartbeat.interval.ms=500',
  ].join('\n');
}

/** A real Kafka broker (KRaft, one node) in a folder of its own, to be stopped, killed and started again. */
export class KafkaBroker {
  readonly address: string;
  readonly #folder: string;
  readonly #classPath: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, library: string, port: number) {
    this.#folder = folder;
    this.#classPath = join(library, '*');
    this.address = `127.0.0.1:${port}`;
  }

  /** Formats `folder` and starts the broker; resolves when it answers. */
  static async start(folder: string): Promise<KafkaBroker> {
    const [port, controllerPort] = [await freePort(), await freePort()];
    const broker = new KafkaBroker(folder, kafkaLibrary(), port);
    mkdirSync(folder, { recursive: true });
    writeFileSync(broker.#properties, serverProperties(folder, port, controllerPort));
    const format = [
      '-cp',
      broker.#classPath,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      CLUSTER,
      '-c',
      broker.#properties,
    ];
    const { status, stderr } = spawnSync('java', format, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the Kafka folder could not be formatted: ${stderr}`);
    await broker.restart();
    return broker;
  }

  get #properties(): string {
    return join(this.#folder, 'server.properties');
  }

  /** Starts it again in the same folder and on the same port. */
  async restart(): Promise<void> {
    const out = openSync(join(this.#folder, 'broker.out'), 'a');
    const memory = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const command = [...memory, '-cp', this.#classPath, 'kafka.Kafka', this.#properties];
    this.#process = spawn('java', command, { stdio: ['ignore', out, out], cwd: this.#folder });
    await eventually('Kafka answers', () => this.#answers());
  }

  /** Ends it: SIGTERM lets it finish, SIGKILL is the crash. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = new Promise(resolve => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  client(): Kafka {
    return new Kafka({ clientId: 'test', brokers: [this.address], logLevel: logLevel.NOTHING, retry: { retries: 8 } });
  }

  async #answers(): Promise<boolean> {
    if (this.#process?.exitCode !== null) throw new Error(`Kafka ended, see ${join(this.#folder, 'broker.out')}`);
    const kafka = new Kafka({ brokers: [this.address], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      return brokers.length === 1;
    } catch {
      return false;
    } finally {
      await admin.disconnect();
    }
  }
}

/** One record as a consumer got it. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  /** The header `log`. */
  readonly log: string;
  readonly position: number;
}

/** Reads whole topics from their beginning until `count` records came. */
export async function consume(
  kafka: Kafka,
  topics: string[],
  count: number,
  timeoutMs = 60_000,
): Promise<ConsumedRecord[]> {
  const consumer = kafka.consumer({ groupId: `test-${randomBytes(4).toString('hex')}` });
  const records: ConsumedRecord[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      const position = Number(message.headers?.['position']?.toString());
      const log = String(message.headers?.['log']);
      records.push({ topic, partition, key: String(message.key), value: String(message.value), log, position });
    },
  });
  try {
    await eventually(`${count} records, ${records.length} came`, () => records.length >= count, timeoutMs);
  } finally {
    await consumer.disconnect();
  }
  return records;
}
