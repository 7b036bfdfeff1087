/**
 * A JSON Web Token for every request: ES256 with a PEM EC key, EdDSA with an Ed25519 key. It names method and path (REST)
 * or nothing (WebSocket), and is good for two minutes.
 * Source: docs.cdp.coinbase.com, "Coinbase App API key authentication".
 */
import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { RingsideError } from '../../model/errors.js';
import type { HttpRequest, VenueCredentials } from '../contract.js';

/** The host that tokens name, whatever address stands before it. */
const HOST = 'api.coinbase.com';
const LIFETIME_S = 120;
const SEED_BYTES = 32;
/** What precedes the seed in an Ed25519 key as PKCS#8. */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export class CoinbaseSigner {
  private readonly keyName: string;
  private readonly key: KeyObject;
  private readonly algorithm: 'ES256' | 'EdDSA';
  private nonces = 0;

  /** @throws RingsideError CREDENTIALS when the key is neither a P-256 nor an Ed25519 key */
  constructor({ apiKey, secret, privateKey }: VenueCredentials) {
    this.keyName = apiKey;
    this.key = readKey(privateKey ?? secret);
    this.algorithm = algorithmOf(this.key);
  }

  /** @param uri `POST api.coinbase.com/api/v3/brokerage/orders`, without query; undefined for a WebSocket subscription */
  token(uri: string | undefined, unixMs: number, lifetimeS = LIFETIME_S): string {
    const nonce = createHash('sha256').update(`${this.keyName} ${unixMs} ${this.nonces++}`).digest('hex').slice(0, 32);
    return this.tokenOf(uri, Math.floor(unixMs / 1000), nonce, lifetimeS);
  }

  /** The same with a given nonce. */
  tokenOf(uri: string | undefined, unixS: number, nonce: string, lifetimeS = LIFETIME_S): string {
    const header = { alg: this.algorithm, typ: 'JWT', kid: this.keyName, nonce };
    const claims = { sub: this.keyName, iss: 'cdp', nbf: unixS, exp: unixS + lifetimeS, ...(uri === undefined ? {} : { uri }) };
    const text = `${base64url(header)}.${base64url(claims)}`;
    const signature = this.algorithm === 'EdDSA' ? sign(null, Buffer.from(text), this.key) : sign('sha256', Buffer.from(text), { key: this.key, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }

  /** A token for one REST request. @param path without query */
  tokenFor(method: HttpRequest['method'], path: string, unixMs: number, lifetimeS = LIFETIME_S): string {
    return this.token(`${method} ${HOST}${path}`, unixMs, lifetimeS);
  }

  signed(method: HttpRequest['method'], pathAndQuery: string, unixMs: number, body?: string): HttpRequest {
    return authorised(method, pathAndQuery, this.tokenFor(method, pathAndQuery.split('?')[0], unixMs), body);
  }
}

/** A request that carries a token. */
export function authorised(method: HttpRequest['method'], path: string, token: string, body?: string): HttpRequest {
  const authorization = `Bearer ${token}`;
  if (body === undefined) return { method, path, headers: { authorization } };
  return { method, path, headers: { authorization, 'content-type': 'application/json' }, body };
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** PEM (line ends may be written as `\n`, as in the venue's key files), or base64 of seed and public key (Ed25519). */
function readKey(text: string): KeyObject {
  try {
    if (text.includes('-----BEGIN')) return createPrivateKey(text.replaceAll('\\n', '\n'));
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length !== SEED_BYTES && bytes.length !== 2 * SEED_BYTES) throw new Error(`${bytes.length} bytes of key`);
    return createPrivateKey({ key: Buffer.concat([ED25519_PREFIX, bytes.subarray(0, SEED_BYTES)]), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw unusable('the private key cannot be read', cause);
  }
}

function algorithmOf(key: KeyObject): 'ES256' | 'EdDSA' {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw unusable('the private key is neither a P-256 nor an Ed25519 key');
}

function unusable(what: string, cause?: unknown): RingsideError {
  return new RingsideError('CREDENTIALS', what, { where: 'coinbase privateKey', fix: 'Give the key of a Coinbase Developer Platform API key: the PEM text of an ECDSA key as privateKey, or the base64 text of an Ed25519 key as secret.', cause });
}
