/** Bybit's signatures: HMAC-SHA256 in hex over time, key, window and payload; of sockets over the path and a time in the future. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { BybitError, refusals } from './errors.js';
import type { HttpRequest } from '../http.js';

export interface BybitKeys {
  apiKey: string;
  secret: string;
}

const RECV_WINDOW_MS = 5_000;
const RECV_WINDOW_MS_MAX = 60_000;
/** How far a request's time may be ahead. */
const AHEAD_MS = 1_000;

export function bybitKeysOf(seed: number): BybitKeys {
  const derive = (what: string): string => createHash('sha512').update(`ringside sandbox bybit ${what} ${seed}`).digest('base64').replace(/[+/=]/g, 'x');
  return { apiKey: derive('key').slice(0, 18), secret: derive('secret').slice(0, 36) };
}

export class BybitAuth {
  readonly #keys: BybitKeys;
  readonly #nowMs: () => number;

  constructor(keys: BybitKeys, nowMs: () => number) {
    this.#keys = keys;
    this.#nowMs = nowMs;
  }

  /** @throws BybitError */
  checkRequest({ method, query, body, headers }: HttpRequest): void {
    const header = (name: string): string => String(headers[name] ?? '');
    const timestamp = header('x-bapi-timestamp');
    const window = header('x-bapi-recv-window');
    if (header('x-bapi-api-key') !== this.#keys.apiKey) throw refusals.key();
    this.checkTime(timestamp, window);
    this.#checkSign(timestamp + this.#keys.apiKey + window + (method === 'GET' ? query : body), header('x-bapi-sign'));
  }

  /** @throws BybitError when a request would be too old, or comes from the future */
  checkTime(timestamp: string, window: string): void {
    const sentMs = Number(timestamp);
    const windowMs = window === '' ? RECV_WINDOW_MS : Number(window);
    if (!/^\d{13}$/.test(timestamp) || !(windowMs > 0 && windowMs <= RECV_WINDOW_MS_MAX)) throw refusals.params('timestamp or recv_window');
    const nowMs = this.#nowMs();
    if (sentMs < nowMs - windowMs || sentMs >= nowMs + AHEAD_MS) throw refusals.clock();
  }

  /** The arguments of `auth`: key, time until which it is good, signature. */
  acceptLogon(args: unknown): boolean {
    const [apiKey, expires, signature] = Array.isArray(args) ? (args as unknown[]) : [];
    const expiresMs = Number(expires);
    if (apiKey !== this.#keys.apiKey || !(expiresMs > this.#nowMs())) return false;
    try {
      this.#checkSign(`GET/realtime${expiresMs}`, String(signature));
      return true;
    } catch (error) {
      if (error instanceof BybitError) return false;
      throw error;
    }
  }

  #checkSign(text: string, given: string): void {
    const expected = Buffer.from(createHmac('sha256', this.#keys.secret).update(text).digest('hex'));
    const actual = Buffer.from(given);
    if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) throw refusals.sign();
  }
}
