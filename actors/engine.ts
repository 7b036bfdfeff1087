/**
 * The engine as one object: discovers the markets, lays out shared memory, starts and watches the threads, answers for
 * them to the command line and the control API, and ends a session so that nothing is lost.
 */
import { availableParallelism } from 'node:os';
import { EngineClock } from '../src/agent/clock.js';
import { Supervisor } from '../src/agent/supervisor.js';
import type { RingsideConfig } from '../src/config/config.js';
import { ledgerBytes } from '../src/execution/ledger.js';
import { journalMemoryBytes } from '../src/journal/memory.js';
import { buildInstrumentIndex } from '../src/model/instrument-index.js';
import type { InstrumentIndex } from '../src/model/instrument.js';
import { RingsideError } from '../src/model/errors.js';
import { SessionEventKind } from '../src/record/codes.js';
import { isDriven } from '../src/venue/driven.js';
import { venueById } from '../src/venue/registry.js';
import { discover } from './discover.js';
import { EventLog } from './event-log.js';
import { createSession } from './session.js';
import { actorName, gatewayVenues, type EngineSpec, type Report, type SessionSpec, type ThreadMessage, type VenueSpec } from './spec.js';
import { ThreadPool, type WorkerThread } from './thread.js';
import { buildTopology, type Topology } from './topology.js';

/** What the journal may hold back while the disk takes nothing: about a minute of a busy market. */
const JOURNAL_PENDING_BYTES = 64 << 20;
/** Facts the executor's ledger holds in its two halves: orders, fills and moves between two compactions. */
const LEDGER_FACTS = 262_144;
const CONTROL_MS = 2_000;
const THREAD_STOP_MS = 10_000;
/** The recorder stores what is left before its thread ends. */
const OBSERVERS_STOP_MS = 60_000;

export interface EngineOptions {
  readonly config: RingsideConfig;
  readonly venues: readonly VenueSpec[];
  /** A core that this process keeps off, for the thread between frame and order (setCoreAside). */
  readonly hotCore?: number;
  /** Something an operator should know. */
  onReport(report: Report): void;
  /** A thread that died runs again: whatever its actors were told in their former life they must be told anew. */
  onBack(actors: readonly string[]): void;
}

/** Actor → thread. */
function threadsByActor(topology: Topology): Map<string, string> {
  return new Map(topology.threads.flatMap(({ name, actors }) => actors.map((actor) => [actor, name] as const)));
}

export class Engine {
  readonly events: EventLog;
  /** What every actor said of itself when it had ended. */
  readonly finalStats: Record<string, Record<string, unknown>> = {};
  readonly clock: EngineClock;
  private readonly pool: ThreadPool;
  private readonly supervisor: Supervisor<WorkerThread>;
  private readonly threadOf: Map<string, string>;

  /** Ask the venues what they list, then lay everything out. Nothing runs yet. @throws RingsideError as discover */
  static async create(options: EngineOptions): Promise<Engine> {
    const data = await discover(options.config, options.venues);
    const session = createSession(options.config, data);
    const index = buildInstrumentIndex(data);
    const topology = buildTopology({
      venues: options.venues.map(({ id }) => id),
      gateways: gatewayVenues(options),
      apart: options.venues.map(({ id }) => id).filter((id) => isDriven(venueById(id))),
      strategies: options.config.strategies.map(({ id }) => id),
      bridge: options.config.nats.url !== undefined,
      recorder: options.config.clickhouse.mode !== 'off',
      placement: options.config.placement,
      cores: availableParallelism() + (options.hotCore === undefined ? 0 : 1),
      ...(options.hotCore === undefined ? {} : { hotCore: options.hotCore }),
      instruments: index.instruments.length,
      ledgerBytes: ledgerBytes(LEDGER_FACTS),
    });
    const spec: EngineSpec = { session, config: options.config, index: data, venues: options.venues, rings: topology.rings, sharedBook: topology.sharedBook, ledger: topology.ledger, journalMemory: new SharedArrayBuffer(journalMemoryBytes(JOURNAL_PENDING_BYTES)) };
    return new Engine(options, session, spec, index, topology);
  }

  private constructor(private readonly options: EngineOptions, readonly session: SessionSpec, readonly spec: EngineSpec, readonly index: InstrumentIndex, readonly topology: Topology) {
    this.clock = new EngineClock(session.epoch);
    this.events = new EventLog(spec.rings, this.clock);
    this.threadOf = threadsByActor(topology);
    this.pool = new ThreadPool((message) => this.onMessage(message));
    this.supervisor = new Supervisor<WorkerThread>({
      spawn: (name, life) => this.pool.create({
        engine: spec, life, plan: topology.threads.find((plan) => plan.name === name)!,
        latency: topology.latency.get(name)!, heartbeat: topology.heartbeats.get(name)!,
      }),
      nowMs: () => performance.now(),
      random: Math.random,
      heartbeat: (name) => this.heartbeat(name),
      onDied: (name, code) => {
        this.events.write(SessionEventKind.WORKER_DIED, this.threadNumber(name), code);
        options.onReport({ kind: 'report', level: 'error', code: 'THREAD_DIED', text: `thread ${name} ended with code ${code}; starting it anew`, thread: name });
      },
      onBack: (name, downMs) => {
        this.events.write(SessionEventKind.WORKER_BACK, this.threadNumber(name), downMs);
        options.onReport({ kind: 'report', level: 'warn', code: 'THREAD_BACK', text: `thread ${name} is back after ${Math.round(downMs)} ms`, thread: name });
        options.onBack(topology.threads.find((plan) => plan.name === name)!.actors);
      },
    });
  }

  /** @throws whatever kept a thread from starting; then none is left running */
  async start(): Promise<void> {
    const names = this.topology.threads.map(({ name }) => name);
    try {
      await this.supervisor.start(names);
    } catch (error) {
      this.supervisor.release();
      await Promise.all(names.map((name) => this.supervisor.handle(name).terminate()));
      await this.pool.close();
      throw error;
    }
    this.pool.prepare();
    this.events.write(SessionEventKind.STARTED, 0, 0);
  }

  /** A control call to an actor, wherever it runs. @throws RingsideError CONTROL_TIMEOUT, THREAD_ENDED, NO_SUCH_ACTOR */
  async command(actor: string, command: string, argument?: unknown, timeoutMs = CONTROL_MS): Promise<unknown> {
    const thread = this.threadOf.get(actor);
    if (thread === undefined) throw new RingsideError('NO_SUCH_ACTOR', `no actor ${actor}; there are ${[...this.threadOf.keys()].join(', ')}`);
    return this.supervisor.handle(thread).command(actor, command, argument, timeoutMs);
  }

  /** What every actor says of itself, by actor and thread; a thread that does not answer is left out. */
  async stats(): Promise<Record<string, Record<string, unknown>>> {
    const answers = await Promise.allSettled(this.topology.threads.map(({ name }) => this.supervisor.handle(name).stats(CONTROL_MS)));
    return Object.assign({}, ...answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : {}))) as Record<string, Record<string, unknown>>;
  }

  threads(): ReturnType<Supervisor<WorkerThread>['report']> {
    return this.supervisor.report();
  }

  /** Kill a thread as a crash would; for tests and drills: the supervisor brings it back. */
  async crash(thread: string): Promise<void> {
    await this.supervisor.handle(thread).terminate();
  }

  hasActor(actor: string): boolean {
    return this.threadOf.has(actor);
  }

  /** Threads of the hot path first, so that observers see all that those still write. */
  async stop(): Promise<void> {
    this.supervisor.release();
    const names = this.topology.threads.map(({ name }) => name);
    const observers = this.threadOf.get(actorName.journal)!;
    for (const name of [...names.filter((entry) => entry !== observers), observers]) {
      try {
        await this.supervisor.handle(name).stop(name === observers ? OBSERVERS_STOP_MS : THREAD_STOP_MS);
      } catch (error) {
        this.options.onReport({ kind: 'report', level: 'error', code: 'THREAD_STOP', text: `thread ${name}: ${error instanceof Error ? error.message : String(error)}`, thread: name });
      }
      // Counts are final only now: the journal has closed its segment, the recorder has stored the rest.
      Object.assign(this.finalStats, await this.supervisor.handle(name).stats(CONTROL_MS).catch(() => ({})));
      await this.supervisor.handle(name).terminate();
    }
    await this.pool.close();
  }

  private heartbeat(thread: string): number {
    const { buffer, byteOffset } = this.topology.heartbeats.get(thread)!;
    return Atomics.load(new Int32Array(buffer, byteOffset, 1), 0);
  }

  private threadNumber(name: string): number {
    return this.topology.threads.findIndex((plan) => plan.name === name);
  }

  private onMessage(message: ThreadMessage): void {
    if (message.kind === 'report') this.options.onReport(message);
    else this.command(message.actor, message.command, message.argument).catch((error: unknown) => {
      this.options.onReport({ kind: 'report', level: 'warn', code: 'TELL_FAILED', text: `${message.actor}.${message.command}: ${error instanceof Error ? error.message : String(error)}`, thread: 'main' });
    });
  }
}
