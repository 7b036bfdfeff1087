/** The venue's clock: tokens are good from one of its seconds to another. */
import type { GatewayHost } from '../contract.js';
import { isFields } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';

const TIME_PATH = '/api/v3/brokerage/time';
const ASK_AGAIN_NS = 60e9;

export class VenueClock {
  /** The venue's clock minus this machine's, ms. */
  private offsetMs = 0;
  private askedNs = -Infinity;
  private askedMs = 0;

  constructor(private readonly host: GatewayHost) {}

  /** Unix time by the venue's clock as far as we know it, whole ms. */
  nowMs(): number {
    return Math.trunc(this.host.unixMs() + this.offsetMs);
  }

  /** Ask for it, where that was not done within the last minute. */
  follow(requests: PrivateRequests, nowNs: number): void {
    if (nowNs - this.askedNs >= ASK_AGAIN_NS) this.ask(requests, nowNs);
  }

  ask(requests: PrivateRequests, nowNs: number): void {
    this.askedNs = nowNs;
    requests.drop(TIME_PATH);
    const onSent = (): void => {
      this.askedMs = this.host.unixMs();
    };
    requests.add({ method: 'GET', path: TIME_PATH, onSent, onAnswer: (_status, answer) => this.told(answer) }, nowNs);
  }

  private told(answer: unknown): void {
    const ms = isFields(answer) ? Number(answer.epochMillis) : NaN;
    // Half the round trip is the best guess of when the venue looked at its clock.
    if (ms > 0) this.offsetMs = ms - (this.askedMs + this.host.unixMs()) / 2;
  }
}
