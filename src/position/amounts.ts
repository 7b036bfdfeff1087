/**
 * Exact money arithmetic of one instrument: scaled prices and quantities (numbers) to 10^-8 amounts (bigint).
 * Everything that is multiplied or divided here is precomputed once per instrument.
 */
import { AMOUNT_DECIMALS } from '../model/decimal.js';
import { RingsideError } from '../model/errors.js';
import type { Instrument, InstrumentIndex } from '../model/instrument.js';

const MILLION = 1_000_000n;

export class InstrumentAmounts {
  /** Asset indices of what is really exchanged on this venue. */
  readonly base: number;
  readonly quote: number;
  readonly venue: number;
  readonly pair: number;
  /** Base amount of one scaled unit of quantity. */
  private readonly baseUnit: bigint;
  /** price × qty × num / den = quote amount. */
  private readonly num: bigint;
  private readonly den: bigint;
  /** The same for a base amount × price. */
  private readonly valueDen: bigint;
  private readonly ratePpm: bigint;

  /** @throws RingsideError INSTRUMENT_SCALE when a quantity step is finer than the 10^-8 that balances are kept in */
  constructor(readonly instrument: Instrument, baseAsset: number) {
    const { pair } = instrument;
    if (pair.qtyScale > AMOUNT_DECIMALS) {
      throw new RingsideError('INSTRUMENT_SCALE', `${pair.name} trades in steps of 10^-${pair.qtyScale}, finer than the 10^-${AMOUNT_DECIMALS} that balances are kept in`, { where: instrument.symbol });
    }
    this.base = baseAsset;
    this.quote = instrument.quote.index;
    this.venue = instrument.venue.index;
    this.pair = pair.index;
    this.baseUnit = 10n ** BigInt(AMOUNT_DECIMALS - pair.qtyScale);
    const shift = AMOUNT_DECIMALS - pair.priceScale - pair.qtyScale;
    this.num = shift >= 0 ? 10n ** BigInt(shift) : 1n;
    this.den = shift >= 0 ? 1n : 10n ** BigInt(-shift);
    this.valueDen = this.den * this.baseUnit;
    this.ratePpm = BigInt(instrument.quoteRatePpm);
  }

  /** Base amount of a scaled quantity, exact. */
  baseOf(qty: number): bigint {
    return BigInt(qty) * this.baseUnit;
  }

  /** Quote amount of price × qty, rounded down (exact whenever it has at most 8 decimals). */
  quoteOf(price: number, qty: number): bigint {
    const scaled = this.product(price, qty);
    return this.den === 1n ? scaled * this.num : scaled / this.den;
  }

  /** The same rounded up: what has to be there to pay it. */
  quoteNeeded(price: number, qty: number): bigint {
    const scaled = this.product(price, qty) * this.num;
    return this.den === 1n ? scaled : (scaled + this.den - 1n) / this.den;
  }

  /** Value in quote of a base amount at a scaled price, rounded towards zero. */
  valueOf(baseAmount: bigint, price: number): bigint {
    return (baseAmount * BigInt(price) * this.num) / this.valueDen;
  }

  /** An amount of this venue's quote in the pair's quote (the user's rate), rounded towards zero. */
  inPairQuote(amount: bigint): bigint {
    return this.ratePpm === MILLION ? amount : (amount * this.ratePpm) / MILLION;
  }

  private product(price: number, qty: number): bigint {
    const product = price * qty;
    return Number.isSafeInteger(product) ? BigInt(product) : BigInt(price) * BigInt(qty);
  }
}

/** Fee, rounded up, of an amount at a rate in ppm; a rebate counts as no fee. */
export function feeNeeded(amount: bigint, ppm: number): bigint {
  return ppm <= 0 ? 0n : (amount * BigInt(ppm) + MILLION - 1n) / MILLION;
}

/** One entry per instrument of the index. */
export function amountsOf(index: InstrumentIndex): readonly InstrumentAmounts[] {
  const assetByCode = new Map(index.assets.map((asset) => [asset.code, asset.index]));
  return index.instruments.map((instrument) => new InstrumentAmounts(instrument, assetByCode.get(instrument.metadata.base) ?? instrument.pair.base.index));
}
