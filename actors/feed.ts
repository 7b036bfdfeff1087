/** feed.<venue>: the venue's public socket and REST around its sans-I/O feed session; writes its own ring. */
import type { Actor } from '../src/agent/actor.js';
import { Hop, nameOf, NO_INSTRUMENT, VenueChannel, VenueReason, VenueState } from '../src/record/codes.js';
import { VenueStatus } from '../src/record/records.js';
import type { FeedSession } from '../src/venue/contract.js';
import { venueById } from '../src/venue/registry.js';
import type { ActorEnvironment } from './environment.js';
import { RingSink } from './ring-sink.js';
import { VenueSocket } from './socket.js';
import { actorName, ringName } from './spec.js';

/** A restarted feed's epochs start this far above its predecessor's. */
const EPOCHS_PER_LIFE = 256;

export function createFeed(environment: ActorEnvironment, venueId: string): Actor {
  const { index, spec, latency } = environment;
  const venue = venueById(venueId);
  const { endpoints, depth, stallNs, settings } = environment.venue(venueId);
  const venueIndex = index.venues.find(({ id }) => id === venueId)!.index;
  const sink = new RingSink(environment.ring(ringName.feed(venueId)));
  const status = new VenueStatus(sink.views);
  const counters: Record<string, number> = {};
  const connection = { state: nameOf(VenueState, VenueState.DOWN), reason: '', losses: 0 };

  const session: FeedSession = venue.createFeed({ resyncOnDuplicate: true,
    instruments: index.instruments.filter((instrument) => instrument.venue.id === venueId),
    venueIndex, sink, depth, stallNs, settings,
    epochUnixNs: spec.session.epoch.unixNs,
    firstEpoch: ((environment.life * EPOCHS_PER_LIFE) & 0xffff) + 1,
    host: {
      send: (text) => socket.send(text),
      request: (tag, request) => socket.request(tag, request),
      reconnect: (reason) => socket.reconnect(reason),
      count: (counter) => void (counters[counter] = (counters[counter] ?? 0) + 1),
    },
  });

  const socket = new VenueSocket({
    venue: venueId, wsBase: endpoints.ws, restBase: endpoints.rest, context: environment,
    path: () => session.socketPath(),
    events: {
      onOpen: (nowNs) => session.onOpen(nowNs),
      onFrame(bytes, length, tsRecvNs) {
        session.onFrame(bytes, length, tsRecvNs);
        latency.record(Hop.RECV_TO_PUBLISH, environment.nowNs() - tsRecvNs);
      },
      onResponse: (tag, code, body, nowNs) => session.onResponse(tag, code, body, nowNs),
      onClose: (nowNs) => session.onClose(nowNs),
      onState(state, reason, attempts, backoffNs) {
        connection.state = nameOf(VenueState, state);
        connection.reason = state === VenueState.UP ? '' : nameOf(VenueReason, reason);
        if (state === VenueState.DOWN) connection.losses++;
        const at = sink.next();
        if (at < 0) return sink.abandon();
        status.begin(at, 0, venueIndex, NO_INSTRUMENT);
        status.epoch = 0;
        status.state = state;
        status.channel = VenueChannel.FEED;
        status.reason = reason;
        status.tsNs = environment.nowNs();
        status.attempts = attempts;
        status.backoffNs = backoffNs;
        return sink.flush();
      },
    },
  });

  return {
    name: actorName.feed(venueId),
    onStart: () => socket.connect(),
    doWork: () => 0,
    onTimer: (nowNs) => session.onTimer(nowNs),
    onClose: () => socket.close(),
    stats: () => ({ ...connection, ...counters }),
    onCommand(command, argument) {
      if (command === 'resync') {
        const { instrument, reason } = argument as { instrument: number; reason: number };
        session.resync(instrument, reason, environment.nowNs());
      }
    },
  };
}
