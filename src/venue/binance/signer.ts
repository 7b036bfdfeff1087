/** Binance's signatures: HMAC-SHA256 in hex with the secret, or Ed25519 in base64 with a private key. */
import { createHmac, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { RingsideError } from '../../model/errors.js';
import type { VenueCredentials } from '../contract.js';

export class BinanceSigner {
  readonly apiKey: string;
  private readonly secret: string;
  private readonly privateKey: KeyObject | undefined;

  /** @throws RingsideError CREDENTIALS when the private key is no Ed25519 key */
  constructor(credentials: VenueCredentials) {
    this.apiKey = credentials.apiKey;
    this.secret = credentials.secret;
    this.privateKey = credentials.privateKey === undefined ? undefined : ed25519(credentials.privateKey);
  }

  /** Only an Ed25519 key may log a session on. */
  get canLogOn(): boolean {
    return this.privateKey !== undefined;
  }

  sign(payload: string): string {
    if (this.privateKey !== undefined) return sign(null, Buffer.from(payload), this.privateKey).toString('base64');
    return createHmac('sha256', this.secret).update(payload).digest('hex');
  }

  /** Parameters of a WS-API request, signed: sorted by name, joined raw, not percent-encoded. */
  signParams(params: Readonly<Record<string, string | number>>): Record<string, string | number> {
    const all: Record<string, string | number> = { ...params, apiKey: this.apiKey };
    const payload = Object.keys(all).sort().map((name) => `${name}=${all[name]}`).join('&');
    return { ...all, signature: this.sign(payload) };
  }

  /** A REST query, percent-encoded first and then signed (mandatory since 2026-01-15). */
  signQuery(params: Readonly<Record<string, string | number>>): string {
    const query = Object.entries(params).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return `${query}&signature=${encodeURIComponent(this.sign(query))}`;
  }
}

function ed25519(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new RingsideError('CREDENTIALS', 'the private key cannot be read', { where: 'binance privateKey', fix: 'Give an Ed25519 private key as PEM (PKCS#8), as `openssl genpkey -algorithm ed25519` writes it.', cause });
  }
  throw new RingsideError('CREDENTIALS', 'the private key is no Ed25519 key', { where: 'binance privateKey', fix: 'session.logon takes Ed25519 keys only; leave privateKey out to sign with the secret.' });
}
