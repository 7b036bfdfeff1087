/** The text of orders on their way out, and the token that they carry. Built from parts that never change. */
import { POW10 } from '../../model/decimal.js';
import type { Instrument } from '../../model/instrument.js';
import { decimalText } from '../amounts.js';
import type { OutgoingOrder } from '../contract.js';
import type { CoinbaseSigner } from './signer.js';

export const ORDERS_PATH = '/api/v3/brokerage/orders';

/** TimeInForce → the venue's configuration of a limit order. */
const CONFIGURATIONS = ['limit_limit_gtc', 'sor_limit_ioc', 'limit_limit_fok'] as const;

export class OrderText {
  /** By instrument index and side: everything before the client's id is known. */
  private readonly heads: string[] = [];

  constructor(instruments: readonly Instrument[]) {
    for (const { index, symbol } of instruments) {
      for (const side of [0, 1]) this.heads[index * 2 + side] = `{"product_id":${JSON.stringify(symbol)},"side":"${side === 1 ? 'SELL' : 'BUY'}","client_order_id":"`;
    }
  }

  create({ instrument, side, tif, clientOrderId, price, qty }: OutgoingOrder): string {
    const { pair: { priceScale, qtyScale }, metadata: { priceDecimals, qtyDecimals } } = instrument;
    const limit = numberText(price, priceScale, priceDecimals);
    const size = numberText(qty, qtyScale, qtyDecimals);
    const postOnly = tif === 0 ? ',"post_only":false' : '';
    return `${this.heads[instrument.index * 2 + side]}${clientOrderId}","order_configuration":{"${CONFIGURATIONS[tif] ?? CONFIGURATIONS[1]}":{"base_size":"${size}","limit_price":"${limit}"${postOnly}}}}`;
  }
}

/** A scaled integer with the venue's decimals: it refuses more of them, though they be zeros. */
function numberText(value: number, scale: number, decimals: number): string {
  return decimals < scale && value % POW10[scale - decimals] === 0 ? decimalText(value / POW10[scale - decimals], decimals) : decimalText(value, scale);
}

/** After this the venue refuses the token, and with it an order that is still on its way. */
export const ORDER_LIFETIME_S = 5;
/** How old a token may have become before its order leaves. */
const SPARE_AGE_NS = 1e9;

/** A token for the next order, made beforehand: a signature takes longer than the rest of an order's way out. */
export class OrderTokens {
  private spare = '';
  private madeNs = -Infinity;

  constructor(private readonly signer: CoinbaseSigner, private readonly unixMs: () => number) {}

  /** Called when there is time: keeps a fresh one at hand. */
  prepare(nowNs: number): void {
    if (this.spare !== '' && nowNs - this.madeNs < SPARE_AGE_NS) return;
    this.spare = this.make();
    this.madeNs = nowNs;
  }

  /** Each is used once. */
  take(nowNs: number): string {
    const token = this.spare !== '' && nowNs - this.madeNs < SPARE_AGE_NS ? this.spare : this.make();
    this.spare = '';
    return token;
  }

  private make(): string {
    return this.signer.tokenFor('POST', ORDERS_PATH, this.unixMs(), ORDER_LIFETIME_S);
  }
}
