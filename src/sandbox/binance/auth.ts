/**
 * Who may do what: key, timing and signature. REST signs the percent-encoded payload as sent (query, then body, with
 * nothing between); the WebSocket API signs its parameters sorted by name. HMAC-SHA256 (hex), Ed25519 and RSA (base64).
 */
import { createHash, createHmac, createPrivateKey, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { BinanceError, badRequest } from './errors.js';

export interface BinanceKeys {
  apiKey: string;
  secret: string;
  /** PKCS#8 PEM; its public half is registered for the same API key. */
  ed25519PrivateKey: string;
}

/** PKCS#8 head of an Ed25519 private key; the 32-byte seed follows. */
const ED25519_PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const RECV_WINDOW_MS = 5_000;
const RECV_WINDOW_MS_MAX = 60_000;
const AHEAD_MS_MAX = 1_000;

/** Keys that follow from the seed, so that two runs with one seed accept the same client. */
export function keysOf(seed: number): BinanceKeys {
  const derive = (what: string): Buffer => createHash('sha512').update(`ringside sandbox binance ${what} ${seed}`).digest();
  const der = Buffer.concat([ED25519_PKCS8_HEAD, derive('ed25519').subarray(0, 32)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    apiKey: derive('key').toString('hex').slice(0, 64), secret: derive('secret').toString('hex').slice(0, 64),
    ed25519PrivateKey: key.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}

export class BinanceAuth {
  readonly #keys: BinanceKeys;
  readonly #ed25519: KeyObject;
  readonly #rsa: KeyObject | null;
  readonly #nowMs: () => number;

  /** @param rsaPublicKey PEM of an RSA key to accept for the same API key, or null. */
  constructor(keys: BinanceKeys, rsaPublicKey: string | null, nowMs: () => number) {
    this.#keys = keys;
    this.#ed25519 = createPublicKey(createPrivateKey(keys.ed25519PrivateKey));
    this.#rsa = rsaPublicKey === null ? null : createPublicKey(rsaPublicKey);
    this.#nowMs = nowMs;
  }

  checkKey(apiKey: string | undefined): void {
    if (apiKey === undefined || apiKey === '') throw badRequest(-2014, 'API-key format invalid.');
    if (apiKey !== this.#keys.apiKey) throw new BinanceError(401, -2015, 'Invalid API-key, IP, or permissions for action.');
  }

  checkTiming(timestamp: string | undefined, recvWindow: string | undefined): void {
    if (timestamp === undefined || timestamp === '') throw badRequest(-1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.");
    const given = Number(timestamp);
    const windowMs = recvWindow === undefined ? RECV_WINDOW_MS : Number(recvWindow);
    if (!Number.isFinite(given)) throw badRequest(-1100, "Illegal characters found in parameter 'timestamp'; legal range is '^[0-9]{1,20}$'.");
    if (!(windowMs > 0) || windowMs > RECV_WINDOW_MS_MAX) throw badRequest(-1131, `recvWindow must be less than ${RECV_WINDOW_MS_MAX}`);
    const sentMs = given > 1e14 ? given / 1000 : given;
    const now = this.#nowMs();
    if (sentMs >= now + AHEAD_MS_MAX) throw badRequest(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    if (now - sentMs > windowMs) throw badRequest(-1021, 'Timestamp for this request is outside of the recvWindow.');
  }

  /** @param ed25519Only as `session.logon` demands */
  checkSignature(payload: string, signature: string | undefined, ed25519Only = false): void {
    if (signature === undefined || signature === '') throw badRequest(-1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.");
    const data = Buffer.from(payload);
    const isHex = /^[0-9a-fA-F]{64}$/.test(signature);
    if (isHex && !ed25519Only && this.#hmacMatches(data, signature)) return;
    if (!isHex && this.#publicKeyMatches(data, Buffer.from(signature, 'base64'), ed25519Only)) return;
    throw badRequest(-1022, 'Signature for this request is not valid.');
  }

  #hmacMatches(data: Buffer, signature: string): boolean {
    const expected = createHmac('sha256', this.#keys.secret).update(data).digest();
    return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
  }

  #publicKeyMatches(data: Buffer, signature: Buffer, ed25519Only: boolean): boolean {
    if (signature.length === 64 && verify(null, data, this.#ed25519, signature)) return true;
    return !ed25519Only && this.#rsa !== null && verify('RSA-SHA256', data, this.#rsa, signature);
  }
}

/** REST: what was signed and the signature, from the query and body as they were sent. The signature may stand in either. */
export function splitSigned(query: string, body: string): { payload: string; signature: string | undefined } {
  let signature: string | undefined;
  const strip = (text: string): string => text.split('&').filter((part) => {
    if (!part.startsWith('signature=')) return true;
    signature = decoded(part.slice('signature='.length));
    return false;
  }).join('&');
  const payload = strip(query) + strip(body);
  return { payload, signature };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** WebSocket API: `k=v` pairs sorted by name, values as they are. */
export function sortedPayload(params: ReadonlyMap<string, string>): string {
  return [...params].filter(([name]) => name !== 'signature').sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`).join('&');
}
