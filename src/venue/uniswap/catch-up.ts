/**
 * From a new connection, or after missed heads, to the newest block: subscriptions first, then the newest head, then the
 * logs between the head that was known and it, where that one is still part of the chain. Logs and heads that come
 * meanwhile wait.
 */
import { readHead, type Head } from './chain.js';
import { readLogs, type PoolLog } from './log.js';
import type { RpcSocket } from './rpc-socket.js';
import { quantity } from './words.js';

/** More blocks than this are not asked for: reading the pools anew costs less, and nodes refuse long ranges. */
const BLOCKS_MAX = 300;
/** Logs may come after the heads of later blocks: so many blocks before the known head are asked for too. */
export const BLOCKS_BEFORE = 2;

export interface LogFilter {
  readonly address: readonly string[];
  readonly topics: readonly (readonly string[])[];
}

export interface CatchUpReader {
  /** @param logs since the known head, in the chain's order; undefined: the pools have to be read */
  onCaughtUp(logs: readonly PoolLog[] | undefined, head: Head, nowNs: number): void;
  /** The node refused something without which nothing works. */
  onFailed(): void;
}

export class CatchUp {
  /** Between the first question and the last answer. */
  isBusy = false;
  private attempt = 0;
  private held: Head[] = [];

  constructor(private readonly rpc: RpcSocket, private readonly filter: LogFilter, private readonly reader: CatchUpReader) {}

  /** On a new connection. @param known head up to which all is known; undefined: nothing is */
  subscribe(known: Head | undefined, nowNs: number): void {
    const attempt = this.begin();
    const subscribe = (params: readonly unknown[], then: (nowNs: number) => void): void =>
      this.rpc.ask({ method: 'eth_subscribe', params }, nowNs, (result, error, answeredNs) => {
        if (attempt !== this.attempt) return;
        if (error !== undefined || typeof result !== 'string') this.reader.onFailed();
        else then(answeredNs);
      });
    subscribe(['logs', this.filter], () => {});
    subscribe(['newHeads'], (answeredNs) => this.look(known, answeredNs));
  }

  /** On a connection that is subscribed. */
  look(known: Head | undefined, nowNs: number): void {
    const attempt = this.begin();
    this.header('latest', nowNs, attempt, (head, answeredNs) => {
      if (head === undefined) this.reader.onFailed();
      else if (known === undefined || head.number < known.number || head.number - known.number > BLOCKS_MAX) this.end(undefined, head, answeredNs);
      else this.verify(known, head, attempt, answeredNs);
    });
  }

  cancel(): void {
    this.attempt++;
    this.isBusy = false;
    this.held = [];
  }

  /** Keep a head for later while busy. */
  hold(head: Head): boolean {
    if (this.isBusy) this.held.push(head);
    return this.isBusy;
  }

  /** Heads that came meanwhile and are newer than that of the end. */
  release(head: Head): Head[] {
    return this.held.splice(0).filter(({ number }) => number > head.number);
  }

  private begin(): number {
    this.isBusy = true;
    return ++this.attempt;
  }

  private end(logs: readonly PoolLog[] | undefined, head: Head, nowNs: number): void {
    this.isBusy = false;
    this.reader.onCaughtUp(logs, head, nowNs);
  }

  private header(block: string, nowNs: number, attempt: number, then: (head: Head | undefined, nowNs: number) => void): void {
    this.rpc.ask({ method: 'eth_getBlockByNumber', params: [block, false] }, nowNs, (result, _error, answeredNs) => {
      if (attempt === this.attempt) then(readHead(result), answeredNs);
    });
  }

  private verify(known: Head, head: Head, attempt: number, nowNs: number): void {
    this.header(quantity(known.number), nowNs, attempt, (found, answeredNs) => {
      if (found?.hash !== known.hash) this.end(undefined, head, answeredNs);
      else this.askLogs(known, head, attempt, answeredNs);
    });
  }

  private askLogs(known: Head, head: Head, attempt: number, nowNs: number): void {
    const range = { fromBlock: quantity(Math.max(0, known.number - BLOCKS_BEFORE)), toBlock: quantity(head.number) };
    this.rpc.ask({ method: 'eth_getLogs', params: [{ ...this.filter, ...range }] }, nowNs, (result, _error, answeredNs) => {
      if (attempt === this.attempt) this.end(readLogs(result), head, answeredNs);
    });
  }
}
