/** Ethereum JSON-RPC over one WebSocket: questions, each with what is to be done with its answer, a bounded number at a time. */
import type { RpcCall } from './json-rpc.js';

export interface RpcError {
  readonly code: number;
  readonly message: string;
  /** Bytes with which a contract reverted. */
  readonly data: unknown;
}

/** What came: a result, or why there is none. */
export type OnResult = (result: unknown, error: RpcError | undefined, nowNs: number) => void;

interface Pending {
  readonly onResult: OnResult;
  readonly askedNs: number;
}

/** Questions on their way at once; more wait here. */
const IN_FLIGHT_MAX = 64;
/** Questions that may wait: a pool's ticks are a few hundred. */
const WAITING_MAX = 1 << 16;

export class RpcSocket {
  private nextId = 1;
  private readonly pending = new Map<number, Pending>();
  private waiting: (() => void)[] = [];
  private nextWaiting = 0;

  constructor(private readonly send: (text: string) => void) {}

  /** The connection is new, or gone: nothing that was asked will be answered. */
  reset(): void {
    this.pending.clear();
    this.waiting = [];
    this.nextWaiting = 0;
  }

  ask(call: RpcCall, nowNs: number, onResult: OnResult): void {
    if (this.pending.size < IN_FLIGHT_MAX) this.write(call, nowNs, onResult);
    else if (this.waiting.length - this.nextWaiting < WAITING_MAX) this.waiting.push(() => this.write(call, nowNs, onResult));
  }

  /** At once, whatever waits: orders do not queue behind reads. */
  askNow(call: RpcCall, nowNs: number, onResult: OnResult): void {
    this.write(call, nowNs, onResult);
  }

  /** When the oldest question without an answer was asked; Infinity when there is none. */
  oldestNs(): number {
    for (const { askedNs } of this.pending.values()) return askedNs;
    return Infinity;
  }

  /** An answer of the node. @returns false where it answers nothing that was asked */
  onAnswer(message: { readonly id?: unknown; readonly result?: unknown; readonly error?: unknown }, nowNs: number): boolean {
    const pending = typeof message.id === 'number' ? this.pending.get(message.id) : undefined;
    if (pending === undefined) return false;
    this.pending.delete(message.id as number);
    pending.onResult(message.result, errorOf(message.error), nowNs);
    while (this.pending.size < IN_FLIGHT_MAX && this.nextWaiting < this.waiting.length) this.waiting[this.nextWaiting++]();
    if (this.nextWaiting === this.waiting.length) {
      this.waiting = [];
      this.nextWaiting = 0;
    }
    return true;
  }

  private write({ method, params }: RpcCall, askedNs: number, onResult: OnResult): void {
    const id = this.nextId++;
    this.pending.set(id, { onResult, askedNs });
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  }
}

function errorOf(value: unknown): RpcError | undefined {
  if (value === undefined || value === null) return undefined;
  const { code, message, data } = (typeof value === 'object' ? value : {}) as { code?: unknown; message?: unknown; data?: unknown };
  return { code: typeof code === 'number' ? code : 0, message: typeof message === 'string' ? message : '', data };
}
