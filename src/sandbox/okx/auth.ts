/** OKX's signatures: HMAC-SHA256 in base64 over time, method, path with query, and body; of sockets over a fixed path. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../http.js';
import { OkxError, refusals } from './errors.js';

export interface OkxKeys {
  apiKey: string;
  secret: string;
  passphrase: string;
}

const VALID_MS = 30_000;

export function okxKeysOf(seed: number): OkxKeys {
  const derive = (what: string): string => createHash('sha512').update(`ringside sandbox okx ${what} ${seed}`).digest('hex');
  const key = derive('key').slice(0, 32);
  return { apiKey: [key.slice(0, 8), key.slice(8, 12), key.slice(12, 16), key.slice(16, 20), key.slice(20)].join('-'), secret: derive('secret').slice(0, 32).toUpperCase(), passphrase: derive('passphrase').slice(0, 16) };
}

export class OkxAuth {
  readonly #keys: OkxKeys;
  readonly #nowMs: () => number;

  constructor(keys: OkxKeys, nowMs: () => number) {
    this.#keys = keys;
    this.#nowMs = nowMs;
  }

  /** @throws OkxError */
  checkRequest({ method, path, query, body, headers }: HttpRequest): void {
    const header = (name: string): string => String(headers[`ok-access-${name}`] ?? '');
    if (header('key') !== this.#keys.apiKey) throw refusals.key();
    if (header('passphrase') !== this.#keys.passphrase) throw refusals.passphrase();
    const timestamp = header('timestamp');
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(timestamp)) throw refusals.timestamp();
    if (!this.#isFresh(Date.parse(timestamp))) throw refusals.expired();
    if (!this.#isSigned(timestamp + method + path + (query === '' ? '' : `?${query}`) + body, header('sign'))) throw refusals.sign();
  }

  /** The argument of `login`. @throws OkxError */
  checkLogin(argument: Readonly<Record<string, unknown>>): void {
    const text = (name: string): string => (typeof argument[name] === 'string' ? argument[name] : '');
    const timestamp = text('timestamp');
    if (text('apiKey') !== this.#keys.apiKey) throw new OkxError('60005', 'Invalid apiKey');
    if (text('passphrase') !== this.#keys.passphrase) throw new OkxError('60024', 'Wrong passphrase');
    if (!/^\d{10}$/.test(timestamp)) throw new OkxError('60004', 'Invalid timestamp');
    if (!this.#isFresh(Number(timestamp) * 1000)) throw new OkxError('60006', 'Timestamp request expired');
    if (!this.#isSigned(`${timestamp}GET/users/self/verify`, text('sign'))) throw new OkxError('60007', 'Invalid sign');
  }

  #isFresh(sentMs: number): boolean {
    return Math.abs(this.#nowMs() - sentMs) <= VALID_MS;
  }

  #isSigned(text: string, given: string): boolean {
    const expected = Buffer.from(createHmac('sha256', this.#keys.secret).update(text).digest('base64'));
    const actual = Buffer.from(given);
    return expected.length === actual.length && timingSafeEqual(expected, actual);
  }
}
