/**
 * Signed REST requests: orders at once, everything else paced behind them. Questions that fail for a passing reason are
 * asked again; an order never is. After "too many requests" nothing is asked for a while.
 */
import type { GatewayHost, HttpRequest } from '../contract.js';
import { RequestBudget } from './request-budget.js';
import { authorised, type CoinbaseSigner } from './signer.js';
import { isPassing } from './venue-error.js';

export interface PrivateRequest {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly query?: string;
  readonly body?: string;
  /** It leaves now, for the first time or again. */
  readonly onSent?: () => void;
  /** @param status HTTP status, 0 = no answer came @param answer the body where it is JSON, else undefined */
  readonly onAnswer: (status: number, answer: unknown, nowNs: number) => void;
}

interface Pending extends PrivateRequest {
  /** It may be asked again: it changes nothing, or nothing more the second time. */
  readonly repeatable: boolean;
  attempts: number;
}

const IN_FLIGHT_MAX = 16;
const ATTEMPTS_MAX = 5;
const RETRY_NS = 500e6;
const RATE_PAUSE_NS = 1e9;

const decoder = new TextDecoder();

export class PrivateRequests {
  private queue: Pending[] = [];
  private readonly inFlight = new Map<number, Pending>();
  private readonly budget = new RequestBudget();
  private tag = 0;
  private open = false;
  private notBeforeNs = 0;

  /** @param venueMs Unix time by the venue's clock */
  constructor(private readonly host: GatewayHost, private readonly signer: CoinbaseSigner, private readonly venueMs: () => number) {}

  onOpen(): void {
    this.open = true;
  }

  /** The host drops the answers of what is on its way: questions wait for the next opening, of orders nobody knows. */
  onClose(nowNs: number): void {
    this.open = false;
    const lost = [...this.inFlight.values()];
    this.inFlight.clear();
    this.queue.unshift(...lost.filter(({ repeatable }) => repeatable));
    for (const { repeatable, onAnswer } of lost) if (!repeatable) onAnswer(0, undefined, nowNs);
  }

  /** Ask, as soon as the limits allow. */
  add(request: PrivateRequest, nowNs: number): void {
    this.queue.push({ ...request, repeatable: true, attempts: 0 });
    this.pump(nowNs);
  }

  /** Whether an order may leave now. */
  mayOrder(nowNs: number): boolean {
    return this.open && nowNs >= this.notBeforeNs && this.budget.mayOrder(nowNs);
  }

  /** Send an order now, once. @param token for its method and path */
  order(request: PrivateRequest, token: string): void {
    this.transmit({ ...request, repeatable: false, attempts: 0 }, token);
  }

  /** Forget waiting requests of a path. */
  drop(path: string): void {
    this.queue = this.queue.filter((pending) => pending.path !== path);
  }

  pump(nowNs: number): void {
    while (this.open && nowNs >= this.notBeforeNs && this.inFlight.size < IN_FLIGHT_MAX && this.queue.length > 0 && this.budget.mayAsk(nowNs)) {
      const next = this.queue.shift()!;
      this.transmit(next, this.signer.tokenFor(next.method, next.path, this.venueMs()));
    }
  }

  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number, retryAfterNs: number): void {
    const answered = this.inFlight.get(tag);
    if (answered === undefined) return;
    this.inFlight.delete(tag);
    const answer = jsonOf(body);
    const failed = status < 200 || status >= 300;
    if (failed || answer === undefined) this.host.count('requestErrors');
    if (status === 429) {
      this.host.count('rateLimited');
      this.notBeforeNs = nowNs + (retryAfterNs > 0 ? retryAfterNs : RATE_PAUSE_NS);
    }
    if (answered.repeatable && isPassing(status) && answered.attempts < ATTEMPTS_MAX) {
      if (status !== 429) this.notBeforeNs = Math.max(this.notBeforeNs, nowNs + RETRY_NS);
      this.queue.unshift(answered);
    } else answered.onAnswer(status, answer, nowNs);
    this.pump(nowNs);
  }

  private transmit(next: Pending, token: string): void {
    const { method, path, query, body, onSent } = next;
    next.attempts++;
    this.budget.take();
    this.inFlight.set(++this.tag, next);
    onSent?.();
    this.host.request(this.tag, authorised(method, query === undefined ? path : `${path}?${query}`, token, body));
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    return undefined;
  }
}
