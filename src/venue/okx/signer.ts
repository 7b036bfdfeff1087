/** OKX's signatures: base64 of HMAC-SHA256 over time, method, path with query, and body. Source: okx.com/docs-v5, "REST Authentication", "Login". */
import { createHmac } from 'node:crypto';
import { RingsideError } from '../../model/errors.js';
import type { HttpRequest, VenueCredentials } from '../contract.js';

const LOGIN_PATH = '/users/self/verify';

export class OkxSigner {
  private readonly passphrase: string;

  /** @throws RingsideError CREDENTIALS where the passphrase is missing */
  constructor(private readonly credentials: VenueCredentials) {
    if (credentials.passphrase === undefined || credentials.passphrase === '') {
      throw new RingsideError('CREDENTIALS', 'OKX keys have a passphrase, and none was given', { where: 'okx passphrase', fix: 'Set OKX_API_PASSPHRASE to the passphrase chosen when the key was made.' });
    }
    this.passphrase = credentials.passphrase;
  }

  sign(payload: string): string {
    return createHmac('sha256', this.credentials.secret).update(payload).digest('base64');
  }

  /** A private REST request. @param path with its query @param unixMs by the venue's clock; 30 s off is too much */
  request(method: 'GET' | 'POST', path: string, unixMs: number, body = ''): HttpRequest {
    const timestamp = new Date(unixMs).toISOString();
    return {
      method, path,
      headers: {
        ...(body === '' ? {} : { 'content-type': 'application/json' }),
        'ok-access-key': this.credentials.apiKey,
        'ok-access-sign': this.sign(timestamp + method + path + body),
        'ok-access-timestamp': timestamp,
        'ok-access-passphrase': this.passphrase,
      },
      ...(body === '' ? {} : { body }),
    };
  }

  /** The message that logs a socket on: its time is in seconds, unlike REST's. */
  login(unixMs: number): string {
    const timestamp = String(Math.floor(unixMs / 1000));
    return JSON.stringify({ op: 'login', args: [{ apiKey: this.credentials.apiKey, passphrase: this.passphrase, timestamp, sign: this.sign(`${timestamp}GET${LOGIN_PATH}`) }] });
  }
}
