/** What the private socket and REST send, as far as it is read; every field may be missing, absent texts are ''. */

/** An order: an element of the `orders` channel, of `trade/order` and of `trade/orders-pending`. */
export interface OrderMessage {
  readonly instId?: string;
  readonly ordId?: string;
  readonly clOrdId?: string;
  readonly side?: string;
  readonly ordType?: string;
  readonly state?: string;
  /** Filled in total. */
  readonly accFillSz?: string;
  readonly cancelSource?: string;
  readonly uTime?: string;
  /** Of the fill that this message is about, '' where it is about none. */
  readonly tradeId?: string;
  readonly fillPx?: string;
  readonly fillSz?: string;
  /** Negative = charged. */
  readonly fillFee?: string;
  readonly fillFeeCcy?: string;
  /** `T` or `M`. */
  readonly execType?: string;
}

/** A trade of ours: an element of `trade/fills`. */
export interface FillMessage {
  /** Of the ledger; pages go by it. */
  readonly billId?: string;
  readonly ordId?: string;
  readonly tradeId?: string;
  readonly fillPx?: string;
  readonly fillSz?: string;
  /** Negative = charged. */
  readonly fee?: string;
  readonly feeCcy?: string;
  readonly execType?: string;
}

/** One order of the answer to an operation. */
export interface OperationItem {
  readonly ordId?: string;
  readonly clOrdId?: string;
  /** `0`: done. */
  readonly sCode?: string;
  /** Unix ms. */
  readonly ts?: string;
}

/** A frame of the private socket: an event, the answer to an operation, or a channel. */
export interface PrivateFrame {
  readonly event?: unknown;
  readonly id?: unknown;
  readonly op?: unknown;
  readonly code?: unknown;
  readonly arg?: { readonly channel?: unknown };
  readonly data?: unknown;
}

/** The envelope of REST answers. */
export interface RestAnswer {
  readonly code?: unknown;
  readonly data?: unknown;
}
