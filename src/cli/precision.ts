/** `--precision SYMBOL=PRICE,QTY`: decimals of a market where no metadata of the venue is at hand. */
import { unitAt } from '../model/decimal.js';
import { RingsideError } from '../model/errors.js';
import type { SurveyedMarket } from '../venue/contract.js';

export type Precision = ReadonlyMap<string, readonly [price: number, qty: number]>;

/** @throws RingsideError OPTION_INVALID */
export function parsePrecision(entries: readonly string[]): Precision {
  return new Map(entries.map((entry) => {
    const match = /^(.+)=(\d{1,2}),(\d{1,2})$/.exec(entry);
    if (match === null || Number(match[2]) + Number(match[3]) > 18) {
      throw new RingsideError('OPTION_INVALID', `--precision ${entry} cannot be read`, { where: '--precision', fix: 'Write SYMBOL=PRICE,QTY with the decimals of each (18 together at most), for example BTC/USD=1,8.' });
    }
    return [match[1], [Number(match[2]), Number(match[3])]];
  }));
}

export function withPrecision(market: SurveyedMarket, precision: Precision): SurveyedMarket {
  const given = precision.get(market.metadata.symbol);
  if (given === undefined) return market;
  const [priceDecimals, qtyDecimals] = given;
  return { fromVenue: true, metadata: { ...market.metadata, tickSize: unitAt(priceDecimals), stepSize: unitAt(qtyDecimals), minQty: '0', priceDecimals, qtyDecimals } };
}
