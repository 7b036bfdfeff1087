/**
 * order.place as text. Everything that does not change between two orders of one instrument, side and time in force is
 * joined once; an order adds its id, price, quantity and time.
 */
import { formatScaled, formatTrimmed } from '../../model/decimal.js';
import type { Instrument } from '../../model/instrument.js';
import type { OutgoingOrder } from '../contract.js';
import type { BinanceSigner } from './signer.js';

/** How long a request may travel before the venue refuses it, ms. A late order is worse than none. */
export const RECV_WINDOW_MS = 5000;

const TIF_TEXT = ['GTC', 'IOC', 'FOK'] as const;
const SIDE_TEXT = ['BUY', 'SELL'] as const;

/** Scaled integer as text with the market's own number of decimals (more would be refused as too precise). */
function venueDecimal(value: number, scale: number, decimals: number): string {
  if (decimals >= scale) return formatScaled(value, scale);
  const unit = 10 ** (scale - decimals);
  return value % unit === 0 ? formatScaled(value / unit, decimals) : formatTrimmed(value, scale);
}

interface Pieces {
  /** `"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","timeInForce":"IOC","newOrderRespType":"FULL","recvWindow":5000,"quantity":"` */
  readonly json: string;
  /** The signed payload's constant parts, between which the varying values stand in alphabetical order of their names. */
  readonly afterQuantity: string;
  readonly afterTime: string;
}

export class OrderText {
  /** By instrument index × 6 + side × 3 + tif. */
  private readonly pieces: (Pieces | undefined)[] = [];
  private readonly signedHead: string;

  /** @param signer signs every order; undefined where the session is logged on */
  constructor(private readonly signer: BinanceSigner, private readonly signsOrders: boolean) {
    this.signedHead = `apiKey=${signer.apiKey}&newClientOrderId=`;
  }

  /** Make the pieces of an instrument before its first order. */
  prepare(instrument: Instrument): void {
    for (let i = 0; i < 6; i++) this.piecesOf(instrument, (i / 3) | 0, i % 3);
  }

  place(id: number, order: OutgoingOrder, timestampMs: number): string {
    const { instrument, clientOrderId } = order;
    const { pair, metadata } = instrument;
    const pieces = this.piecesOf(instrument, order.side, order.tif);
    const price = venueDecimal(order.price, pair.priceScale, metadata.priceDecimals);
    const qty = venueDecimal(order.qty, pair.qtyScale, metadata.qtyDecimals);
    const body = `{"id":${id},"method":"order.place","params":{${pieces.json}${qty}","price":"${price}","newClientOrderId":"${clientOrderId}","timestamp":${timestampMs}`;
    if (!this.signsOrders) return `${body}}}`;
    const payload = `${this.signedHead}${clientOrderId}&newOrderRespType=FULL&price=${price}&quantity=${qty}${pieces.afterQuantity}${timestampMs}${pieces.afterTime}`;
    return `${body},"apiKey":"${this.signer.apiKey}","signature":"${this.signer.sign(payload)}"}}`;
  }

  private piecesOf(instrument: Instrument, side: number, tif: number): Pieces {
    const key = instrument.index * 6 + side * 3 + tif;
    return (this.pieces[key] ??= {
      json: `"symbol":${JSON.stringify(instrument.symbol)},"side":"${SIDE_TEXT[side]}","type":"LIMIT","timeInForce":"${TIF_TEXT[tif]}","newOrderRespType":"FULL","recvWindow":${RECV_WINDOW_MS},"quantity":"`,
      afterQuantity: `&recvWindow=${RECV_WINDOW_MS}&side=${SIDE_TEXT[side]}&symbol=${instrument.symbol}&timeInForce=${TIF_TEXT[tif]}&timestamp=`,
      afterTime: '&type=LIMIT',
    });
  }
}
