/**
 * One exchange's streaming client of the library: loaded when it is first wanted, set up so that it never sends anything
 * twice, prints nothing, asks for spot markets only, and goes where the configuration says.
 */
import type { Exchange } from 'ccxt';
import type { VenueCredentials, VenueEndpoints } from '../contract.js';
import { redirected, type Addresses } from './addresses.js';
import { moduleOf } from './catalogue.js';

export type Client = Exchange;

/** What the library has to be told of single exchanges. */
const OPTIONS: Readonly<Record<string, object>> = {
  // By default it asks the API before Advanced Trade, which knows nothing of what open orders hold.
  coinbase: { fetchBalance: 'v3PrivateGetBrokerageAccounts' },
};

export interface ClientOptions {
  readonly exchange: string;
  readonly endpoints: VenueEndpoints;
  readonly credentials: VenueCredentials | undefined;
}

/** @throws RingsideError UNKNOWN_VENUE, VENUE_NOT_STREAMED, CCXT_MISSING */
export async function openClient({ exchange, endpoints, credentials }: ClientOptions): Promise<Client> {
  const { default: Pro } = (await import(moduleOf(exchange))) as { default: new (config: object) => Client };
  const client = new Pro({ enableRateLimit: true, options: { maxRetriesOnFailure: 0, defaultType: 'spot', ...OPTIONS[exchange] }, ...keysOf(credentials) });
  client.log = () => {};
  keepFailedSends(client);
  client.urls['api'] = redirected(client.urls['api'], endpoints) as Exclude<Addresses, string>;
  onlySpot(client.options);
  // Without it the client refuses ws: addresses.
  if (endpoints.ws.startsWith('ws:') || endpoints.wsPrivate.startsWith('ws:')) await client.loadHttpProxyAgent();
  return client;
}

/**
 * The library sends some subscriptions without waiting for the outcome: one that meets a socket that has just closed would
 * end the thread as an unhandled rejection. Whoever does wait is told all the same; the others hear of the close.
 */
function keepFailedSends(client: Client): void {
  const socketOf = client.client.bind(client);
  const known = new WeakSet<object>();
  client.client = (url) => {
    const socket = socketOf(url);
    if (known.has(socket)) return socket;
    known.add(socket);
    const send = socket.send.bind(socket);
    socket.send = (message: unknown) => {
      const sent = send(message);
      sent.catch(() => {});
      return sent;
    };
    return socket;
  };
}

/** The library's names of the secrets. */
function keysOf(credentials: VenueCredentials | undefined): object {
  if (credentials === undefined) return {};
  const { apiKey, secret, passphrase, privateKey } = credentials;
  // Exchanges that sign with a key in PEM take it as the secret, those of a chain as the private key.
  return { apiKey, secret: secret === '' ? (privateKey ?? '') : secret, ...(passphrase === undefined ? {} : { password: passphrase }), ...(privateKey === undefined ? {} : { privateKey }) };
}

/** Where the exchange has several kinds of markets, only spot is asked for: a list of kinds, or a switch for each. */
function onlySpot(options: Record<string, unknown>): void {
  const fetchMarkets = options.fetchMarkets as { types?: unknown } | undefined;
  const types = fetchMarkets?.types;
  if (typeof types !== 'object' || types === null) return;
  if (Array.isArray(types)) {
    if (types.includes('spot')) fetchMarkets!.types = ['spot'];
  } else if ('spot' in types) fetchMarkets!.types = Object.fromEntries(Object.keys(types).map((kind) => [kind, kind === 'spot']));
}
