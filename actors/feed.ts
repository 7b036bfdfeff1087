/** feed.<venue>: the venue's public side, its sans-I/O session around a socket or the driver of its client; writes its own ring. */
import type { Actor } from '../src/agent/actor.js';
import { Hop, nameOf, NO_INSTRUMENT, VenueChannel, VenueReason, VenueState } from '../src/record/codes.js';
import { VenueStatus } from '../src/record/records.js';
import type { FeedCounter, FeedOptions, FeedSession, Venue } from '../src/venue/contract.js';
import { isDriven, type DrivenVenue, type FeedDriver } from '../src/venue/driven.js';
import { venueById } from '../src/venue/registry.js';
import type { ActorEnvironment } from './environment.js';
import { RingSink } from './ring-sink.js';
import { VenueSocket } from './socket.js';
import { actorName, ringName } from './spec.js';

/** A restarted feed's epochs start this far above its predecessor's. */
const EPOCHS_PER_LIFE = 256;

export function createFeed(environment: ActorEnvironment, venueId: string): Actor {
  const venue = venueById(venueId);
  const feed = new Feed(environment, venueId);
  const driver = isDriven(venue) ? feed.driven(venue) : feed.connected(venue);
  return {
    name: actorName.feed(venueId),
    onStart: () => driver.start(),
    doWork: () => 0,
    onTimer: (nowNs) => driver.onTimer(nowNs),
    onClose: () => driver.close(),
    stats: () => ({ ...feed.connection, ...feed.counters }),
    onCommand(command, argument) {
      if (command === 'resync') {
        const { instrument, reason } = argument as { instrument: number; reason: number };
        driver.resync(instrument, reason, environment.nowNs());
      }
    },
  };
}

/** What both kinds of a venue's public side are given: a ring, a clock, counters, and a place to say how the connection is. */
class Feed {
  readonly counters: Record<string, number> = {};
  readonly connection = { state: nameOf(VenueState, VenueState.DOWN), reason: '', losses: 0 };
  private readonly venueIndex: number;
  private readonly sink: RingSink;
  private readonly status: VenueStatus;

  constructor(private readonly environment: ActorEnvironment, private readonly venueId: string) {
    this.venueIndex = environment.index.venues.find(({ id }) => id === venueId)!.index;
    this.sink = new RingSink(environment.ring(ringName.feed(venueId)));
    this.status = new VenueStatus(this.sink.views);
  }

  driven(venue: DrivenVenue): FeedDriver {
    const { environment } = this;
    return venue.createFeedDriver({
      ...this.options(), endpoints: environment.venue(this.venueId).endpoints,
      host: {
        nowNs: () => environment.nowNs(),
        count: (counter) => this.count(counter),
        onState: (...state) => this.onState(...state),
        report: (level, code, text) => environment.report(level, code, text),
        onPublished: (tsRecvNs) => {
          this.measure(tsRecvNs);
          environment.kick();
        },
      },
    });
  }

  connected(venue: Venue): FeedDriver {
    const { environment } = this;
    const { endpoints } = environment.venue(this.venueId);
    const session: FeedSession = venue.createFeed({
      ...this.options(), resyncOnDuplicate: true,
      host: {
        send: (text) => socket.send(text),
        request: (tag, request) => socket.request(tag, request),
        reconnect: (reason) => socket.reconnect(reason),
        count: (counter) => this.count(counter),
      },
    });
    const socket = new VenueSocket({
      venue: this.venueId, wsBase: endpoints.ws, restBase: endpoints.rest, context: environment,
      path: () => session.socketPath(),
      events: {
        onOpen: (nowNs) => session.onOpen(nowNs),
        onFrame: (bytes, length, tsRecvNs) => {
          session.onFrame(bytes, length, tsRecvNs);
          this.measure(tsRecvNs);
        },
        onResponse: (...answer) => session.onResponse(...answer),
        onClose: (nowNs) => session.onClose(nowNs),
        onState: (...state) => this.onState(...state),
      },
    });
    return {
      start: () => socket.connect(),
      onTimer: (nowNs) => session.onTimer(nowNs),
      resync: (instrument, reason, nowNs) => session.resync(instrument, reason, nowNs),
      close: () => socket.close(),
    };
  }

  private options(): Omit<FeedOptions, 'host' | 'resyncOnDuplicate'> {
    const { index, spec, life } = this.environment;
    const { depth, stallNs, settings } = this.environment.venue(this.venueId);
    return {
      instruments: index.instruments.filter((instrument) => instrument.venue.id === this.venueId),
      venueIndex: this.venueIndex, sink: this.sink, depth, stallNs, settings,
      epochUnixNs: spec.session.epoch.unixNs,
      firstEpoch: ((life * EPOCHS_PER_LIFE) & 0xffff) + 1,
    };
  }

  private count(counter: FeedCounter): void {
    this.counters[counter] = (this.counters[counter] ?? 0) + 1;
  }

  private measure(tsRecvNs: number): void {
    this.environment.latency.record(Hop.RECV_TO_PUBLISH, this.environment.nowNs() - tsRecvNs);
  }

  private onState(state: number, reason: number, attempts: number, backoffNs: number): void {
    const { connection, sink, status } = this;
    connection.state = nameOf(VenueState, state);
    connection.reason = state === VenueState.UP ? '' : nameOf(VenueReason, reason);
    if (state === VenueState.DOWN) connection.losses++;
    const at = sink.next();
    if (at < 0) return sink.abandon();
    status.begin(at, 0, this.venueIndex, NO_INSTRUMENT);
    status.epoch = 0;
    status.state = state;
    status.channel = VenueChannel.FEED;
    status.reason = reason;
    status.tsNs = this.environment.nowNs();
    status.attempts = attempts;
    status.backoffNs = backoffNs;
    return sink.flush();
  }
}
