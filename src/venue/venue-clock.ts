/** The venue's clock, asked for by REST: what is signed must carry its time. */
import type { GatewayHost, HttpRequest } from './contract.js';
import type { RestRequests } from './rest-requests.js';

const ASK_AGAIN_NS = 60e9;

export class VenueClock {
  /** The venue's clock minus this machine's, ms. */
  private offsetMs = 0;
  private askedNs = -Infinity;
  private askedMs = 0;
  /** It was asked for, whatever came of it. */
  known = false;

  /**
   * @param path where the time is told @param unixMsOf Unix time in ms in the answer's result, NaN where it is not
   * @param onTold the venue's time is known from now on
   */
  constructor(private readonly host: GatewayHost, private readonly path: string, private readonly unixMsOf: (result: unknown) => number, private readonly onTold: () => void) {}

  /** Unix time by the venue's clock as far as we know it, whole ms. */
  nowMs(): number {
    return Math.trunc(this.host.unixMs() + this.offsetMs);
  }

  /** Ask for it, where that was not done within the last minute. */
  follow(requests: RestRequests, nowNs: number): void {
    if (nowNs - this.askedNs >= ASK_AGAIN_NS) this.ask(requests, nowNs);
  }

  ask(requests: RestRequests, nowNs: number): void {
    this.askedNs = nowNs;
    const make = (): HttpRequest => {
      // It may have waited its turn, or be asked again.
      this.askedMs = this.host.unixMs();
      return { method: 'GET', path: this.path };
    };
    requests.add({ path: this.path, make, onAnswer: (result) => this.told(result) }, nowNs);
  }

  private told(result: unknown): void {
    const unixMs = this.unixMsOf(result);
    // Half the round trip is the best guess of when the venue looked at its clock.
    if (unixMs > 0) this.offsetMs = unixMs - (this.askedMs + this.host.unixMs()) / 2;
    this.known = true;
    this.onTold();
  }
}
