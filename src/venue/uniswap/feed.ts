/**
 * Uniswap pools from an Ethereum node's WebSocket: heads, logs, and the node's word that nothing is missing. Sans-I/O.
 *
 * Logs come by themselves; with every head its block's logs are asked for as well, so that one that got lost is noticed
 * before anything of the block is shown. Twice a second the node confirms that its newest block is the one we know.
 * Sources: execution-apis; go-ethereum's documentation of subscriptions.
 */
import { ResyncReason, VenueReason } from '../../record/codes.js';
import type { FeedOptions, FeedSession } from '../contract.js';
import { Topic } from './abi.js';
import { CatchUp, type LogFilter } from './catch-up.js';
import { readHead, type Head } from './chain.js';
import { readLog, readLogs } from './log.js';
import { Pools } from './pools.js';
import { RpcSocket } from './rpc-socket.js';
import { quantityOf } from './words.js';

const LOG_TOPICS = [Topic.v2Sync, Topic.v2Swap, Topic.v3Swap, Topic.v3Mint, Topic.v3Burn];
/** How often the node is asked whether its block is still the one we know. */
const CONFIRM_NS = 500e6;
/** An answer that has not come after this long will not. */
const CONFIRM_AGAIN_NS = 2e9;
/** The node has a block of which no head has come for this long: heads were missed. */
const HEAD_LATE_NS = 3e9;
/** Slots are 12 s, and some stay empty: a node without a new block for this long has lost its peers. */
const NO_BLOCK_NS = 90e9;

const decoder = new TextDecoder();

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: { readonly result?: unknown };
}

export class UniswapFeed implements FeedSession {
  private readonly rpc: RpcSocket;
  private readonly pools: Pools;
  private readonly catchUp: CatchUp;
  private readonly filter: LogFilter;
  private open = false;
  private confirmAskedNs = -1;
  private confirmedNs = 0;
  /** Newest block whose logs are complete. */
  private verified = -1;
  private lastHeadNs = 0;

  constructor(private readonly options: FeedOptions) {
    const rpc = new RpcSocket((text) => options.host.send(text));
    const isFollowing = (): boolean => this.open && !this.catchUp.isBusy;
    this.rpc = rpc;
    this.pools = new Pools(options, {
      rpc,
      get isFollowing() {
        return isFollowing();
      },
      confirm: (nowNs) => this.confirm(nowNs),
      followAnew: (reason, nowNs) => this.followAnew(reason, nowNs),
    });
    this.filter = { address: this.pools.all.map(({ address }) => address), topics: [LOG_TOPICS] };
    this.catchUp = new CatchUp(rpc, this.filter, {
      onCaughtUp: (logs, head, nowNs) => {
        this.lastHeadNs = nowNs;
        this.verified = head.number;
        this.pools.onCaughtUp(logs, head, nowNs);
        for (const held of this.catchUp.release(head)) this.onHead(held, nowNs);
        this.confirmAskedNs = -1;
        this.confirm(nowNs);
      },
      onFailed: () => this.reconnect(VenueReason.PROTOCOL),
    });
  }

  /** The whole address is in the endpoints. */
  socketPath(): string {
    return '';
  }

  onOpen(nowNs: number): void {
    this.open = true;
    this.rpc.reset();
    this.confirmAskedNs = -1;
    this.lastHeadNs = nowNs;
    this.catchUp.subscribe(this.pools.ground, nowNs);
  }

  onClose(nowNs: number): void {
    this.open = false;
    this.rpc.reset();
    this.catchUp.cancel();
    this.pools.onClose(nowNs);
  }

  /** Everything is asked over the socket. */
  onResponse(): void {}

  resync(instrument: number, reason: number, nowNs: number): void {
    const pool = this.pools.all.find((candidate) => candidate.instrument.index === instrument);
    if (pool !== undefined) this.pools.read(pool, reason, nowNs);
  }

  onTimer(nowNs: number): void {
    const { stallNs, host } = this.options;
    this.pools.onTimer(nowNs);
    if (!this.open) return;
    if (nowNs - this.rpc.oldestNs() > stallNs || nowNs - this.lastHeadNs > Math.max(NO_BLOCK_NS, stallNs)) {
      host.count('stalls');
      this.reconnect(VenueReason.STALL);
    } else if (nowNs - this.confirmedNs >= CONFIRM_NS) this.confirm(nowNs);
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    this.options.host.count('frames');
    this.pools.frame = (this.pools.frame + 1) >>> 0;
    let message: Message | null;
    try {
      message = JSON.parse(decoder.decode(bytes.subarray(0, length))) as Message | null;
    } catch {
      message = null;
    }
    if (typeof message !== 'object' || message === null) this.onMalformed(tsRecvNs);
    else if (message.method === 'eth_subscription') this.onNotification(message.params?.result, tsRecvNs);
    else if (message.id !== undefined) this.rpc.onAnswer(message, tsRecvNs);
    else this.onRecorded(message, tsRecvNs);
  }

  private onNotification(result: unknown, nowNs: number): void {
    const head = readHead(result);
    if (head !== undefined) {
      if (!this.catchUp.hold(head)) this.onHead(head, nowNs);
      return;
    }
    const log = readLog(result);
    if (log === null) this.onMalformed(nowNs);
    else if (log !== undefined) this.pools.onLog(log, nowNs);
  }

  /** A log without an envelope is how eth_getLogs gives it: a recording. */
  private onRecorded(message: object, nowNs: number): void {
    const log = readLog(message);
    if (log === null) this.options.host.count('malformed');
    if (log === null || log === undefined) return;
    this.catchUp.cancel();
    this.pools.onRecordedLog(log, nowNs);
  }

  /** It may have been a log: what is known of the pools may no longer be so. */
  private onMalformed(nowNs: number): void {
    this.options.host.count('malformed');
    if (this.pools.chain.last !== undefined) this.followAnew(ResyncReason.MALFORMED, nowNs);
  }

  private onHead(head: Head, nowNs: number): void {
    const step = this.pools.chain.onHead(head);
    if (step.kind === 'known') return;
    this.lastHeadNs = nowNs;
    if (step.kind === 'gap') this.missed(nowNs);
    else {
      this.pools.onHead(head, step, nowNs);
      this.verify(head, nowNs);
    }
  }

  /** All logs of a block, whatever of them has come. */
  private verify(head: Head, nowNs: number): void {
    const isNewest = (): boolean => this.pools.chain.last?.hash === head.hash && !this.catchUp.isBusy;
    this.rpc.askNow({ method: 'eth_getLogs', params: [{ ...this.filter, blockHash: head.hash }] }, nowNs, (result, _error, answeredNs) => {
      const logs = readLogs(result);
      if (logs === undefined) {
        if (isNewest()) this.missed(answeredNs);
        return;
      }
      if (this.catchUp.isBusy) return;
      for (const log of logs) this.pools.onLog(log, answeredNs);
      const follows = this.pools.onListed(head, logs, answeredNs);
      if (!isNewest()) return;
      if (!follows) {
        this.missed(answeredNs);
        return;
      }
      this.verified = head.number;
      this.pools.onVerified(head, answeredNs);
    });
  }

  private missed(nowNs: number): void {
    this.options.host.count('gaps');
    this.followAnew(ResyncReason.GAP, nowNs);
  }

  /** Ask for the newest block and the logs up to it, on the ground of what is known. @param reason ResyncReason */
  private followAnew(reason: number, nowNs: number): void {
    this.pools.loseAll(reason, nowNs);
    if (this.open) this.catchUp.look(this.catchUp.isBusy ? undefined : this.pools.ground, nowNs);
  }

  private confirm(nowNs: number): void {
    const isAsked = this.confirmAskedNs >= 0 && nowNs - this.confirmAskedNs < CONFIRM_AGAIN_NS;
    if (isAsked || !this.open || this.catchUp.isBusy || this.pools.chain.last === undefined) return;
    this.confirmAskedNs = nowNs;
    this.rpc.askNow({ method: 'eth_blockNumber', params: [] }, nowNs, (result, _error, answeredNs) => {
      if (this.confirmAskedNs === nowNs) this.confirmAskedNs = -1;
      this.confirmedNs = answeredNs;
      const number = quantityOf(result);
      if (number !== undefined && !this.catchUp.isBusy) this.onConfirmed(number, nowNs, answeredNs);
    });
  }

  private onConfirmed(number: number, askedNs: number, nowNs: number): void {
    const last = this.pools.chain.last?.number ?? 0;
    if (number > last && nowNs - this.lastHeadNs > HEAD_LATE_NS) this.missed(nowNs);
    else if (number === last && this.verified === last && this.pools.onConfirmed(askedNs, nowNs)) this.confirm(nowNs);
  }

  private reconnect(reason: number): void {
    this.open = false;
    this.options.host.reconnect(reason);
  }
}
