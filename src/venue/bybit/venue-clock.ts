/** The venue's clock: what is signed must carry its time, not more than a second ahead. */
import type { GatewayHost } from '../contract.js';
import type { PrivateRequests } from './private-requests.js';

const ASK_AGAIN_NS = 60e9;

export class VenueClock {
  /** The venue's clock minus this machine's, ms. */
  private offsetMs = 0;
  private askedNs = -Infinity;
  private askedMs = 0;
  /** It was asked for, whatever came of it. */
  known = false;

  /** @param onTold the venue's time is known from now on */
  constructor(private readonly host: GatewayHost, private readonly onTold: () => void) {}

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
    this.askedMs = this.host.unixMs();
    requests.add({ method: 'GET', path: '/v5/market/time', payload: '', signed: false, onAnswer: (result) => this.told(result) }, nowNs);
  }

  private told(result: unknown): void {
    const nano = Number((result as { timeNano?: unknown } | undefined)?.timeNano);
    // Half the round trip is the best guess of when the venue looked at its clock.
    if (nano > 0) this.offsetMs = nano / 1e6 - (this.askedMs + this.host.unixMs()) / 2;
    this.known = true;
    this.onTold();
  }
}
