/** WebSocket plumbing of a venue: accept an upgrade, keep the list, ping, drop. */
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

export type Accept = (socket: WebSocket, stream: Socket, url: URL) => boolean;

export interface PingRule {
  everyMs: number;
  /** A pong must arrive within this time. */
  answerWithinMs: number;
}

const CLOSE_WAIT_MS = 250;

export class Sockets {
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1_000_000 });
  readonly #pings: NodeJS.Timeout | null;
  readonly #awaitingPong = new Map<WebSocket, number>();

  /** @param accept wires the connection up, or returns false when the path leads nowhere */
  constructor(http: Server, accept: Accept, ping: PingRule | null, nowMs: () => number) {
    http.on('upgrade', (request: IncomingMessage, stream: Socket, head: Buffer) => {
      stream.setNoDelay(true);
      this.#server.handleUpgrade(request, stream, head, (socket) => {
        socket.on('error', () => socket.terminate());
        socket.on('pong', () => this.#awaitingPong.delete(socket));
        socket.on('close', () => this.#awaitingPong.delete(socket));
        if (!this.#accepted(accept, socket, stream, request.url ?? '/')) socket.close(1008, 'Refused');
      });
    });
    this.#pings = ping === null ? null : setInterval(() => this.#pingAll(ping, nowMs()), ping.everyMs);
  }

  /** A path that cannot be read, or a limit that is reached, refuses the connection; it never ends the venue. */
  #accepted(accept: Accept, socket: WebSocket, stream: Socket, path: string): boolean {
    try {
      return accept(socket, stream, new URL(path, 'http://loopback'));
    } catch {
      return false;
    }
  }

  dropAll(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  count(): number {
    return this.#server.clients.size;
  }

  /** Say goodbye, and cut off whoever has not answered within CLOSE_WAIT_MS. */
  async close(): Promise<void> {
    if (this.#pings !== null) clearInterval(this.#pings);
    const closed = [...this.#server.clients].map((socket) => new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.terminate(), CLOSE_WAIT_MS);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.close(1001, 'The sandbox is closing');
    }));
    await Promise.all(closed);
    this.#server.close();
  }

  #pingAll(rule: PingRule, now: number): void {
    for (const socket of this.#server.clients) {
      const sinceMs = this.#awaitingPong.get(socket);
      if (sinceMs !== undefined && now - sinceMs > rule.answerWithinMs) {
        socket.terminate();
        continue;
      }
      if (sinceMs === undefined) this.#awaitingPong.set(socket, now);
      socket.ping(String(Math.floor(now)));
    }
  }
}
