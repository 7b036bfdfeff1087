/**
 * Who listens to what, and sending: a frame is encoded once, every listener of its topic gets the same bytes, and each
 * connection is corked for the length of a broadcast, so that it costs one system call.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** One message of market data. `book` frames are what the depth faults act on. */
export interface Frame {
  topic: string;
  text: string;
  book: boolean;
}

export interface Listener {
  readonly socket: WebSocket;
  readonly stream: Duplex;
  /** Binance's combined streams: the text comes inside `{"stream":…,"data":…}`. */
  readonly wrapped: boolean;
}

/** A listener this far behind is cut off, as a venue would do. */
const BUFFERED_BYTES_MAX = 32_000_000;

export class Topics<L extends Listener> {
  readonly #listeners = new Map<string, Set<L>>();

  has(topic: string): boolean {
    return this.#listeners.has(topic);
  }

  /** @returns false when the connection listened already. */
  add(topic: string, listener: L): boolean {
    let set = this.#listeners.get(topic);
    if (set === undefined) this.#listeners.set(topic, (set = new Set()));
    if (set.has(listener)) return false;
    set.add(listener);
    return true;
  }

  remove(topic: string, listener: L): boolean {
    const set = this.#listeners.get(topic);
    if (set === undefined || !set.delete(listener)) return false;
    if (set.size === 0) this.#listeners.delete(topic);
    return true;
  }

  removeAll(listener: L): void {
    for (const topic of this.#listeners.keys()) this.remove(topic, listener);
  }

  /** Send the frames to whoever listens; `beforeWrite` is called for each connection just before its bytes leave. */
  broadcast(frames: readonly Frame[], beforeWrite: () => void): void {
    const corked: L[] = [];
    for (const frame of frames) {
      const set = this.#listeners.get(frame.topic);
      if (set === undefined) continue;
      let bytes: Buffer | null = null;
      for (const listener of set) {
        if (!corked.includes(listener)) {
          listener.stream.cork();
          corked.push(listener);
        }
        if (listener.wrapped) listener.socket.send(`{"stream":"${frame.topic}","data":${frame.text}}`);
        else listener.socket.send((bytes ??= Buffer.from(frame.text)), { binary: false });
      }
    }
    for (const listener of corked) {
      beforeWrite();
      listener.stream.uncork();
      if (listener.socket.bufferedAmount > BUFFERED_BYTES_MAX) listener.socket.terminate();
    }
  }
}
