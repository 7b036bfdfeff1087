/** Kraken's REST signature. Source: docs.kraken.com, "Spot REST authentication". */
import { createHash, createHmac } from 'node:crypto';
import type { HttpRequest, VenueCredentials } from '../contract.js';

/** API-Sign: base64(HMAC-SHA512(key = base64 secret, path + SHA256(nonce + body))). */
export function apiSign(secret: string, path: string, nonce: string, body: string): string {
  const digest = createHash('sha256').update(nonce + body).digest();
  return createHmac('sha512', Buffer.from(secret, 'base64')).update(path).update(digest).digest('base64');
}

/** Nonces must grow strictly per key, over restarts too: microseconds of the wall clock, or one more than the last. */
export class NonceSource {
  private last = 0;

  next(unixMs: number): string {
    this.last = Math.max(this.last + 1, Math.floor(unixMs * 1000));
    return String(this.last);
  }
}

/** A signed private request, form-encoded. @param fields in the order they are sent, without the nonce */
export function signedRequest(credentials: VenueCredentials, path: string, nonce: string, fields: Readonly<Record<string, string>> = {}): HttpRequest {
  const body = new URLSearchParams({ nonce, ...fields }).toString();
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'api-key': credentials.apiKey,
      'api-sign': apiSign(credentials.secret, path, nonce, body),
    },
    body,
  };
}
