/** Pre-trade limits. The first eight are the configuration's `risk` as it stands; amounts are decimal text. */
import { AMOUNT_DECIMALS, parseDecimal } from '../model/decimal.js';
import { RingsideError } from '../model/errors.js';
import type { InstrumentIndex } from '../model/instrument.js';

export interface RiskLimits {
  /** Largest order, in the quote it is paid in. */
  readonly maxOrderNotional: string;
  /** Largest change since the start of what is held of a base asset on one venue, in quote at the order's price. */
  readonly maxPositionNotional: string;
  /** Loss of a UTC day (or since the start, when that was today), per quote currency, at which the kill switch goes on. */
  readonly maxLoss: string;
  readonly maxOrdersPerSecond: number;
  /** Unfinished orders on one venue. */
  readonly maxOpenOrders: number;
  readonly staleBookMs: number;
  /** Farthest an order price may lie on the bad side of the opposite best price. */
  readonly collarBps: number;
  /** No answer for this long makes an order UNKNOWN. */
  readonly legTimeoutMs: number;
  /** Age of an intent's cause beyond which it is not sent. */
  readonly maxIntentAgeMs?: number;
  /** Largest order in base, by asset code. */
  readonly maxOrderQty?: Readonly<Record<string, string>>;
  /** Largest holding, by venue id and asset code. */
  readonly maxPosition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The same in the units that are compared. */
export interface CompiledLimits {
  readonly maxOrderNotional: bigint;
  readonly maxPositionNotional: bigint;
  readonly maxLoss: bigint;
  readonly maxOrdersPerSecond: number;
  readonly maxOpenOrders: number;
  readonly staleBookNs: number;
  readonly collar: number;
  readonly maxIntentAgeNs: number;
  /** By asset index. */
  readonly maxOrderBase: readonly (bigint | undefined)[];
  /** By venue × assets + asset. */
  readonly maxHolding: readonly (bigint | undefined)[];
}

function amount(text: string, field: string): bigint {
  try {
    return parseDecimal(text, AMOUNT_DECIMALS);
  } catch (cause) {
    throw new RingsideError('RISK_LIMIT', `risk.${field} is "${text}"`, { where: `risk.${field}`, fix: 'Write a decimal as text with at most 8 decimals.', cause });
  }
}

/** @throws RingsideError RISK_LIMIT when an amount is malformed or names a venue or asset that is not there */
export function compileLimits(limits: RiskLimits, index: InstrumentIndex): CompiledLimits {
  const assetOf = (code: string, field: string): number => {
    const asset = index.assets.find((candidate) => candidate.code === code);
    if (asset === undefined) throw new RingsideError('RISK_LIMIT', `risk.${field} names ${code}, which is not traded`, { where: `risk.${field}`, fix: `Assets are ${index.assets.map((known) => known.code).join(', ')}.` });
    return asset.index;
  };
  const maxOrderBase: (bigint | undefined)[] = index.assets.map(() => undefined);
  for (const [code, text] of Object.entries(limits.maxOrderQty ?? {})) maxOrderBase[assetOf(code, 'maxOrderQty')] = amount(text, `maxOrderQty.${code}`);
  const maxHolding: (bigint | undefined)[] = Array.from({ length: index.venues.length * index.assets.length }, () => undefined);
  for (const [venueId, byAsset] of Object.entries(limits.maxPosition ?? {})) {
    const venue = index.venues.find(({ id }) => id === venueId);
    if (venue === undefined) throw new RingsideError('RISK_LIMIT', `risk.maxPosition names ${venueId}, which is no venue here`, { where: 'risk.maxPosition', fix: `Venues are ${index.venues.map(({ id }) => id).join(', ')}.` });
    for (const [code, text] of Object.entries(byAsset)) maxHolding[venue.index * index.assets.length + assetOf(code, `maxPosition.${venueId}`)] = amount(text, `maxPosition.${venueId}.${code}`);
  }
  return {
    maxOrderNotional: amount(limits.maxOrderNotional, 'maxOrderNotional'),
    maxPositionNotional: amount(limits.maxPositionNotional, 'maxPositionNotional'),
    maxLoss: amount(limits.maxLoss, 'maxLoss'),
    maxOrdersPerSecond: limits.maxOrdersPerSecond,
    maxOpenOrders: limits.maxOpenOrders,
    staleBookNs: limits.staleBookMs * 1e6,
    collar: limits.collarBps / 10_000,
    maxIntentAgeNs: (limits.maxIntentAgeMs ?? 500) * 1e6,
    maxOrderBase,
    maxHolding,
  };
}
