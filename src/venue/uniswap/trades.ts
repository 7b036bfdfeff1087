/** Swaps as public trades: what the taker paid on average, fee included. */
import type { Instrument, PoolFacts } from '../../model/instrument.js';
import { Flag } from '../../record/codes.js';
import { Trade } from '../../record/records.js';
import type { FeedOptions } from '../contract.js';
import type { PoolLog } from './log.js';

/** Logs of one block have numbers below this. */
const LOGS_PER_BLOCK = 2 ** 20;

export interface SwapAmounts {
  readonly sell: boolean;
  /** Scaled with the pair's scales, to the nearest unit. */
  readonly price: number;
  readonly qty: number;
}

function divideNearest(numerator: bigint, denominator: bigint): bigint {
  return (numerator * 2n + denominator) / (denominator * 2n);
}

const tenTo = (exponent: number): bigint => 10n ** BigInt(exponent);

/**
 * Price and quantity of what a pool exchanged; undefined where one of them is nothing, or too much to hold.
 * @param amount0 what the pool received of token0; below 0 = gave
 */
export function swapAmounts({ pair }: Instrument, facts: PoolFacts, amount0: bigint, amount1: bigint): SwapAmounts | undefined {
  const [baseIn, quoteIn] = facts.baseIsToken0 ? [amount0, amount1] : [amount1, amount0];
  const [baseToken, quoteToken] = facts.baseIsToken0 ? [facts.token0, facts.token1] : [facts.token1, facts.token0];
  const sell = baseIn > 0n;
  const [base, quote] = sell ? [baseIn, -quoteIn] : [-baseIn, quoteIn];
  if (base <= 0n || quote <= 0n) return undefined;
  const qty = Number(divideNearest(base * tenTo(pair.qtyScale), tenTo(baseToken.decimals)));
  const price = Number(divideNearest(quote * tenTo(pair.priceScale) * tenTo(baseToken.decimals), base * tenTo(quoteToken.decimals)));
  return qty > 0 && price > 0 && Number.isSafeInteger(qty) && Number.isSafeInteger(price) ? { sell, price, qty } : undefined;
}

/** A number of a log that no other log of the chain has, and that grows with time. */
export function logNumber(block: number, index: number): number {
  return block * LOGS_PER_BLOCK + index;
}

export class TradeWriter {
  private readonly trade: Trade;

  constructor(private readonly options: FeedOptions) {
    this.trade = new Trade(options.sink.views);
  }

  write(instrument: Instrument, facts: PoolFacts, log: PoolLog, frame: number, tsVenueNs: number, tsRecvNs: number): void {
    if (log.event.kind !== 'swap') return;
    const amounts = swapAmounts(instrument, facts, log.event.amount0, log.event.amount1);
    if (amounts === undefined) return;
    const { sink, host, venueIndex } = this.options;
    const at = sink.next();
    if (at < 0) {
      sink.abandon();
      host.count('ringFull');
      return;
    }
    const { trade } = this;
    trade.begin(at, amounts.sell ? Flag.SELL : 0, venueIndex, instrument.index);
    trade.epoch = 0;
    trade.frame = frame;
    trade.price = amounts.price;
    trade.qty = amounts.qty;
    trade.tradeId = logNumber(log.block, log.index);
    trade.tsVenueNs = tsVenueNs;
    trade.tsRecvNs = tsRecvNs;
    sink.flush();
  }
}
