/** Kraken's REST signature and nonce, and the tokens that open the private WebSocket. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface KrakenKeys {
  apiKey: string;
  /** Base64. */
  secret: string;
}

/** Seconds within which a token must be used first. */
export const TOKEN_SECONDS = 900;

export function krakenKeysOf(seed: number): KrakenKeys {
  const derive = (what: string): Buffer => createHash('sha512').update(`ringside sandbox kraken ${what} ${seed}`).digest();
  return { apiKey: derive('key').toString('base64').replace(/[+/=]/g, 'x').slice(0, 56), secret: derive('secret').toString('base64') };
}

/** base64(HMAC-SHA512(secret, path + SHA256(nonce + body))) */
export function apiSign(secret: string, path: string, nonce: string, body: string): string {
  const digest = createHash('sha256').update(nonce + body).digest();
  return createHmac('sha512', Buffer.from(secret, 'base64')).update(path).update(digest).digest('base64');
}

export class KrakenAuth {
  readonly #keys: KrakenKeys;
  readonly #nowMs: () => number;
  readonly #tokens = new Map<string, { issuedMs: number; used: boolean }>();
  #lastNonce = -1n;
  #issued = 0;

  constructor(keys: KrakenKeys, nowMs: () => number) {
    this.#keys = keys;
    this.#nowMs = nowMs;
  }

  /** @returns Kraken's error text, or null when the request may pass. */
  check(path: string, body: string, nonce: string | undefined, apiKey: string | undefined, sign: string | undefined): string | null {
    if (apiKey !== this.#keys.apiKey) return 'EAPI:Invalid key';
    if (nonce === undefined || !/^\d{1,20}$/.test(nonce)) return 'EAPI:Invalid nonce';
    const expected = Buffer.from(apiSign(this.#keys.secret, path, nonce, body));
    const given = Buffer.from(sign ?? '');
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return 'EAPI:Invalid signature';
    if (BigInt(nonce) <= this.#lastNonce) return 'EAPI:Invalid nonce';
    this.#lastNonce = BigInt(nonce);
    return null;
  }

  issueToken(): string {
    const token = createHash('sha256').update(`${this.#keys.secret}:${++this.#issued}`).digest('base64url');
    this.#tokens.set(token, { issuedMs: this.#nowMs(), used: false });
    return token;
  }

  /** A token must be used within TOKEN_SECONDS; once used on a connection it stays good. */
  acceptToken(token: unknown): boolean {
    const known = typeof token === 'string' ? this.#tokens.get(token) : undefined;
    if (known === undefined || (!known.used && this.#nowMs() - known.issuedMs > TOKEN_SECONDS * 1000)) return false;
    known.used = true;
    return true;
  }
}
