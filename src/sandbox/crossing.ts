/** Forced crossings: one more ask level on the cheap venue, below the other venue's best bid, sent out at once. */
import { decimalsOf, formatScaled, parseDecimal } from '../model/decimal.js';
import type { CrossRequest } from './control.js';
import type { Market } from './matching/exchange.js';
import type { VenueCore, VenueServer } from './venue.js';
import { VENUES } from './market/universe.js';
import type { VenueName } from './market/universe.js';
import type { Simulation } from './market/simulation.js';

export interface CrossingVenue {
  core: VenueCore;
  server: () => VenueServer;
}

const HOLD_MS_MAX = 60_000;

/**
 * The level stands alone at the top: the cheap venue's own bids at or above its price are withdrawn first, as a book is
 * never crossed in itself. The generator leaves the market alone for `holdMs`; then what is left of the level goes.
 */
export function forceCrossing(simulation: Simulation, venues: Record<VenueName, CrossingVenue>, request: CrossRequest): Record<string, unknown> | string {
  const { pair, venueCheap, bps, qty, holdMs } = request;
  const cheapName = VENUES.find((name) => name === venueCheap);
  if (cheapName === undefined) return `"venueCheap" must be one of ${VENUES.join(', ')}.`;
  if (typeof bps !== 'number' || !(bps > 0 && bps < 1_000)) return '"bps" must be between 0 and 1000.';
  if (typeof holdMs !== 'number' || !(holdMs > 0 && holdMs <= HOLD_MS_MAX)) return `"holdMs" must be between 0 and ${HOLD_MS_MAX}.`;
  const cheap = marketOf(venues[cheapName].core, pair);
  const dear = marketOf(venues[cheapName === 'binance' ? 'kraken' : 'binance'].core, pair);
  const bid = dear?.book.bids.best();
  if (cheap === undefined || dear === undefined || bid === undefined) return '"pair" must name a pair that both venues list, such as BTC/USDT.';
  const { spec } = cheap;
  if (typeof qty !== 'string' || !/^\d+(\.\d+)?$/.test(qty) || decimalsOf(qty) > spec.qtyDecimals) return `"qty" must be a decimal text with at most ${spec.qtyDecimals} decimals.`;
  const units = Number(parseDecimal(qty, spec.qtyDecimals));
  const price = Math.floor((bid.price / 10 ** dear.spec.priceDecimals) * (1 - bps / 10_000) * 10 ** spec.priceDecimals);
  if (units <= 0 || price <= 0) return '"qty" must be positive.';
  const { core, server } = venues[cheapName];
  simulation.hold(cheapName, spec.index, holdMs, price);
  const passed = cheap.book.bids.levels.filter((level) => level.price >= price);
  for (const level of passed) cheap.book.setSynthetic('buy', level.price, 0);
  core.exchange.quoteSynthetic(cheap, 'sell', price, units);
  server().flushMarket(spec.index);
  core.latency.crossOut();
  return { pair, venueCheap: cheapName, price: formatScaled(price, spec.priceDecimals), qty, holdMs };
}

function marketOf(core: VenueCore, pair: unknown): Market | undefined {
  return core.exchange.markets.find((market) => market.spec.pair === pair);
}
