import { ConfigError, ConnectionError } from '../model/index.js';
import type { NativeMode } from '../native/index.js';
import { loadOptions } from '../options/index.js';
import {
  platformOptions,
  platformsFile,
  platformProfiles,
  type AllocationReportAnswer,
  type AllocationToSend,
  type ConfirmationAnswer,
  type PlatformOptionsInput,
  type PlatformWebServices,
} from '../platforms/index.js';
import type { GateLimits } from '../risk/index.js';
import { sessionName } from '../session/index.js';
import { systemNowNs } from '../trading/index.js';
import type { SendResult } from './gated-sessions.js';
import { readAmount, type SendOrderResult } from './order-to-send.js';
import {
  PlatformConnection,
  failed,
  planConnection,
  type ConnectionPlan,
  type PlatformApplication,
  type PlatformOrder,
  type PlatformStatus,
} from './platform-connection.js';
import { ProgramGate } from './program-gate.js';

/** What `initializeTradingPlatforms` takes beside the path of such a file. */
export interface TradingPlatformsConfig {
  readonly tradingPlatforms: Readonly<Record<string, PlatformOptionsInput>>;
}

/** What holds for all platforms of an integrator. */
export interface TradingPlatformIntegratorOptions {
  /** What each order is judged by before it is sent, for all platforms together; positions and gross notional are a gateway's. */
  readonly limits?: GateLimits;
  readonly application?: PlatformApplication;
  readonly native?: NativeMode;
}

/**
 * Connections to trading platforms, each by a profile of the table and by its own config. Every order passes the gate that FIXProtocolHandler has, one for all
 * platforms; there is no other way to their sessions.
 */
export class TradingPlatformIntegrator {
  readonly #limits: GateLimits;
  readonly #application: PlatformApplication;
  readonly #native: NativeMode;
  readonly #connections = new Map<string, PlatformConnection>();
  readonly #failed = new Map<string, PlatformStatus>();
  #gate: ProgramGate | undefined;

  constructor({ limits = {}, application = {}, native = 'prefer' }: TradingPlatformIntegratorOptions = {}) {
    this.#limits = limits;
    this.#application = application;
    this.#native = native;
  }

  /**
   * Opens every platform of the config, an object or the path of a YAML file, and resolves with how each stands once all are logged on or have had their time.
   * One that is wrong, or not there, does not stop the others; one that is not there is tried further until `stop`. Rejects with ConfigError (HR_CONFIG) where
   * the config names no platforms at all, or some are open already.
   */
  async initializeTradingPlatforms(config: TradingPlatformsConfig | string): Promise<Record<string, PlatformStatus>> {
    if (this.#gate !== undefined) throw new ConfigError('HR_CONFIG', 'platforms are open already: stop() comes first');
    const { platforms, file } = readConfig(config);
    const plans = Object.entries(platforms).flatMap(([name, given]) => this.#plan(name, given, file) ?? []);
    const names = plans.map(({ settings }) => sessionName(settings));
    this.#gate = new ProgramGate(this.#limits, names, this.#native);
    await Promise.all(plans.map(plan => this.#open(plan, this.#gate!)));
    const opened = await Promise.all(
      [...this.#connections].map(async ([name, connection]) => [name, await this.#connect(name, connection)] as const),
    );
    const all = new Map([...opened, ...this.#failed]);
    return Object.fromEntries(Object.keys(platforms).flatMap(name => [[name, all.get(name)!]]));
  }

  /**
   * Judges an order by the platform's rules and by the gate, and sends it. Resolves as FIXProtocolHandler.sendOrder; rejects with ConnectionError
   * (HR_NO_FIX_SESSION) where the platform is not connected, or none is named and several are.
   */
  async sendOrder(order: PlatformOrder): Promise<SendOrderResult> {
    return this.#connectionOf(order.platform).sendOrder(order);
  }

  /** Sends an AllocationInstruction (J) of filled orders. Resolves SENT, or REFUSED with the rule; rejects as `sendOrder`. */
  async sendAllocation(allocation: AllocationToSend & { readonly platform?: string }): Promise<SendResult> {
    return this.#connectionOf(allocation.platform).sendAllocation(allocation);
  }

  /** Answers an AllocationReport (AS) by an AllocationReportAck (AT), from FIX.4.4. Resolves and rejects as `sendAllocation`. */
  async answerAllocationReport(answer: AllocationReportAnswer & { readonly platform?: string }): Promise<SendResult> {
    return this.#connectionOf(answer.platform).answerReport(answer);
  }

  /** Answers a Confirmation (AK) by a ConfirmationAck (AU), from FIX.4.4. Resolves and rejects as `sendAllocation`. */
  async answerConfirmation(answer: ConfirmationAnswer & { readonly platform?: string }): Promise<SendResult> {
    return this.#connectionOf(answer.platform).answerConfirmation(answer);
  }

  /** The web services of a platform. Throws ConfigError (HR_CONFIG) where its config has none. */
  webServices(platform: string): PlatformWebServices {
    const found = this.#connections.get(platform)?.webServices;
    if (found === undefined) throw new ConfigError('HR_CONFIG', `${platform} has no webServices in the config`);
    return found;
  }

  /** How each platform stands now. */
  status(): Record<string, PlatformStatus> {
    const open = [...this.#connections].map(([name, connection]) => [name, connection.status()] as const);
    return Object.fromEntries([...open, ...this.#failed]);
  }

  /** The latest price of a symbol, as FIXProtocolHandler.referencePrice. */
  referencePrice(symbol: string, price: string | number | bigint): void {
    if (this.#gate === undefined) throw new ConfigError('HR_CONFIG', 'prices count once the platforms are initialized');
    this.#gate.reference(symbol, readAmount(symbol, price), systemNowNs());
  }

  /** Logs every session out and closes all; `initializeTradingPlatforms` may follow. */
  async stop(): Promise<void> {
    await Promise.all([...this.#connections.values()].map(connection => connection.close()));
    this.#connections.clear();
    this.#failed.clear();
    this.#gate = undefined;
  }

  #plan(name: string, given: unknown, file: string): ConnectionPlan | undefined {
    const profile = profileName(name, given);
    const checked = platformOptions.safeParse(given);
    try {
      if (checked.success) return planConnection(name, checked.data, file);
      const issues = checked.error.issues.map(({ path, message }) => `${[...path].join('.')}: ${message}`);
      throw new ConfigError('HR_CONFIG', `tradingPlatforms.${name}: ${issues.join('; ')}`);
    } catch (error) {
      this.#failed.set(name, failed(profile, error));
      return undefined;
    }
  }

  #open(plan: ConnectionPlan, gate: ProgramGate): void {
    const { name } = plan;
    const context = { gate, native: this.#native, application: this.#application };
    this.#connections.set(name, new PlatformConnection(plan, context));
  }

  async #connect(name: string, connection: PlatformConnection): Promise<PlatformStatus> {
    try {
      return await connection.connect();
    } catch (error) {
      const { profile } = connection.status();
      await connection.close();
      this.#connections.delete(name);
      const status = failed(profile, error);
      this.#failed.set(name, status);
      return status;
    }
  }

  #connectionOf(platform: string | undefined): PlatformConnection {
    const connected = [...this.#connections].filter(([name, { isConnected }]) =>
      platform === undefined ? isConnected : name === platform && isConnected,
    );
    const [first, second] = connected;
    if (first !== undefined && second === undefined) return first[1];
    const names = [...this.#connections.keys(), ...this.#failed.keys()].join(', ');
    if (platform !== undefined) throw noPlatform(`${platform} is not connected; the config has ${names}`);
    throw noPlatform(
      first === undefined ? `none is connected of ${names}` : `name one: several are connected of ${names}`,
    );
  }
}

function noPlatform(reason: string): ConnectionError {
  return new ConnectionError('HR_NO_FIX_SESSION', reason, { retryable: true });
}

function readConfig(config: unknown): { platforms: Readonly<Record<string, unknown>>; file: string } {
  const read: unknown = typeof config === 'string' ? loadOptions(config, platformsFile) : config;
  const platforms = (read as { tradingPlatforms?: unknown } | null | undefined)?.tradingPlatforms;
  if (typeof platforms !== 'object' || platforms === null || Object.keys(platforms).length === 0)
    throw new ConfigError('HR_CONFIG', 'tradingPlatforms names no platform; docs/platforms.md has an example');
  return { platforms: platforms as Record<string, unknown>, file: typeof config === 'string' ? config : 'config' };
}

function profileName(name: string, given: unknown): string {
  const said = (given as { profile?: unknown } | null | undefined)?.profile;
  return typeof said === 'string' && platformProfiles[said] !== undefined ? said : name;
}
