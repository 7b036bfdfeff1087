/** Market-stream connections: `/ws`, `/ws/STREAM`, `/stream?streams=A/B`, and their JSON commands. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Listener, Topics } from '../topics.js';

const STREAMS_MAX = 1_024;
const MESSAGES_PER_SECOND = 5;

interface Command {
  method?: unknown;
  params?: unknown;
  id?: unknown;
}

export class StreamConnection implements Listener {
  readonly socket: WebSocket;
  readonly stream: Duplex;
  wrapped: boolean;
  readonly #topics: Topics<StreamConnection>;
  readonly #subscribed = new Set<string>();
  readonly #wallMs: () => number;
  #windowStartMs = 0;
  #windowCount = 0;

  constructor(socket: WebSocket, stream: Duplex, topics: Topics<StreamConnection>, wallMs: () => number, streams: readonly string[], combined: boolean) {
    this.socket = socket;
    this.stream = stream;
    this.#topics = topics;
    this.#wallMs = wallMs;
    this.wrapped = combined;
    for (const name of streams) this.#subscribe(name);
    socket.on('message', (data: Buffer) => this.#command(data.toString('utf8')));
    socket.on('ping', () => this.#count());
    socket.on('pong', () => this.#count());
    socket.on('close', () => this.#topics.removeAll(this));
  }

  /** Announce that the venue is about to close this connection. */
  announceShutdown(timeMs: number): void {
    const event = { e: 'serverShutdown', E: timeMs };
    this.#send(this.wrapped ? { stream: '!serverShutdown', data: event } : event);
  }

  #subscribe(name: string): void {
    if (this.#subscribed.size >= STREAMS_MAX && !this.#subscribed.has(name)) return;
    this.#subscribed.add(name);
    this.#topics.add(name, this);
  }

  /** Five incoming messages a second, pings and pongs included; more ends the connection. */
  #count(): void {
    const now = this.#wallMs();
    if (now - this.#windowStartMs >= 1_000) {
      this.#windowStartMs = now;
      this.#windowCount = 0;
    }
    if (++this.#windowCount > MESSAGES_PER_SECOND) this.socket.close(1008, 'Too many requests');
  }

  #command(text: string): void {
    this.#count();
    let command: Command;
    try {
      command = JSON.parse(text) as Command;
    } catch (error) {
      this.#send({ code: 3, msg: `Invalid JSON: ${(error as Error).message}` });
      return;
    }
    const id = command?.id ?? null;
    const params: unknown[] = Array.isArray(command?.params) ? command.params : [];
    const names = params.filter((name): name is string => typeof name === 'string');
    switch (command?.method) {
      case 'SUBSCRIBE':
      case 'UNSUBSCRIBE':
        if (names.length === 0 || names.length !== params.length) return this.#refuse(2, 'Invalid request: params must be a list of stream names', id);
        if (command.method === 'UNSUBSCRIBE') for (const name of names) this.#unsubscribe(name);
        else if (new Set([...this.#subscribed, ...names]).size > STREAMS_MAX) return this.#refuse(2, `Invalid request: more than ${STREAMS_MAX} streams`, id);
        else for (const name of names) this.#subscribe(name);
        return this.#send({ result: null, id });
      case 'LIST_SUBSCRIPTIONS':
        return this.#send({ result: [...this.#subscribed], id });
      case 'SET_PROPERTY':
        if (params[0] !== 'combined') return this.#refuse(0, 'Unknown property', id);
        if (typeof params[1] !== 'boolean') return this.#refuse(1, 'Invalid value type: expected Boolean', id);
        this.wrapped = params[1];
        return this.#send({ result: null, id });
      case 'GET_PROPERTY':
        if (params[0] !== 'combined') return this.#refuse(0, 'Unknown property', id);
        return this.#send({ result: this.wrapped, id });
      default:
        return this.#refuse(2, 'Invalid request: unknown variant', id);
    }
  }

  #unsubscribe(name: string): void {
    this.#subscribed.delete(name);
    this.#topics.remove(name, this);
  }

  #refuse(code: number, msg: string, id: unknown): void {
    this.#send({ code, msg, id });
  }

  #send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }
}
