/** Bybit's signatures: HMAC-SHA256 in lower-case hex, or RSA-SHA256 in base64. Source: bybit-exchange.github.io/docs/v5/guide, "Authentication". */
import { createHmac, createPrivateKey, createSign, type KeyObject } from 'node:crypto';
import { RingsideError } from '../../model/errors.js';
import type { HttpRequest, VenueCredentials } from '../contract.js';

/** How late a request may arrive, ms: after that it is refused, and certainly not carried out. */
export const RECV_WINDOW_MS = 5000;

export class BybitSigner {
  readonly apiKey: string;
  private readonly secret: string;
  private readonly key: KeyObject | undefined;

  /** @throws RingsideError CREDENTIALS */
  constructor({ apiKey, secret, privateKey }: VenueCredentials) {
    this.apiKey = apiKey;
    this.secret = secret;
    if (privateKey === undefined) return;
    try {
      this.key = createPrivateKey(privateKey);
    } catch (cause) {
      throw new RingsideError('CREDENTIALS', 'the private key is no PEM key', { where: 'bybit', fix: 'Give the RSA key as PEM, or key and secret.', cause });
    }
  }

  sign(text: string): string {
    if (this.key === undefined) return createHmac('sha256', this.secret).update(text).digest('hex');
    return createSign('RSA-SHA256').update(text).sign(this.key, 'base64');
  }

  /** A signed GET. @param query as it goes into the address */
  get(path: string, query: string, unixMs: number): HttpRequest {
    return { method: 'GET', path: query === '' ? path : `${path}?${query}`, headers: this.headers(query, unixMs) };
  }

  /** A signed POST of exactly this body. */
  post(path: string, body: string, unixMs: number): HttpRequest {
    return { method: 'POST', path, headers: { 'content-type': 'application/json', ...this.headers(body, unixMs) }, body };
  }

  /** The frame that logs a socket on. @param expiresMs Unix time until which it may arrive */
  logon(requestId: string, expiresMs: number): string {
    return JSON.stringify({ req_id: requestId, op: 'auth', args: [this.apiKey, expiresMs, this.sign(`GET/realtime${expiresMs}`)] });
  }

  private headers(payload: string, unixMs: number): Record<string, string> {
    const timestamp = String(unixMs);
    return {
      'X-BAPI-API-KEY': this.apiKey,
      'X-BAPI-TIMESTAMP': timestamp,
      'X-BAPI-RECV-WINDOW': String(RECV_WINDOW_MS),
      'X-BAPI-SIGN': this.sign(timestamp + this.apiKey + String(RECV_WINDOW_MS) + payload),
    };
  }
}
