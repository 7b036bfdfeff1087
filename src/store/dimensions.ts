/** A session's row and the names behind its indices. */
import { buildInstrumentIndex } from '../model/instrument-index.js';
import type { InstrumentIndexData } from '../model/instrument.js';
import type { Store } from './store.js';

/** What the recorder reads of `session.json`. */
export interface SessionHead {
  readonly id: number;
  readonly epochUnixNs: string;
  readonly version: string;
  readonly mode: string;
  readonly configDigest: string;
  readonly instruments: InstrumentIndexData;
}

/** ClickHouse's text of a DateTime64(9), UTC. */
function dateTime64(unixNs: string): string {
  const ns = BigInt(unixNs);
  const seconds = ns / 1_000_000_000n;
  return `${seconds}.${(ns % 1_000_000_000n).toString().padStart(9, '0')}`;
}

/** Once per session; the session's own row comes last and says that the others are there. */
export async function insertDimensions(store: Store, head: SessionHead): Promise<void> {
  const session = head.id;
  const { rows } = await store.query('SELECT count() FROM sessions WHERE session = {session:UInt64}', { session });
  if (Number(rows[0][0]) > 0) return;
  const index = buildInstrumentIndex(head.instruments);
  await store.insertRows('venues', index.venues.map(({ index: venue_index, id: name }) => ({ session, venue_index, name })));
  await store.insertRows('assets', index.assets.map(({ index: asset_index, code }) => ({ session, asset_index, code })));
  await store.insertRows('pairs', index.pairs.map(({ index: pair_index, name, base, quote, priceScale, qtyScale }) => (
    { session, pair_index, name, base: base.code, quote: quote.code, price_scale: priceScale, qty_scale: qtyScale }
  )));
  await store.insertRows('instruments', index.instruments.map((instrument) => ({
    session, instrument_index: instrument.index, venue_index: instrument.venue.index, venue_name: instrument.venue.id, symbol: instrument.symbol,
    pair: instrument.pair.name, base: instrument.pair.base.code, quote: instrument.pair.quote.code, venue_quote: instrument.quote.code,
    price_scale: instrument.pair.priceScale, qty_scale: instrument.pair.qtyScale,
    taker_fee_ppm: instrument.takerFeePpm, maker_fee_ppm: instrument.makerFeePpm, quote_rate_ppm: instrument.quoteRatePpm,
  })));
  await store.insertRows('sessions', [{ session, started: dateTime64(head.epochUnixNs), mode: head.mode, version: head.version, config_digest: head.configDigest }]);
}
