/** One WebSocket connection to the node. What happens within a step is sent when the step is over, in one write. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { NO_ANSWER } from './rpc.js';
import type { Rpc } from './rpc.js';
import type { Subscriber } from './subscriptions.js';

/** A client this far behind is cut off, as a node does. */
const BUFFERED_BYTES_MAX = 32_000_000;

export class Connection implements Subscriber {
  #pending: string[] = [];

  /** @param isSilent nothing is said now: it waits */
  constructor(private readonly socket: WebSocket, private readonly stream: Duplex, private readonly rpc: Rpc, private readonly isSilent: () => boolean) {
    socket.on('message', (bytes: Buffer, isBinary: boolean) => {
      if (!isBinary) void this.#answer(bytes.toString('utf8'));
    });
  }

  notify(text: string): void {
    this.#pending.push(text);
  }

  notifyLater(text: string, ms: number): void {
    setTimeout(() => this.socket.send(text), ms).unref();
  }

  get waiting(): boolean {
    return this.#pending.length > 0 && !this.isSilent();
  }

  flush(): void {
    this.stream.cork();
    for (const text of this.#pending) this.socket.send(text);
    this.#pending = [];
    this.stream.uncork();
    if (this.socket.bufferedAmount > BUFFERED_BYTES_MAX) this.socket.terminate();
  }

  async #answer(text: string): Promise<void> {
    const answer = await this.rpc.answer(text, this);
    if (answer === null || answer === NO_ANSWER) return;
    const reply = JSON.stringify(answer);
    if (this.isSilent()) this.notify(reply);
    else this.socket.send(reply);
  }
}
