/** What a venue said of itself on its feed (maintenance, too many messages): where the ring is full it stays pending until there is room. */
import { NO_INSTRUMENT, VenueChannel, VenueReason } from '../record/codes.js';
import { VenueStatus } from '../record/records.js';
import type { FeedOptions } from './contract.js';

const NOTHING = -1;

export class VenueNotice {
  private readonly status: VenueStatus;
  private state: number = NOTHING;
  private reason: number = VenueReason.NONE;

  constructor(private readonly options: FeedOptions) {
    this.status = new VenueStatus(options.sink.views);
  }

  /** @param state VenueState @param reason VenueReason */
  say(state: number, reason: number, nowNs: number): void {
    this.state = state;
    this.reason = reason;
    this.settle(nowNs);
  }

  /** The connection it was about is gone. */
  forget(): void {
    this.state = NOTHING;
  }

  /** Publish what is pending, where there is room. */
  settle(nowNs: number): void {
    if (this.state === NOTHING) return;
    const { sink, venueIndex, firstEpoch } = this.options;
    const at = sink.next();
    if (at < 0) {
      sink.abandon();
      return;
    }
    const { status } = this;
    status.begin(at, 0, venueIndex, NO_INSTRUMENT);
    status.epoch = firstEpoch;
    status.state = this.state;
    status.channel = VenueChannel.FEED;
    status.reason = this.reason;
    status.tsNs = nowNs;
    status.attempts = 0;
    status.backoffNs = 0;
    sink.flush();
    this.state = NOTHING;
  }
}
