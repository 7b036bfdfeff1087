/**
 * How a venue's orders travel: over the sockets of its sans-I/O session, through the driver of its client, or, on paper,
 * nowhere. The gateway sees one thing that takes orders.
 */
import type { ClientOrderIds } from '../src/execution/client-order-id.js';
import { Hop, VenueState } from '../src/record/codes.js';
import type { RecordSink } from '../src/record/slot.js';
import type { GatewayCounter, GatewayHost, GatewayOptions, GatewaySession, OrderSocketSession, OrderTaker, Venue } from '../src/venue/contract.js';
import { isDriven, type DrivenVenue } from '../src/venue/driven.js';
import { venueById } from '../src/venue/registry.js';
import type { ActorEnvironment } from './environment.js';
import { createPaperSession } from './paper.js';
import { VenueSocket, type SocketEvents } from './socket.js';

/** How precisely paper orders arrive. */
const PAPER_TURN_MS = 1;

export interface OrderLine {
  readonly taker: OrderTaker;
  start(): void;
  close(): void | Promise<void>;
}

export interface OrderLineOptions {
  readonly environment: ActorEnvironment;
  readonly venueId: string;
  readonly venueIndex: number;
  readonly sink: RecordSink;
  readonly ids: ClientOrderIds;
  count(counter: GatewayCounter): void;
  /** Something was heard: `ready` may have changed. */
  onHeard(): void;
  /** A connection is not up. @param state VenueState @param reason VenueReason */
  onDown(state: number, reason: number, attempts: number, backoffNs: number): void;
}

export function openOrderLine(options: OrderLineOptions): OrderLine {
  if (options.environment.spec.config.mode === 'paper') return paperLine(options);
  const venue = venueById(options.venueId);
  return isDriven(venue) ? drivenLine(options, venue) : socketLine(options, venue);
}

/** There is no socket whose events give the session its turns. */
function paperLine({ environment, venueId, sink }: OrderLineOptions): OrderLine {
  const session = createPaperSession(environment, venueId, sink);
  let pacer: NodeJS.Timeout | undefined;
  return {
    taker: session,
    start() {
      session.onOpen(environment.nowNs());
      pacer = setInterval(() => {
        session.onTimer(environment.nowNs());
        environment.kick();
      }, PAPER_TURN_MS);
    },
    close: () => clearInterval(pacer),
  };
}

function drivenLine(options: OrderLineOptions, venue: DrivenVenue): OrderLine {
  const { environment, venueId } = options;
  const driver = venue.createGatewayDriver!({
    ...sessionOptions(options), endpoints: environment.venue(venueId).endpoints,
    host: {
      nowNs: () => environment.nowNs(),
      unixMs: () => Date.now(),
      count: (counter) => options.count(counter),
      onState: (...state) => onState(options, ...state),
      report: (level, code, text) => environment.report(level, code, text),
      onReported() {
        options.onHeard();
        environment.kick();
      },
      onAnswered: (tookNs) => environment.latency.record(Hop.SENT_TO_ACK, tookNs),
    },
  });
  return { taker: driver, start: () => driver.start(), close: () => driver.close() };
}

function socketLine(options: OrderLineOptions, venue: Venue): OrderLine {
  const { endpoints } = options.environment.venue(options.venueId);
  const host: GatewayHost = {
    send: (text) => streams.send(text),
    request: (tag, request) => streams.request(tag, request),
    reconnect: (reason) => streams.reconnect(reason),
    orderEntry: { send: (text) => orders!.send(text), reconnect: (reason) => orders!.reconnect(reason) },
    unixMs: () => Date.now(),
    count: (counter) => options.count(counter),
  };
  const session: GatewaySession = venue.createGateway!({ ...sessionOptions(options), host });
  const streams = gatewaySocket(options, endpoints.wsPrivate, session, (...answer) => session.onResponse(...answer));
  /** For orders alone, where the venue has one. */
  const orders = session.orderEntry === undefined ? undefined : gatewaySocket(options, endpoints.wsOrders ?? endpoints.wsPrivate, session.orderEntry, () => {});
  return {
    taker: session,
    start() {
      streams.connect();
      orders?.connect();
    },
    close() {
      streams.close();
      orders?.close();
    },
  };
}

function gatewaySocket(options: OrderLineOptions, wsBase: string, side: OrderSocketSession, onResponse: SocketEvents['onResponse']): VenueSocket {
  const { environment, venueId } = options;
  return new VenueSocket({
    venue: `${venueId} gateway`, wsBase, restBase: environment.venue(venueId).endpoints.rest, context: environment,
    path: () => side.socketPath(),
    events: {
      onOpen: (nowNs) => side.onOpen(nowNs),
      onFrame(bytes, length, tsRecvNs) {
        side.onFrame(bytes, length, tsRecvNs);
        options.onHeard();
      },
      onResponse(...answer) {
        onResponse(...answer);
        options.onHeard();
      },
      onClose: (nowNs) => side.onClose(nowNs),
      onState: (...state) => onState(options, ...state),
    },
  });
}

/** Open is not ready: logging on and subscribing come first. */
function onState(options: OrderLineOptions, state: number, reason: number, attempts: number, backoffNs: number): void {
  if (state !== VenueState.UP) options.onDown(state, reason, attempts, backoffNs);
}

function sessionOptions({ environment, venueId, venueIndex, sink, ids }: OrderLineOptions): Omit<GatewayOptions, 'host'> {
  const { index, spec } = environment;
  const { credentials, settings } = environment.venue(venueId);
  const assets = new Map(index.assets.map(({ code, index: number }) => [code, number]));
  return {
    instruments: index.instruments.filter((instrument) => instrument.venue.id === venueId),
    venueIndex, sink, credentials: credentials!, settings,
    epochUnixNs: spec.session.epoch.unixNs,
    assetIndex: (code) => assets.get(code),
    orderIdOf: (text) => ids.parse(text),
    clientOrderIdOf: (orderId) => ids.text(orderId),
  };
}
