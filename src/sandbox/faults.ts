/** What can be made to go wrong on a venue, on request. */
export const FAULTS = {
  'drop-connections': 'close every WebSocket connection, at once',
  'skip-depth': 'swallow the next `count` depth frames (of `symbol`, if given): a gap',
  'duplicate-depth': 'send the next `count` depth frames twice',
  'malformed-depth': 'cut the next `count` depth frames short, so that they are no JSON',
  'corrupt-checksum': 'Kraken, and OKX where it sends them: the next `count` book updates with a wrong checksum',
  'restart-books': 'Bybit: send every book anew with update id 1, as after a restart of the service; OKX: the sequence of every book falls, as after maintenance',
  'server-shutdown': 'Binance, OKX: announce a shutdown to every connection, and close them `ms` later',
  'stall': 'send no market data for `ms`',
  'delay-acks': 'answer the next `count` order requests `ms` late',
  'lose-ack': 'accept the next `count` orders and never answer',
  'error-after-accept': 'accept the next `count` orders and answer with a server error',
  'rate-limit': 'refuse the next `count` order requests as too many',
  'events-first': 'send the execution events of the next `count` orders before their answers',
  'reorg': 'Ethereum: the last `count` blocks are replaced by others of the same height, with the same transactions the other way round',
  'reorg-out': 'Ethereum: the same, and the transactions of clients in them wait for a later block',
  'stuck-pending': 'Ethereum: the next `count` transactions are taken and kept out of blocks for `ms`',
  'drop-transactions': 'Ethereum: the next `count` transactions are acknowledged and forgotten',
  'revert-transactions': 'Ethereum: the next `count` transactions of clients that are mined fail',
  'skip-heads': 'Ethereum: swallow the next `count` newHeads notifications',
  'late-heads': 'Ethereum: send the next `count` newHeads notifications `ms` late',
  'maintenance': 'announce maintenance and refuse orders for `ms`',
} as const;

export type FaultKind = keyof typeof FAULTS;

export interface FaultOrder {
  kind: FaultKind;
  count?: number;
  ms?: number;
  symbol?: string;
}

interface Armed {
  left: number;
  ms: number;
  symbol: string | null;
}

export function isFaultKind(text: unknown): text is FaultKind {
  return typeof text === 'string' && Object.hasOwn(FAULTS, text);
}

export class Faults {
  readonly #armed = new Map<FaultKind, Armed>();
  readonly #untilMs = new Map<FaultKind, number>();
  readonly #nowMs: () => number;
  /** Counts of faults that took effect. */
  readonly fired: Partial<Record<FaultKind, number>> = {};

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  arm(order: FaultOrder): void {
    if (order.kind === 'stall' || order.kind === 'maintenance') this.#untilMs.set(order.kind, this.#nowMs() + (order.ms ?? 1_000));
    else this.#armed.set(order.kind, { left: order.count ?? 1, ms: order.ms ?? 100, symbol: order.symbol ?? null });
  }

  /** A timed fault is on. */
  active(kind: 'stall' | 'maintenance'): boolean {
    return this.#nowMs() < (this.#untilMs.get(kind) ?? 0);
  }

  /** Use up all occurrences at once, for faults whose count is a size; returns how many there were. */
  takeAll(kind: FaultKind): number {
    const left = this.#armed.get(kind)?.left ?? 0;
    this.#armed.delete(kind);
    if (left > 0) this.fired[kind] = (this.fired[kind] ?? 0) + 1;
    return left;
  }

  /** Use up one occurrence; returns its `ms`, or null when the fault is not armed (for this symbol). */
  take(kind: FaultKind, symbol?: string): number | null {
    const armed = this.#armed.get(kind);
    if (armed === undefined || (armed.symbol !== null && symbol !== undefined && armed.symbol !== symbol)) return null;
    armed.left--;
    if (armed.left <= 0) this.#armed.delete(kind);
    this.fired[kind] = (this.fired[kind] ?? 0) + 1;
    return armed.ms;
  }
}
