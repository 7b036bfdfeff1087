/** What the private stream, the order socket and REST send, as far as it is read; every field may be missing. */

/** An order, as the stream and the queries tell it. */
export interface OrderMessage {
  readonly category?: string;
  readonly symbol?: string;
  readonly orderId?: string;
  readonly orderLinkId?: string;
  readonly side?: string;
  readonly timeInForce?: string;
  readonly orderStatus?: string;
  readonly rejectReason?: string;
  readonly cumExecQty?: string;
  readonly createdTime?: string;
  readonly updatedTime?: string;
}

/** A trade of ours. */
export interface ExecutionMessage {
  readonly category?: string;
  readonly symbol?: string;
  readonly orderId?: string;
  readonly orderLinkId?: string;
  readonly side?: string;
  readonly execType?: string;
  readonly execId?: string;
  readonly execPrice?: string;
  readonly execQty?: string;
  readonly execValue?: string;
  readonly execFee?: string;
  /** '' or missing: what is received. */
  readonly feeCurrency?: string;
  readonly execTime?: string;
  readonly isMaker?: boolean;
}

/** A frame of the private stream: `topic` and `data`, or an answer in snake case. */
export interface StreamMessage {
  readonly topic?: unknown;
  readonly data?: unknown;
  readonly op?: unknown;
  readonly success?: unknown;
  readonly ret_msg?: unknown;
}

/** A frame of the order socket: answers in camel case. */
export interface OrderAnswer {
  readonly reqId?: unknown;
  readonly op?: unknown;
  readonly retCode?: unknown;
  readonly data?: { readonly orderId?: unknown; readonly orderLinkId?: unknown };
  readonly header?: Readonly<Record<string, unknown>>;
}

/** The words of a REST answer. */
export interface RestAnswer {
  readonly retCode?: unknown;
  readonly result?: unknown;
}
