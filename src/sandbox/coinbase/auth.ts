/** Keys and tokens: a JSON Web Token a request, ES256 or EdDSA, naming method and path, good for two minutes at most. */
import { createECDH, createHash, createPrivateKey, createPublicKey, verify, type KeyObject } from 'node:crypto';

export interface CoinbaseKeys {
  /** Name of the key. */
  readonly apiKey: string;
  /** Base64 of seed and public key (Ed25519). */
  readonly secret: string;
  /** PEM of a P-256 key; the venue gives a key one kind or the other, the sandbox both under one name. */
  readonly privateKey: string;
}

const LIFETIME_S_MAX = 120;
/** Clocks differ. */
const EARLY_S_MAX = 5;
const HOST = 'api.coinbase.com';
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

function ed25519Key(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([ED25519_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

export function coinbaseKeysOf(seed: number): CoinbaseKeys {
  const derive = (what: string): Buffer => createHash('sha256').update(`ringside sandbox coinbase ${what} ${seed}`).digest();
  const name = derive('name').toString('hex');
  const ed = derive('ed25519');
  const edPublic = Buffer.from(createPublicKey(ed25519Key(ed)).export({ format: 'jwk' }).x!, 'base64url');
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(derive('p-256'));
  const point = ecdh.getPublicKey();
  const jwk = { kty: 'EC', crv: 'P-256', d: derive('p-256').toString('base64url'), x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  return {
    apiKey: `organizations/${name.slice(0, 32)}/apiKeys/${name.slice(32)}`,
    secret: Buffer.concat([ed, edPublic]).toString('base64'),
    privateKey: createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'sec1', format: 'pem' }) as string,
  };
}

export class CoinbaseAuth {
  readonly #keyName: string;
  readonly #keys: Readonly<Record<string, KeyObject>>;
  readonly #nowMs: () => number;

  constructor(keys: CoinbaseKeys, nowMs: () => number) {
    this.#keyName = keys.apiKey;
    this.#keys = {
      EdDSA: createPublicKey(ed25519Key(Buffer.from(keys.secret, 'base64').subarray(0, 32))),
      ES256: createPublicKey(createPrivateKey(keys.privateKey)),
    };
    this.#nowMs = nowMs;
  }

  /** @param resource `GET /api/v3/…`, without query; null for the WebSocket, whose tokens name none */
  accepts(token: unknown, resource: string | null): boolean {
    if (typeof token !== 'string') return false;
    const [header = '', claims = '', signature = ''] = token.split('.');
    const { alg, kid } = decode(header);
    const { sub, iss, nbf, exp, uri, uris } = decode(claims);
    const key = typeof alg === 'string' ? this.#keys[alg] : undefined;
    if (key === undefined || kid !== this.#keyName || sub !== this.#keyName || (iss !== 'cdp' && iss !== 'coinbase-cloud')) return false;
    if (!this.#inTime(nbf, exp)) return false;
    if (resource !== null && !names(Array.isArray(uris) ? (uris as unknown[])[0] : uri, resource)) return false;
    const bytes = Buffer.from(`${header}.${claims}`);
    const given = Buffer.from(signature, 'base64url');
    return alg === 'EdDSA' ? verify(null, bytes, key, given) : given.length === 64 && verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, given);
  }

  #inTime(nbf: unknown, exp: unknown): boolean {
    const nowS = this.#nowMs() / 1000;
    return typeof nbf === 'number' && typeof exp === 'number' && nbf <= nowS + EARLY_S_MAX && exp > nowS && exp - nbf <= LIFETIME_S_MAX;
  }
}

/** `METHOD host/path`; a client that was pointed here by address names this host instead of the venue's, some with the scheme. */
function names(uri: unknown, resource: string): boolean {
  const [, method, host, path] = typeof uri === 'string' ? (/^([A-Z]+) (?:https?:\/\/)?([^/]+)(\/.*)$/.exec(uri) ?? []) : [];
  return `${method} ${path}` === resource && (host === HOST || /^127\.0\.0\.1:\d+$/.test(host));
}

function decode(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
