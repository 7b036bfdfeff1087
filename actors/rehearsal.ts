/**
 * Keeps the way from frame to order warm. A thread that has waited for 100 ms finds its code and data gone from the
 * core's caches, and a decision that takes 10 µs in a row takes 300. So between two events made-up markets go on being
 * traded (warm-up.ts), and the text of an order travels through a WebSocket of our own on loopback. Nothing of it
 * touches a ring, a ledger or a venue.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Actor, ActorContext } from '../src/agent/actor.js';
import { VenueState } from '../src/record/codes.js';
import { VenueSocket } from './socket.js';
import { warmUp } from './warm-up.js';

/** Every 2 ms would make the median 6 % shorter, for two and a half times the garbage. */
const EVERY_MS = 5;
/** Made-up frames a turn: one that crosses the venues and one that ends it. */
const ROUNDS = 2;
/** As long as a depth update of some levels. */
const FRAME = Buffer.from('x'.repeat(750));

/** What happens on a rehearsal's socket concerns nobody. */
function quiet(context: ActorContext): ActorContext {
  return { nowNs: () => context.nowNs(), kick: () => undefined, tell: () => undefined, report: () => undefined };
}

export class Rehearsal {
  private readonly rounds = warmUp(Infinity, ROUNDS);
  /** The texts of orders may carry what lets others trade: whoever finds the port and not this is turned away. */
  private readonly path = `/${randomUUID()}`;
  private readonly socket: VenueSocket;
  private server: WebSocketServer | undefined;
  private venue: WebSocket | undefined;
  private timer: NodeJS.Timeout | undefined;
  private port = 0;

  constructor(private readonly actors: readonly Actor[], context: ActorContext) {
    const ignore = (): void => undefined;
    this.socket = new VenueSocket({
      venue: 'rehearsal', wsBase: 'ws://127.0.0.1:', restBase: '', path: () => `${this.port}${this.path}`, context: quiet(context),
      events: { onOpen: ignore, onClose: ignore, onState: (state) => this.onState(state), onResponse: ignore, onFrame: () => this.answer() },
    });
  }

  /** Resolves when the made-up venue listens; where it may not, there is no rehearsal of the sockets. */
  async start(): Promise<void> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: this.path, perMessageDeflate: false, clientTracking: false });
    server.once('connection', (venue) => {
      this.venue = venue;
      venue.on('message', () => undefined);
      server.close(); // one is enough
    });
    this.server = server;
    await once(server, 'listening').then(() => {
      this.port = (server.address() as AddressInfo).port;
      this.socket.connect();
    }, () => undefined);
    this.timer = setInterval(() => this.turn(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.rounds.return(0);
    this.socket.close();
    this.venue?.terminate();
    this.server?.close();
  }

  /** Once it is lost the port is anybody's: nothing connects to it again. */
  private onState(state: number): void {
    if (state === VenueState.DOWN) this.socket.close();
  }

  private turn(): void {
    this.rounds.next();
    this.venue?.send(FRAME, { binary: false });
  }

  private answer(): void {
    for (const actor of this.actors) {
      const text = actor.rehearse?.();
      if (text !== undefined) this.socket.send(text);
    }
  }
}
