/**
 * A run of the engine from its start to its reconciled end: the sandbox where one is wanted, the engine, its status, and
 * the orderly way out: no new orders, open ones cancelled, balances compared, everything written and stored.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { RingsideConfig } from '../src/config/config.js';
import type { Secrets } from '../src/config/secrets.js';
import type { EngineControl, QueryAnswer } from '../src/control/engine-control.js';
import type { EngineStatus } from '../src/control/status.js';
import type { ExecutorSnapshot } from '../src/execution/snapshot.js';
import { RingsideError } from '../src/model/errors.js';
import { SessionEventKind } from '../src/record/codes.js';
import { exchangeOf } from '../src/venue/driven.js';
import { venueById } from '../src/venue/registry.js';
import { Engine } from './engine.js';
import { sandboxVenue, startSandboxProcess, type SandboxProcess } from './sandbox-process.js';
import { actorName, gatewayVenues, type Report, type VenueSpec } from './spec.js';
import { StatusBuilder } from './status.js';
import { buildSummary, type Summary } from './summary.js';

export interface SessionOptions {
  readonly config: RingsideConfig;
  readonly secrets: Secrets;
  /** As Engine takes it. */
  readonly hotCore?: number;
  onReport(report: Report): void;
}

const STATUS_MS = 250;
const LATENCY_MS = 1_000;
/** How long open orders may take to end before the balances are compared all the same. */
const SETTLE_MS = 10_000;
const RECONCILE_MS = 15_000;
/**
 * How long the executor is asked to do something before it is given up, and how often: longer than a thread takes to come
 * back on a busy machine without a spare. A caller who waits less is told that it took too long, and it is done all the same.
 */
const INSIST_MS = 10_000;
const INSIST_AGAIN_MS = 20;
/** Levels a side to ask for where neither the configuration nor the venue says. */
const DEFAULT_DEPTH = 100;

export class EngineSession implements EngineControl {
  private timers: NodeJS.Timeout[] = [];
  private latest: EngineStatus;
  private refreshing = false;

  /** @throws RingsideError whatever keeps the engine from starting, with what to do */
  static async start(options: SessionOptions): Promise<EngineSession> {
    const { config, secrets, hotCore } = options;
    const sandbox = config.mode === 'sandbox' ? await startSandboxProcess(sandboxArguments(config), (how) => {
      options.onReport({ kind: 'report', level: 'error', code: 'SANDBOX_DIED', text: `the sandbox ended ${how}: its venues are gone; stop this run and start another`, thread: 'main' });
    }) : undefined;
    try {
      const venues = Object.keys(config.venues).map((id) => venueSpec(id, config, secrets, sandbox));
      let session: EngineSession | undefined;
      const engine = await Engine.create({
        config, venues, ...(hotCore === undefined ? {} : { hotCore }),
        onReport(report) {
          session?.board.addAlert(report);
          options.onReport(report);
        },
        onBack: (actors) => void session?.tellAgain(actors),
      });
      session = new EngineSession(engine, sandbox);
      await session.run();
      return session;
    } catch (error) {
      await sandbox?.stop();
      throw error;
    }
  }

  readonly board: StatusBuilder;

  private constructor(readonly engine: Engine, private readonly sandbox: SandboxProcess | undefined) {
    this.board = new StatusBuilder(engine);
    this.latest = this.board.build({});
  }

  private async run(): Promise<void> {
    await this.engine.start();
    this.board.state = 'running';
    this.timers = [setInterval(() => void this.refresh(), STATUS_MS), setInterval(() => this.board.takeLatency(), LATENCY_MS)];
    await this.refresh();
  }

  /** Ask all threads once; the answer serves screen, API and machine lines until the next time. */
  private async refresh(): Promise<void> {
    if (this.refreshing) return;
    this.refreshing = true;
    try {
      this.latest = this.board.build(await this.engine.stats());
    } finally {
      this.refreshing = false;
    }
  }

  status(): EngineStatus {
    return this.latest;
  }

  readiness(): string[] {
    const { venues, journal, state } = this.latest;
    return [
      ...(state === 'running' ? [] : [`the engine is ${state}`]),
      ...venues.filter(({ feed }) => feed !== 'UP').map(({ id, feed }) => `market data of ${id} is ${feed}`),
      ...venues.filter(({ gateway }) => gateway === 'DOWN').map(({ id }) => `the order connection of ${id} is down`),
      ...venues.filter(({ books, booksInSync }) => booksInSync < books).map(({ id, books, booksInSync }) => `${booksInSync} of ${books} books of ${id} are in sync`),
      ...(journal.healthy ? [] : ['the journal cannot be written']),
    ];
  }

  async start(): Promise<void> {
    await this.insist('resume');
    this.board.state = 'running';
  }

  async stop(): Promise<void> {
    const before = this.board.state;
    this.board.state = 'stopped'; // first: an executor that dies meanwhile is told by it
    await this.insist('pause').catch((error: unknown) => {
      this.board.state = before;
      throw error;
    });
  }

  async kill(reason: string): Promise<void> {
    await this.insist('kill');
    this.board.killed = { at: new Date().toISOString(), reason };
    this.engine.events.write(SessionEventKind.KILL_SWITCH, 0, 1);
  }

  async unkill(): Promise<void> {
    await this.insist('unkill');
    this.board.killed = null;
    this.engine.events.write(SessionEventKind.KILL_SWITCH, 0, 0);
  }

  /**
   * Have the executor do something that is harmless twice. It may be dying or being restarted, or have no room to write
   * down what it is told (it then answers false): asked again until the time is over.
   * @throws RingsideError EXECUTOR_BUSY, or what the last attempt met
   */
  private async insist(command: string, argument?: unknown): Promise<void> {
    const endMs = performance.now() + INSIST_MS;
    for (;;) {
      let failure: unknown = new RingsideError('EXECUTOR_BUSY', `the executor has no room to carry out ${command}`, { fix: 'A gateway or the journal does not take what it is sent; look at the rings in the status, and try again.' });
      try {
        if ((await this.engine.command(actorName.executor, command, argument)) !== false) return;
      } catch (error) {
        failure = error;
      }
      if (performance.now() > endMs) throw failure;
      await delay(INSIST_AGAIN_MS);
    }
  }

  async query(name: string, parameters: Readonly<Record<string, string>>): Promise<QueryAnswer> {
    return (await this.engine.command(actorName.recorder, 'query', { name, parameters }, 30_000)) as QueryAnswer;
  }

  /** The kill switch is in the executor's ledger; what the journal said and whether to trade is not: a successor waits to be told. */
  private async tellAgain(actors: readonly string[]): Promise<void> {
    if (!actors.includes(actorName.executor)) return;
    try {
      if (!this.latest.journal.healthy) await this.insist('journal', { healthy: false });
      await this.insist(this.board.state === 'running' || this.board.state === 'starting' ? 'resume' : 'pause');
    } catch (error) {
      this.board.addAlert({ kind: 'report', level: 'error', code: 'TELL_FAILED', text: `the executor was not told whether to trade, and does not: ${error instanceof Error ? error.message : String(error)}`, thread: 'main' });
    }
  }

  /** End the run; the summary says whether everything agrees. */
  async finish(): Promise<Summary> {
    const { engine, board } = this;
    board.state = 'stopping';
    engine.events.write(SessionEventKind.STOPPING, 0, 0);
    const reconciliation = await this.settle();
    board.reconciled = reconciliation;
    engine.events.write(SessionEventKind.RECONCILED, 0, reconciliation === true ? 1 : 0);
    for (const timer of this.timers) clearInterval(timer);
    board.takeLatency();
    await this.refresh();
    const last = this.latest;
    await engine.stop();
    board.state = 'stopped';
    this.latest = { ...board.build(engine.finalStats), venues: last.venues, pairs: last.pairs };
    await this.sandbox?.stop();
    return buildSummary(this.latest, engine.finalStats);
  }

  /** No new orders, open ones cancelled, then the venues' balances against ours. @returns null where that was not possible */
  private async settle(): Promise<boolean | null> {
    const { engine } = this;
    try {
      await this.insist('pause');
      await this.until(SETTLE_MS, async () => (await engine.command(actorName.executor, 'idle').catch(() => false)) === true);
      await this.insist('balances');
      let { reconciliation } = await this.executor();
      await this.until(RECONCILE_MS, async () => {
        ({ reconciliation } = await this.executor());
        return reconciliation.missing.length === 0;
      });
      for (const { venue, asset, engine: ours, atVenue } of reconciliation.differences) {
        this.board.addAlert({ kind: 'report', level: 'error', code: 'BALANCE_DIFFERS', text: `${venue} ${asset}: the engine has ${ours}, the venue says ${atVenue}`, thread: 'main' });
      }
      return reconciliation.missing.length > 0 || gatewayVenues(engine.spec).length === 0 ? null : reconciliation.reconciled;
    } catch (error) {
      this.board.addAlert({ kind: 'report', level: 'error', code: 'NOT_RECONCILED', text: error instanceof Error ? error.message : String(error), thread: 'main' });
      return null;
    }
  }

  private async executor(): Promise<ExecutorSnapshot> {
    return (await this.engine.command(actorName.executor, 'snapshot')) as ExecutorSnapshot;
  }

  private async until(ms: number, done: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + ms;
    while (performance.now() < deadline && !(await done())) await delay(25);
  }
}

function sandboxArguments(config: RingsideConfig): string[] {
  return ['--seed', String(config.sandbox.seed), '--rate', String(config.sandbox.rate), '--pairs', String(config.sandbox.bases), '--venues', Object.keys(config.venues).map((id) => exchangeOf(venueById(id))).join(',')];
}

function venueSpec(id: string, config: RingsideConfig, secrets: Secrets, sandbox: SandboxProcess | undefined): VenueSpec {
  const venue = venueById(id);
  const { endpoints, depth, stallMs, pools, priorityFeeGwei } = config.venues[id];
  const base = sandbox === undefined ? { endpoints: venue.endpoints, credentials: secrets.of(id), settings: {} } : sandboxVenue(sandbox.ready, exchangeOf(venue));
  return { id, endpoints: { ...base.endpoints, ...endpoints }, credentials: base.credentials, depth: depth ?? venue.defaultDepth ?? DEFAULT_DEPTH, stallNs: stallMs * 1e6, settings: { ...base.settings, givesApprovals: config.mode === 'sandbox', ...(pools === undefined ? {} : { pools }), ...(priorityFeeGwei === undefined ? {} : { priorityFeeGwei }) } };
}
