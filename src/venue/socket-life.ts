/** What the sockets of gateways have in common: they log on, ping every 20 s, and are given up when nothing comes. */
import { VenueReason } from '../record/codes.js';
import type { SocketHost } from './contract.js';

const PING_NS = 20e9;
/** Two pongs missed. */
const STALL_NS = 45e9;

export class SocketLife {
  open = false;
  loggedOn = false;
  private asked = false;
  private lastFrameNs = 0;
  private pingedNs = 0;

  /** @param ping the frame that the venue answers */
  constructor(private readonly host: SocketHost, private readonly ping: string) {}

  onOpen(nowNs: number): void {
    this.open = true;
    this.loggedOn = false;
    this.asked = false;
    this.lastFrameNs = nowNs;
    this.pingedNs = nowNs;
  }

  /** Send the frame that logs on, once a connection. */
  logOn(text: () => string): void {
    if (!this.open || this.asked) return;
    this.asked = true;
    this.host.send(text());
  }

  onClose(): void {
    this.open = false;
    this.loggedOn = false;
  }

  onFrame(nowNs: number): void {
    this.lastFrameNs = nowNs;
  }

  onTimer(nowNs: number): void {
    if (!this.open) return;
    if (nowNs - this.lastFrameNs > STALL_NS) this.reconnect(VenueReason.STALL);
    else if (nowNs - this.pingedNs > PING_NS) {
      this.pingedNs = nowNs;
      this.host.send(this.ping);
    }
  }

  /** @param reason VenueReason */
  reconnect(reason: number): void {
    this.open = false;
    this.loggedOn = false;
    this.host.reconnect(reason);
  }
}
