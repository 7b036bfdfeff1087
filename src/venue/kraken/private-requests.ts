/**
 * Signed REST requests, one at a time: nonces must reach the venue in the order they were made, and two sockets do not
 * keep that order. What fails for a passing reason is tried again; the venue's call counter is honoured.
 */
import type { GatewayHost, VenueCredentials } from '../contract.js';
import { NonceSource, signedRequest } from './signer.js';
import { isPassing } from './venue-error.js';

export interface PrivateRequest {
  readonly path: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** What it adds to the call counter. */
  readonly points: number;
  /** The result, or the venue's error (`EService:Unavailable` where no answer came). */
  readonly onAnswer: (result: unknown, error: string | undefined, nowNs: number) => void;
}

interface Queued extends PrivateRequest {
  attempts: number;
}

/** Call counter of the middle tier: it fills to 20 and falls by a half a second. */
const POINTS_MAX = 20;
const POINTS_PER_NS = 0.5 / 1e9;
const ATTEMPTS_MAX = 5;
const RETRY_NS = 1e9;
const RATE_PAUSE_NS = 5e9;
const LOCKOUT_PAUSE_NS = 60e9;

const decoder = new TextDecoder();

export class PrivateRequests {
  private queue: Queued[] = [];
  private inFlight: Queued | undefined;
  private tag = 0;
  private open = false;
  private notBeforeNs = 0;
  private points = 0;
  private pointsNs = 0;
  private readonly nonces = new NonceSource();

  constructor(private readonly host: GatewayHost, private readonly credentials: VenueCredentials) {}

  onOpen(): void {
    this.open = true;
  }

  /** The host drops the answer of what is on its way; it is asked again after the next opening. */
  onClose(): void {
    this.open = false;
    if (this.inFlight !== undefined) this.queue.unshift(this.inFlight);
    this.inFlight = undefined;
    this.tag++;
  }

  /** @param first before everything that waits: nothing works without a token */
  add(request: PrivateRequest, nowNs: number, first = false): void {
    const queued: Queued = { ...request, attempts: 0 };
    if (first) this.queue.unshift(queued);
    else this.queue.push(queued);
    this.pump(nowNs);
  }

  /** Forget waiting requests of a path. */
  drop(path: string): void {
    this.queue = this.queue.filter((queued) => queued.path !== path);
  }

  pump(nowNs: number): void {
    const next = this.queue[0];
    if (!this.open || this.inFlight !== undefined || next === undefined || nowNs < this.notBeforeNs) return;
    this.points = Math.max(0, this.points - (nowNs - this.pointsNs) * POINTS_PER_NS);
    this.pointsNs = nowNs;
    if (this.points + next.points > POINTS_MAX) return;
    this.points += next.points;
    this.queue.shift();
    this.inFlight = next;
    next.attempts++;
    this.host.request(++this.tag, signedRequest(this.credentials, next.path, this.nonces.next(this.host.unixMs()), next.fields));
  }

  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number): void {
    const answered = this.inFlight;
    if (tag !== this.tag || answered === undefined) return;
    this.inFlight = undefined;
    const { result, error } = readAnswer(status, body);
    if (error !== undefined) {
      this.host.count('requestErrors');
      if (isPassing(error) && answered.attempts < ATTEMPTS_MAX) {
        this.notBeforeNs = nowNs + (/lockout/i.test(error) ? LOCKOUT_PAUSE_NS : /rate limit/i.test(error) ? RATE_PAUSE_NS : /nonce/i.test(error) ? 0 : RETRY_NS);
        this.queue.unshift(answered);
        this.pump(nowNs);
        return;
      }
    }
    answered.onAnswer(result, error, nowNs);
    this.pump(nowNs);
  }
}

function readAnswer(status: number, body: Uint8Array): { result?: unknown; error?: string } {
  if (status === 429) return { error: 'EAPI:Rate limit exceeded' };
  if (status < 200 || status >= 300) return { error: 'EService:Unavailable' };
  try {
    const answer = JSON.parse(decoder.decode(body)) as { error?: unknown; result?: unknown };
    const error: unknown = Array.isArray(answer.error) ? answer.error[0] : undefined;
    return typeof error === 'string' ? { error } : { result: answer.result };
  } catch {
    return { error: 'EService:Unavailable' };
  }
}
