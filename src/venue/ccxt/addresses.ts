/** Points a client at other addresses than its own: a loopback venue, a mirror, a recording proxy. */
import type { VenueEndpoints } from '../contract.js';

/** The library's addresses: text, or any nesting of them by the name of an API. */
export type Addresses = string | { [name: string]: Addresses };

const ADDRESS = /^(https?|wss?):\/\/[^/]+(\/.*)?$/;
/** Parts of names under which the library keeps the addresses of private streams and of order entry. */
const PRIVATE = /private|ws-api|auth|trade/i;

/**
 * Every address with its host replaced. Its path stays, unless the endpoint's own ends with it: the library appends to its
 * addresses, so they have to stay what it expects.
 */
export function redirected(addresses: Addresses, { rest, ws, wsPrivate }: VenueEndpoints, names = ''): Addresses {
  if (typeof addresses !== 'string') {
    return Object.fromEntries(Object.entries(addresses).map(([name, inner]) => [name, redirected(inner, { rest, ws, wsPrivate }, `${names}.${name}`)]));
  }
  const match = ADDRESS.exec(addresses);
  if (match === null) return addresses;
  const endpoint = match[1].startsWith('http') ? rest : PRIVATE.test(names) ? wsPrivate : ws;
  return endpoint === '' ? addresses : joined(endpoint, match[2] ?? '');
}

function joined(endpoint: string, path: string): string {
  const base = endpoint.replace(/\/$/, '');
  return base.endsWith(path.replace(/\/$/, '')) ? base : `${/^\w+:\/\/[^/]+/.exec(base)![0]}${path}`;
}
