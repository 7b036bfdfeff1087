/**
 * What the library's sockets do, seen from outside: it opens, closes and reopens them by itself, as many as an exchange's
 * streams need, and tells of it by methods that are there to be overridden.
 */
import type { Client } from './client.js';

export interface ConnectionEvents {
  /** The first one is open. */
  onUp(): void;
  /** The last one is gone. */
  onDown(error: unknown): void;
  /** A message arrived and is about to be handled. */
  onMessage(): void;
}

interface Socket {
  readonly url: string;
}

export class Connections {
  private readonly open = new Set<string>();

  constructor(private readonly client: Client, private readonly events: ConnectionEvents) {
    const connected = client.onConnected.bind(client);
    const failed = client.onError.bind(client);
    const closed = client.onClose.bind(client);
    const handle = client.handleMessage.bind(client);
    client.onConnected = (socket: Socket, message?: unknown) => {
      connected(socket, message);
      this.add(socket);
    };
    client.onError = (socket: Socket, error: unknown) => {
      failed(socket, error);
      this.remove(socket, error);
    };
    client.onClose = (socket: Socket, error: unknown) => {
      closed(socket, error);
      this.remove(socket, error);
    };
    client.handleMessage = (socket: unknown, message: unknown) => {
      events.onMessage();
      return handle(socket, message);
    };
  }

  get count(): number {
    return this.open.size;
  }

  /** Cut all of them; whoever waits for a stream opens them anew. */
  drop(): void {
    for (const socket of Object.values(this.client.clients)) void socket.close();
  }

  private add({ url }: Socket): void {
    this.open.add(url);
    if (this.open.size === 1) this.events.onUp();
  }

  private remove({ url }: Socket, error: unknown): void {
    if (this.open.delete(url) && this.open.size === 0) this.events.onDown(error);
  }
}
