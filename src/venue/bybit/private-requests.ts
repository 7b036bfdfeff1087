/**
 * REST requests, a few at a time and paced below the account's limits. What fails for a passing reason is asked again;
 * after a refusal of the address (HTTP 403) nothing is asked for as long as the venue wants.
 */
import type { GatewayHost } from '../contract.js';
import type { BybitSigner } from './signer.js';
import { Code, isPassing, reasonOf } from './venue-error.js';
import { RejectReason } from '../../record/codes.js';

export interface PrivateRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Query of a GET, body of a POST. */
  readonly payload: string;
  readonly signed: boolean;
  /** The result, or the venue's code where that is not 0. */
  readonly onAnswer: (result: unknown, code: number, nowNs: number) => void;
}

interface Queued extends PrivateRequest {
  attempts: number;
}

const IN_FLIGHT_MAX = 8;
/** Half of what one account may ask for, a second. */
const REQUESTS_PER_NS = 10 / 1e9;
const BURST = 10;
const ATTEMPTS_MAX = 5;
const RETRY_NS = 500e6;
const RATE_PAUSE_NS = 1e9;
const BANNED_NS = 600e9;

const decoder = new TextDecoder();

export class PrivateRequests {
  private queue: Queued[] = [];
  private readonly inFlight = new Map<number, Queued>();
  private tag = 0;
  private open = false;
  private notBeforeNs = 0;
  private tokens = BURST;
  private tokensNs = 0;

  /** @param venueMs Unix time by the venue's clock */
  constructor(private readonly host: GatewayHost, private readonly signer: BybitSigner, private readonly venueMs: () => number) {}

  onOpen(): void {
    this.open = true;
  }

  /** The host drops the answers of what is on its way; it is asked again after the next opening. */
  onClose(): void {
    this.open = false;
    this.queue.unshift(...this.inFlight.values());
    this.inFlight.clear();
  }

  add(request: PrivateRequest, nowNs: number): void {
    this.queue.push({ ...request, attempts: 0 });
    this.pump(nowNs);
  }

  /** Forget waiting requests of a path. */
  drop(path: string): void {
    this.queue = this.queue.filter((queued) => queued.path !== path);
  }

  pump(nowNs: number): void {
    this.tokens = Math.min(BURST, this.tokens + (nowNs - this.tokensNs) * REQUESTS_PER_NS);
    this.tokensNs = nowNs;
    while (this.open && nowNs >= this.notBeforeNs && this.tokens >= 1 && this.inFlight.size < IN_FLIGHT_MAX && this.queue.length > 0) this.send(this.queue.shift()!);
  }

  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number): void {
    const answered = this.inFlight.get(tag);
    if (answered === undefined) return;
    this.inFlight.delete(tag);
    const { result, code } = readAnswer(status, body);
    if (code !== Code.OK) this.host.count('requestErrors');
    if (status === 403) this.notBeforeNs = nowNs + BANNED_NS;
    else if (isPassing(code) && answered.attempts < ATTEMPTS_MAX) {
      this.notBeforeNs = nowNs + (reasonOf(code) === RejectReason.RATE_LIMITED ? RATE_PAUSE_NS : RETRY_NS);
      this.queue.unshift(answered);
      this.pump(nowNs);
      return;
    }
    answered.onAnswer(result, code, nowNs);
    this.pump(nowNs);
  }

  private send(next: Queued): void {
    const { method, path, payload } = next;
    this.tokens--;
    next.attempts++;
    this.inFlight.set(++this.tag, next);
    if (!next.signed) this.host.request(this.tag, { method, path });
    else this.host.request(this.tag, method === 'GET' ? this.signer.get(path, payload, this.venueMs()) : this.signer.post(path, payload, this.venueMs()));
  }
}

function readAnswer(status: number, body: Uint8Array): { result?: unknown; code: number } {
  if (status < 200 || status >= 300) return { code: Code.NO_ANSWER };
  try {
    const { retCode, result } = JSON.parse(decoder.decode(body)) as { retCode?: unknown; result?: unknown };
    if (typeof retCode !== 'number') return { code: Code.NO_ANSWER };
    return retCode === Code.OK ? { result, code: Code.OK } : { code: retCode };
  } catch {
    return { code: Code.NO_ANSWER };
  }
}
