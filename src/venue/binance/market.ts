/** What differs between Binance's markets: addresses, limits and weights. The splice rule is read off the frames (`pu`). */
import type { VenueEndpoints } from '../contract.js';
import type { SnapshotSource } from '../snapshot-requests.js';

export interface BinanceMarket {
  /** Registry id. */
  readonly id: 'binance' | 'binance-usdm' | 'binance-coinm';
  readonly name: string;
  readonly endpoints: VenueEndpoints;
  /** REST prefix: `/api/v3`. */
  readonly api: string;
  /** Snapshot limits the venue accepts, ascending, with what each weighs. */
  readonly depthWeights: readonly (readonly [limit: number, weight: number])[];
  /** Any limit up to the largest is accepted, not only those listed. */
  readonly anyDepth: boolean;
  /** REQUEST_WEIGHT a minute and IP. */
  readonly weightPerMinute: number;
  /** Stream name behind `<symbol>@`. */
  readonly depthStream: string;
  /** Futures document aggregate trades only. */
  readonly tradeStream: string;
}

const FUTURES_DEPTHS = [[5, 2], [10, 2], [20, 2], [50, 2], [100, 5], [500, 10], [1000, 20]] as const;

export const SPOT: BinanceMarket = {
  id: 'binance',
  name: 'Binance',
  endpoints: { rest: 'https://api.binance.com', ws: 'wss://stream.binance.com:9443', wsPrivate: 'wss://ws-api.binance.com:443/ws-api/v3' },
  api: '/api/v3',
  depthWeights: [[100, 5], [500, 25], [1000, 50], [5000, 250]],
  anyDepth: true,
  weightPerMinute: 6000,
  depthStream: 'depth@100ms',
  tradeStream: 'trade',
};

export const USD_M: BinanceMarket = {
  id: 'binance-usdm',
  name: 'Binance USD-M futures',
  endpoints: { rest: 'https://fapi.binance.com', ws: 'wss://fstream.binance.com', wsPrivate: 'wss://ws-fapi.binance.com/ws-fapi/v1' },
  api: '/fapi/v1',
  depthWeights: FUTURES_DEPTHS,
  anyDepth: false,
  weightPerMinute: 2400,
  depthStream: 'depth@100ms',
  tradeStream: 'aggTrade',
};

export const COIN_M: BinanceMarket = {
  id: 'binance-coinm',
  name: 'Binance COIN-M futures',
  endpoints: { rest: 'https://dapi.binance.com', ws: 'wss://dstream.binance.com', wsPrivate: 'wss://ws-dapi.binance.com/ws-dapi/v1' },
  api: '/dapi/v1',
  depthWeights: FUTURES_DEPTHS,
  anyDepth: false,
  weightPerMinute: 2400,
  depthStream: 'depth@100ms',
  tradeStream: 'aggTrade',
};

/** Whose depth update a frame is: with `ps` or of a contract COIN-M's, with `pu` USD-M's, with neither spot's. */
export function marketOf(frame: Readonly<Record<string, unknown>>): BinanceMarket | undefined {
  const { e: event, s: symbol, pu: previous, ps: pair } = (frame.data ?? frame) as Readonly<Record<string, unknown>>;
  if (event !== 'depthUpdate') return undefined;
  if (pair !== undefined || (typeof symbol === 'string' && /_(PERP|\d{6})$/.test(symbol))) return COIN_M;
  return previous === undefined ? SPOT : USD_M;
}

/** The limit to ask for so that at least `depth` levels a side come, and its weight. */
function snapshotLimit(market: BinanceMarket, depth: number): { limit: number; weight: number } {
  for (const [limit, weight] of market.depthWeights) {
    if (depth <= limit) return { limit: market.anyDepth ? Math.max(1, depth) : limit, weight };
  }
  const [limit, weight] = market.depthWeights.at(-1) ?? [100, 5];
  return { limit, weight };
}

export function snapshotsOf(market: BinanceMarket, depth: number): SnapshotSource {
  const { limit, weight } = snapshotLimit(market, depth);
  return { weight, weightPerWindow: market.weightPerMinute, windowNs: 60e9, pathOf: (symbol) => `${market.api}/depth?symbol=${encodeURIComponent(symbol)}&limit=${limit}` };
}
