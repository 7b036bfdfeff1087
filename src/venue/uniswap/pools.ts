/**
 * The pools of a feed, each brought from a state that was read through its logs to the chain's end. A pool is out of sync
 * from the moment its state is in doubt (blocks taken back whose successors are still to come, a log that contradicts it,
 * blocks rewritten deeper than can be taken back) until it is certain again.
 */
import { ResyncReason } from '../../record/codes.js';
import type { FeedOptions } from '../contract.js';
import { splitEpoch, type EpochParts } from '../scan-time.js';
import { BLOCKS_BEFORE } from './catch-up.js';
import { Chain, type Head, type Step } from './chain.js';
import { GasMeter, tipOf, wholePrice } from './gas.js';
import { LivePool, WAITING_LOGS_MAX } from './live-pool.js';
import type { PoolLog } from './log.js';
import { Epochs } from './pool-book.js';
import { PoolHistory, Taken } from './pool-history.js';
import { PoolReader } from './pool-reader.js';
import { V2State, V3Glimpse } from './pool-state.js';
import type { RpcSocket } from './rpc-socket.js';
import { TradeWriter } from './trades.js';

const RETRY_FIRST_NS = 250e6;
const RETRY_MAX_NS = 30e9;

/** Who talks to the node. */
export interface PoolsHost {
  readonly rpc: RpcSocket;
  /** Whether questions are answered: the connection is open, and it is known where the chain ends. */
  readonly isFollowing: boolean;
  /** Have the node confirm that nothing is missing: `onConfirmed` follows. */
  confirm(nowNs: number): void;
  /** Logs were lost: all has to be asked for. @param reason ResyncReason */
  followAnew(reason: number, nowNs: number): void;
}

export class Pools {
  readonly all: readonly LivePool[];
  chain = new Chain();
  /** Number of the venue frame at hand. */
  frame = 0;
  /** Of all blocks up to this one the node has listed all logs. */
  private listed = -1;
  private readonly byAddress: ReadonlyMap<string, LivePool>;
  private readonly gas: GasMeter;
  private readonly trades: TradeWriter;
  private readonly epoch: EpochParts;

  constructor(private readonly options: FeedOptions, private readonly host: PoolsHost) {
    const epochs = new Epochs(options.firstEpoch - 1);
    this.all = options.instruments.flatMap((instrument) => (instrument.metadata.pool === undefined ? [] : [new LivePool(options, instrument, instrument.metadata.pool, epochs)]));
    this.byAddress = new Map(this.all.map((pool) => [pool.address, pool]));
    this.gas = new GasMeter(tipOf(options.settings.priorityFeeGwei));
    this.trades = new TradeWriter(options);
    this.epoch = splitEpoch(options.epochUnixNs);
  }

  /** The head that what is known stands on; undefined: nothing is known. */
  get ground(): Head | undefined {
    return this.all.some(({ history }) => history !== undefined) ? this.chain.last : undefined;
  }

  onTimer(nowNs: number): void {
    for (const pool of this.all) {
      pool.book.settle(nowNs);
      if (nowNs >= pool.retryNs) this.read(pool, ResyncReason.START, nowNs);
    }
  }

  onClose(nowNs: number): void {
    for (const pool of this.all) {
      // A recording's last block is as complete as it will ever be.
      if (pool.isChanged && this.chain.last === undefined) this.publish(pool, nowNs);
      pool.stopReading();
      pool.waiting = [];
      pool.book.lose(ResyncReason.RECONNECT, nowNs);
    }
  }

  /** @param reason ResyncReason */
  loseAll(reason: number, nowNs: number): void {
    for (const pool of this.all) pool.book.lose(reason, nowNs);
  }

  onHead(head: Head, step: Step, nowNs: number): void {
    this.gas.onHead(head.nextBaseFee);
    const from = step.kind === 'instead' ? step.from : head.number;
    this.listed = Math.min(this.listed, from - 1);
    for (const pool of this.all) {
      if (step.kind === 'instead') this.dropBeyond(pool, head);
      if (step.kind === 'instead' && from <= pool.contradictedBlock) pool.contradictedBlock = Infinity;
      this.replaceBlocks(pool, from, from === head.number ? head.hash : '', nowNs);
      if (step.kind === 'next' && head.number <= pool.suspectBlock) this.read(pool, ResyncReason.GAP, nowNs);
    }
    for (const pool of this.all) this.weighGas(pool, nowNs);
  }

  /** These are all logs of a block, and have been taken in. @returns false: those of a block before were never listed */
  onListed({ number, hash }: Head, logs: readonly PoolLog[], nowNs: number): boolean {
    if (this.chain.hashOf(number) !== hash) return true;
    if (number > this.listed + 1) return false;
    this.listed = Math.max(this.listed, number);
    for (const pool of this.all) if (!this.agrees(pool, logs, number, number)) this.read(pool, ResyncReason.GAP, nowNs);
    return true;
  }

  /** The newest block is listed. */
  onVerified({ number }: Head, nowNs: number): void {
    for (const pool of this.all) if (pool.isChanged && pool.block <= number && pool.contradictedBlock === Infinity) this.publish(pool, nowNs);
  }

  /** @param logs since the head that was known, in order; undefined: everything has to be read */
  onCaughtUp(logs: readonly PoolLog[] | undefined, head: Head, nowNs: number): void {
    const known = this.chain.last;
    this.chain = new Chain();
    this.chain.onHead(head);
    this.gas.onHead(head.nextBaseFee);
    this.listed = -1;
    for (const pool of this.all) {
      pool.stopReading();
      if (logs === undefined || known === undefined || pool.history?.replace(known.number + 1, '') === Taken.LOST) pool.forget();
    }
    for (const log of logs ?? []) {
      const pool = this.byAddress.get(log.pool);
      if (pool?.history !== undefined) this.take(pool, pool.history, log, nowNs);
    }
    this.listed = head.number;
    for (const pool of this.all) {
      if (known !== undefined && !this.agrees(pool, logs ?? [], known.number - BLOCKS_BEFORE, head.number)) pool.forget();
      if (pool.history === undefined) this.read(pool, ResyncReason.START, nowNs);
      else {
        pool.change(nowNs);
        this.takeWaiting(pool, nowNs);
      }
    }
  }

  /** The node's newest block is the one we know. @param askedNs when it was asked @returns whether to ask again: something has changed since */
  onConfirmed(askedNs: number, nowNs: number): boolean {
    const last = this.chain.last?.number ?? 0;
    let again = false;
    for (const pool of this.all) {
      const isWrong = pool.block > last || pool.contradictedBlock !== Infinity;
      // A block whose log came before the question, and the node no longer has it; or of which it had not listed that log.
      if (isWrong && pool.happenedNs <= askedNs) {
        pool.forget();
        this.read(pool, ResyncReason.GAP, nowNs);
      } else if (isWrong) again = true;
      else if (!pool.isChanged) pool.book.affirm(nowNs);
      else if (pool.changedNs <= askedNs) this.publish(pool, nowNs);
      else again = true;
    }
    return again;
  }

  onLog(log: PoolLog, nowNs: number): void {
    const pool = this.byAddress.get(log.pool);
    if (pool === undefined) {
      this.options.host.count('unknownSymbol');
      return;
    }
    if (pool.history === undefined || !this.host.isFollowing) this.wait(pool, log, nowNs);
    else this.take(pool, pool.history, log, nowNs);
  }

  /** A log of a recording of logs alone: nobody answers questions, the logs have to speak for themselves. */
  onRecordedLog(log: PoolLog, nowNs: number): void {
    const pool = this.byAddress.get(log.pool);
    if (pool === undefined) {
      this.options.host.count('unknownSymbol');
      return;
    }
    const { event, block } = log;
    // A later block's log says that those before are complete.
    for (const other of this.all) if (other.isChanged && other.block < block) this.publish(other, nowNs);
    if (pool.history === undefined) {
      if (event.kind === 'sync') pool.history = new PoolHistory(new V2State(pool.facts, event.reserve0, event.reserve1), block - 1);
      else if (event.kind === 'swap' && event.after !== undefined) pool.history = new PoolHistory(new V3Glimpse(pool.facts), block - 1);
    }
    if (pool.history !== undefined) this.take(pool, pool.history, log, nowNs);
  }

  /** Read the pool's state as of the newest block; until then it is out of sync. @param reason ResyncReason */
  read(pool: LivePool, reason: number, nowNs: number): void {
    pool.book.lose(reason, nowNs);
    pool.stopReading();
    this.forget(pool);
    const { last } = this.chain;
    if (last === undefined || !this.host.isFollowing) return;
    pool.dropWaitingUpTo(last.number);
    pool.readingBlock = last.number;
    pool.reader = new PoolReader(this.host.rpc, pool.address, pool.facts, last.number, (state, readNs) => {
      pool.reader = undefined;
      if (state === undefined) {
        this.options.host.count('requestErrors');
        this.retryLater(pool, readNs);
        return;
      }
      pool.history = new PoolHistory(state, last.number);
      pool.happened(last.number, last.time, readNs);
      this.takeWaiting(pool, readNs);
      this.host.confirm(readNs);
    });
    pool.reader.start(nowNs);
  }

  /**
   * The chain ends lower, or was written anew: later logs belong to what is gone. Should some of them be of what comes
   * next, out of order, the pool is read again once that has come.
   */
  private dropBeyond(pool: LivePool, head: Head): void {
    const beyond = [...(pool.history?.after(head.number) ?? []), ...pool.waiting.filter(({ block }) => block > head.number)];
    pool.suspectBlock = Math.max(pool.suspectBlock, ...beyond.map(({ block }) => block));
    pool.waiting = pool.waiting.filter(({ block, blockHash }) => block < head.number || (block === head.number && blockHash === head.hash));
  }

  private replaceBlocks(pool: LivePool, from: number, hash: string, nowNs: number): void {
    if (pool.reader !== undefined && pool.readingBlock >= from) this.read(pool, ResyncReason.GAP, nowNs);
    const outcome = pool.history?.replace(from, hash) ?? Taken.KNOWN;
    if (outcome === Taken.LOST) this.read(pool, ResyncReason.GAP, nowNs);
    else if (outcome === Taken.UNDONE) this.doubt(pool, nowNs);
  }

  private wait(pool: LivePool, log: PoolLog, nowNs: number): void {
    pool.waiting.push(log);
    if (pool.waiting.length <= WAITING_LOGS_MAX) return;
    pool.forget();
    pool.waiting = [];
    this.host.followAnew(ResyncReason.STALL, nowNs);
  }

  private take(pool: LivePool, history: PoolHistory, log: PoolLog, nowNs: number): void {
    const outcome = history.take(log, (block) => this.chain.hashOf(block));
    if (outcome === Taken.KNOWN) return;
    if (outcome === Taken.LOST) {
      this.options.host.count('gaps');
      pool.waiting.unshift(log);
      this.forget(pool);
      pool.book.lose(ResyncReason.GAP, nowNs);
      this.retryLater(pool, nowNs);
      // What is read at once holds the log already.
      if (pool.failures === 1 && log.block <= (this.chain.last?.number ?? 0)) this.read(pool, ResyncReason.GAP, nowNs);
      return;
    }
    if (outcome === Taken.UNDONE) this.doubt(pool, nowNs);
    if (log.block <= this.listed) {
      pool.contradictedBlock = Math.min(pool.contradictedBlock, log.block);
      this.doubt(pool, nowNs);
    }
    pool.happened(log.block, log.time ?? this.chain.last?.time ?? 0, nowNs);
    if (log.removed) return;
    this.trades.write(pool.instrument, pool.facts, log, this.frame, this.tsOf(pool.time), nowNs);
    if (!history.state.isDeep) this.read(pool, ResyncReason.OUT_OF_RANGE, nowNs);
  }

  /** Whether what is known of a pool is what the node lists; where nothing is known nothing can differ. */
  private agrees(pool: LivePool, listed: readonly PoolLog[], from: number, to: number): boolean {
    if (pool.history?.agrees(listed.filter((log) => log.pool === pool.address), from, to) !== false) return true;
    this.options.host.count('gaps');
    return false;
  }

  private takeWaiting(pool: LivePool, nowNs: number): void {
    for (const log of pool.waiting.splice(0)) {
      if (pool.history === undefined) pool.waiting.push(log);
      else this.take(pool, pool.history, log, nowNs);
    }
  }

  /** Its state is not known any more; of its events, those after what will be read are kept. */
  private forget(pool: LivePool): void {
    if (pool.history !== undefined) pool.waiting.unshift(...pool.history.after(this.chain.last?.number ?? 0));
    pool.forget();
  }

  private retryLater(pool: LivePool, nowNs: number): void {
    pool.retryNs = nowNs + Math.min(RETRY_MAX_NS, RETRY_FIRST_NS * 2 ** Math.min(20, pool.failures++));
  }

  /** Blocks were taken back, and what took their place is still to come. */
  private doubt(pool: LivePool, nowNs: number): void {
    pool.book.lose(ResyncReason.GAP, nowNs);
    pool.change(nowNs);
  }

  private publish(pool: LivePool, nowNs: number): void {
    const { history } = pool;
    if (history === undefined) return;
    pool.gas = this.gasOf(pool);
    pool.ladder.build(history.state, pool.gas);
    pool.published();
    pool.book.publish(pool.ladder.changes, { frame: this.frame, block: pool.block, tsVenueNs: this.tsOf(pool.time), tsRecvNs: nowNs });
    // Where the ring had no room, again when the node confirms.
    if (!pool.book.inSync) pool.change(nowNs);
  }

  /** Gas became dearer than the published prices have it, or much cheaper. */
  private weighGas(pool: LivePool, nowNs: number): void {
    if (pool.history === undefined) return;
    const gas = this.gasOf(pool);
    if (gas > pool.gas || gas * 10n < pool.gas * 9n) pool.change(nowNs);
  }

  private gasOf({ facts, quote }: LivePool): bigint {
    if (quote === 'ETH') return this.gas.costOf(facts, 1);
    const market = this.all.find((pool) => pool.base === 'ETH' && pool.quote === quote && pool.history !== undefined);
    return this.gas.costOf(facts, market === undefined ? undefined : wholePrice(market.history!.state, market.facts));
  }

  private tsOf(unixSeconds: number): number {
    return (unixSeconds - this.epoch.seconds) * 1e9 - this.epoch.nanos;
  }
}
