import { existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';

import { kafkaClient, readSecret } from '../../broker/index.js';
import type { GatewayConfig } from '../../gateway/index.js';
import { loadUws } from '../../http/index.js';
import { openLog } from '../../observe/index.js';
import { nativeParts } from '../version.js';

export interface Finding {
  readonly state: 'ok' | 'warning' | 'bad';
  readonly what: string;
  readonly text: string;
}

const GIB = 1024 ** 3;
const NODE_MAJORS = [20, 22, 24];

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < 20 || (major === 20 && minor < 19);
  const state = isOld ? 'bad' : NODE_MAJORS.includes(major) ? 'ok' : 'warning';
  return { state, what: 'Node.js', text: `${process.version}; supported are 20.19 and later, 22 and 24` };
}

/** What this machine offers, whatever the configuration. */
export async function machineFindings(): Promise<Finding[]> {
  const uws = await loadUws();
  const parts = nativeParts().map(({ name, isLoaded, text }): Finding => ({
    state: isLoaded ? 'ok' : 'warning',
    what: name,
    text,
  }));
  const cores = availableParallelism();
  return [
    nodeFinding(),
    ...parts,
    typeof uws === 'string'
      ? { state: 'warning', what: 'uWebSockets.js', text: `${uws}; the slower ws serves` }
      : { state: 'ok', what: 'uWebSockets.js', text: 'loads' },
    { state: cores > 1 ? 'ok' : 'warning', what: 'cores', text: `${cores}; the lane spins only where one is spare` },
    { state: 'ok', what: 'memory', text: `${(totalmem() / GIB).toFixed(1)} GiB` },
  ];
}

async function portFinding(what: string, host: string, port: number): Promise<Finding> {
  const server = createServer();
  const error = await new Promise<Error | undefined>(resolve => {
    server.once('error', resolve);
    server.listen(port, host, () => resolve(undefined));
  });
  await new Promise(resolve => server.close(resolve));
  const text = error === undefined ? `${host}:${port} is free` : error.message;
  return { state: error === undefined ? 'ok' : 'bad', what, text };
}

function portFindings({ fix, feed, page, sinks }: GatewayConfig): Promise<Finding[]> {
  const { websocket } = sinks;
  return Promise.all([
    portFinding('port of FIX clients', fix.client.host, fix.client.port),
    portFinding('port of the page', page.host, page.port),
    ...(feed === undefined ? [] : [portFinding('port of the feed', feed.host, feed.port)]),
    ...(websocket === undefined ? [] : [portFinding('port of WebSocket clients', websocket.host, websocket.port)]),
  ]);
}

function diskFinding({ dataDir, journal }: GatewayConfig): Finding {
  let folder = dataDir;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const freeGb = (bavail * bsize) / GIB;
  const text = `${freeGb.toFixed(1)} GiB free at ${folder}; the ledger may keep ${journal.retainGb} GiB`;
  return { state: freeGb < 1 ? 'bad' : freeGb < journal.retainGb ? 'warning' : 'ok', what: 'disk', text };
}

function secretFindings({ admin, sinks }: GatewayConfig, folder: string): Finding[] {
  const references = [
    ...admin.tokens.map(({ token }) => token),
    ...(sinks.kafka?.sasl ? [sinks.kafka.sasl.password] : []),
  ];
  return references.map(reference => {
    const name = 'env' in reference ? `environment variable ${reference.env}` : `file ${reference.file}`;
    try {
      readSecret(reference, folder);
      return { state: 'ok', what: 'secret', text: `${name} is set` };
    } catch (error) {
      return { state: 'bad', what: 'secret', text: (error as Error).message };
    }
  });
}

async function kafkaFindings({ sinks }: GatewayConfig, folder: string): Promise<Finding[]> {
  if (sinks.kafka === undefined) return [];
  const log = openLog('doctor', { level: 'silent' });
  const admin = kafkaClient(sinks.kafka, { log, folder }).admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    return [{ state: 'ok', what: 'kafka', text: `${brokers.length} brokers answer` }];
  } catch (error) {
    // The gateway starts all the same: an outage is the lag of one reader.
    return [{ state: 'warning', what: 'kafka', text: `not reachable: ${(error as Error).message}` }];
  } finally {
    await admin.disconnect();
  }
}

/** What of a configuration would work on this machine now. */
export async function configFindings(config: GatewayConfig, file: string): Promise<Finding[]> {
  const folder = dirname(file);
  return [
    ...(await portFindings(config)),
    diskFinding(config),
    ...secretFindings(config, folder),
    ...(await kafkaFindings(config, folder)),
  ];
}
