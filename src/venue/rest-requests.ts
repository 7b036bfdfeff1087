/**
 * A gateway's REST requests, a few at a time and paced below the account's limits. Each is signed when its turn comes.
 * What fails for a passing reason is asked again; after a refusal nothing is asked for as long as the venue wants.
 */
import type { GatewayHost, HttpRequest } from './contract.js';

export interface RestRequest {
  /** Names the question: a waiting one can be dropped by it. */
  readonly path: string;
  readonly make: () => HttpRequest;
  /** The result, or the venue's code where that is not 0. */
  readonly onAnswer: (result: unknown, code: number, nowNs: number) => void;
}

/** A venue's words in its REST answers. */
export interface RestRules {
  /** @returns the result and the venue's code; 0 = all is well, -1 = nothing came that can be read */
  read(status: number, body: Uint8Array): { readonly result?: unknown; readonly code: number };
  /** Whether the same question may be answered a little later. */
  isPassing(status: number, code: number): boolean;
  /** How long nothing may be asked after this answer, ns. */
  pauseNs(status: number, code: number): number;
  /** Half of what one account may ask for. */
  readonly requestsPerSecond: number;
}

interface Queued extends RestRequest {
  attempts: number;
}

const IN_FLIGHT_MAX = 8;
const ATTEMPTS_MAX = 5;

export class RestRequests {
  private queue: Queued[] = [];
  private readonly inFlight = new Map<number, Queued>();
  private tag = 0;
  private open = false;
  private notBeforeNs = 0;
  private tokens: number;
  private tokensNs = 0;

  constructor(private readonly host: GatewayHost, private readonly rules: RestRules) {
    this.tokens = rules.requestsPerSecond;
  }

  onOpen(): void {
    this.open = true;
  }

  /** The host drops the answers of what is on its way; it is asked again after the next opening. */
  onClose(): void {
    this.open = false;
    this.queue.unshift(...this.inFlight.values());
    this.inFlight.clear();
  }

  add(request: RestRequest, nowNs: number): void {
    this.queue.push({ ...request, attempts: 0 });
    this.pump(nowNs);
  }

  /** Forget waiting requests of a path. */
  drop(path: string): void {
    this.queue = this.queue.filter((queued) => queued.path !== path);
  }

  pump(nowNs: number): void {
    const { requestsPerSecond } = this.rules;
    this.tokens = Math.min(requestsPerSecond, this.tokens + ((nowNs - this.tokensNs) * requestsPerSecond) / 1e9);
    this.tokensNs = nowNs;
    while (this.open && nowNs >= this.notBeforeNs && this.tokens >= 1 && this.inFlight.size < IN_FLIGHT_MAX && this.queue.length > 0) this.send(this.queue.shift()!);
  }

  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number): void {
    const answered = this.inFlight.get(tag);
    if (answered === undefined) return;
    this.inFlight.delete(tag);
    const { result, code } = this.rules.read(status, body);
    if (code !== 0) this.host.count('requestErrors');
    this.notBeforeNs = Math.max(this.notBeforeNs, nowNs + this.rules.pauseNs(status, code));
    if (this.rules.isPassing(status, code) && answered.attempts < ATTEMPTS_MAX) this.queue.unshift(answered);
    else answered.onAnswer(result, code, nowNs);
    this.pump(nowNs);
  }

  private send(next: Queued): void {
    this.tokens--;
    next.attempts++;
    this.inFlight.set(++this.tag, next);
    this.host.request(this.tag, next.make());
  }
}
