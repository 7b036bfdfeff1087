/** Every record that crosses a ring. Edit here, then `npm run generate`; a test holds the generated files against this. */
import { defineRecord, type FieldSpec } from './define.js';

const price = (doc: string): FieldSpec => ({ type: 'f64', unit: "price, integer at the pair's price scale", doc });
const qty = (doc: string): FieldSpec => ({ type: 'f64', unit: "base quantity, integer at the pair's quantity scale", doc });
const amount = (doc: string): FieldSpec => ({ type: 'i64', unit: '10^-8 of the asset', doc });
const time = (doc: string): FieldSpec => ({ type: 'f64', unit: "ns since the session's epoch", doc });
const id = (doc: string): FieldSpec => ({ type: 'u32', unit: 'id', doc });
const code = (doc: string): FieldSpec => ({ type: 'u8', unit: 'code', doc });
const index = (doc: string): FieldSpec => ({ type: 'u16', unit: 'index', doc });
const count = (doc: string): FieldSpec => ({ type: 'f64', unit: 'count', doc });
const epoch: FieldSpec = { type: 'u16', unit: 'count, wraps', doc: "The feed's life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away" };
const frame = id('Number of the venue frame that caused this, per feed and session');

export const BookDeltaDef = defineRecord('BookDelta', {
  id: 1, version: 1, table: 'book_deltas',
  doc: 'One price level of one venue set to an absolute quantity. Flags: SELL = ask side, SNAPSHOT = part of a full book, FIRST/LAST = bounds of one venue frame.',
  fields: {
    epoch, frame,
    price: price('Level'), qty: qty('New absolute quantity; 0 deletes the level'),
    venueSeq: { type: 'f64', unit: "venue's sequence", doc: 'Last update id of the frame (Binance u), checksum (Kraken) or 0' },
    tsVenueNs: time("Venue's event time; may precede the epoch or follow tsRecvNs: venue clocks differ"), tsRecvNs: time('Received'),
  },
});

export const TradeDef = defineRecord('Trade', {
  id: 2, version: 1, table: 'trades',
  doc: 'A public trade. Flag SELL = the taker sold.',
  fields: { epoch, frame, price: price('Traded at'), qty: qty('Traded'), tradeId: { type: 'f64', unit: "venue's id", doc: 'Trade id' }, tsVenueNs: time("Venue's trade time"), tsRecvNs: time('Received') },
});

export const BookStatusDef = defineRecord('BookStatus', {
  id: 3, version: 1, table: 'book_status',
  doc: "A feed's word on one book: in sync or not, and why. A book that is not in sync never produces an opportunity.",
  fields: {
    epoch, state: code('BookState'), reason: code('ResyncReason'),
    tsRecvNs: time('Noticed'), expectedSeq: { type: 'f64', unit: "venue's sequence", doc: 'What should have come' }, actualSeq: { type: 'f64', unit: "venue's sequence", doc: 'What came' },
    resyncs: count('Resyncs of this book in this session so far'), frames: count('Frames applied to this book in this session so far'),
  },
});

export const VenueStatusDef = defineRecord('VenueStatus', {
  id: 4, version: 1, table: 'venue_status',
  doc: "A feed's or gateway's connection changed state.",
  fields: { epoch, state: code('VenueState'), channel: code('VenueChannel'), reason: index('VenueReason'), tsNs: time('Noticed'), attempts: count('Connection attempts in a row'), backoffNs: { type: 'f64', unit: 'ns', doc: 'Wait before the next attempt' } },
});

export const TopOfBookDef = defineRecord('TopOfBook', {
  id: 5, version: 1, table: 'ticks',
  doc: 'Best bid and ask of one venue changed. A missing side has price and quantity 0. Flag IN_SYNC = the book may be traded on.',
  fields: { epoch, frame, bidPrice: price('Best bid'), bidQty: qty('At the best bid'), askPrice: price('Best ask'), askQty: qty('At the best ask'), tsVenueNs: time("Venue's event time"), tsRecvNs: time('Received') },
});

export const CrossedMarketDef = defineRecord('CrossedMarket', {
  id: 6, version: 1, table: 'crossed_markets',
  doc: 'Two venues of one pair cross (bid of one above ask of the other) or have just stopped to (levels = 0). Header instrument = where to buy. Followed by `levels` CrossedLevel records, the last one flagged LAST.',
  fields: { sellInstrument: index('Instrument to sell on'), frame, askPrice: price('Best ask where to buy'), bidPrice: price('Best bid where to sell'), levels: index('Number of CrossedLevel records that follow'), pair: index('Pair'), tsRecvNs: time('Received: the frame that caused it') },
});

export const CrossedLevelDef = defineRecord('CrossedLevel', {
  id: 7, version: 1, table: 'crossed_levels',
  doc: 'One level of a crossed market, best first. Flag SELL = an ask (to buy from), else a bid (to sell to).',
  fields: { depth: index('0 = best'), frame, price: price('Level'), qty: qty('At the level'), tsRecvNs: time('Received') },
});

export const OpportunityDef = defineRecord('Opportunity', {
  id: 8, version: 1, table: 'opportunities',
  doc: 'A strategy saw a profit net of fees open, change or close. Header instrument = where to buy.',
  fields: { sellInstrument: index('Instrument to sell on'), opportunityId: id('Counts up per strategy and session'), kind: code('OpportunityKind'), strategy: code('Strategy index'), pair: index('Pair'), frame, qty: qty('Best size'), buyPrice: price('Worst price to buy at'), sellPrice: price('Worst price to sell at'), expectedProfit: amount('Expected profit in quote, net of fees'), tsCauseNs: time('Received: the frame that caused it') },
});

export const OrderIntentDef = defineRecord('OrderIntent', {
  id: 9, version: 1, table: 'order_intents',
  doc: 'One leg that a strategy wants. Legs of a basket are bounded by FIRST/LAST. Flag SELL = sell. Not an order: risk has not seen it.',
  fields: { strategy: code('Strategy index'), leg: code('0, 1, …'), opportunityId: id('Why'), legs: code('Legs in the basket'), tif: code('TimeInForce'), pair: index('Pair'), frame, price: price('Limit'), qty: qty('Quantity'), expectedProfit: amount('Of the whole basket, in quote'), tsCauseNs: time('Received: the frame that caused it') },
});

export const OrderCommandDef = defineRecord('OrderCommand', {
  id: 10, version: 1, table: 'order_commands',
  doc: 'What the executor tells a gateway: it passed risk. Flag SELL = sell.',
  fields: { action: code('OrderAction'), tif: code('TimeInForce'), orderId: id('Engine order id, counts up per session'), basketId: id('Basket'), frame, price: price('Limit'), qty: qty('Quantity'), tsCauseNs: time('Received: the frame that caused it'), tsDecidedNs: time('Approved by risk'), venueOrderId: { type: 'f64', unit: "venue's id", doc: 'For cancel and query, where numeric; else 0' } },
});

export const ExecutionReportDef = defineRecord('ExecutionReport', {
  id: 11, version: 1, table: 'execution_reports',
  doc: "What a venue said of an order. Fills come as Fill records. A timeout or a disconnect is kind UNKNOWN, never a rejection.",
  fields: { reason: index('RejectReason'), orderId: id('Engine order id'), kind: code('ReportKind'), attempt: id('Send attempts'), cumQty: qty('Filled in total as the venue says; 0 where it does not say'), venueOrderId: { type: 'f64', unit: "venue's id", doc: '0 where the venue uses text ids' }, tsSentNs: time('Written to the socket (acks) or 0'), tsVenueNs: time("Venue's time"), tsRecvNs: time('Received') },
});

export const FillDef = defineRecord('Fill', {
  id: 12, version: 1, table: 'fills',
  doc: 'A trade of ours, told by the gateway and, once it is booked, by the executor: (venue, tradeId, orderId) names it. Flags: SELL, MAKER.',
  fields: { feeAsset: index('Asset'), orderId: id('Engine order id'), tradeId: { type: 'f64', unit: "venue's id", doc: 'Trade id' }, price: price('Traded at'), qty: qty('Traded'), quoteAmount: amount('Quote paid or received, before fees'), fee: amount('Fee in feeAsset; negative = rebate'), tsRecvNs: time('Received') },
});

export const OrderUpdateDef = defineRecord('OrderUpdate', {
  id: 13, version: 1, table: 'orders',
  doc: 'The order state machine moved. Flag SELL = sell.',
  fields: { reason: index('RejectReason'), orderId: id('Engine order id'), basketId: id('Basket'), state: code('OrderState'), tif: code('TimeInForce'), leg: code('0, 1, …'), strategy: code('Strategy index'), price: price('Limit'), qty: qty('Ordered'), cumQty: qty('Filled'), cumQuote: amount('Quote of the fills'), tsNs: time('Moved') },
});

export const BalanceDef = defineRecord('Balance', {
  id: 14, version: 1, table: 'balances',
  doc: "A position: what the engine holds of an asset on a venue, and what the venue says where it was asked.",
  fields: { asset: index('Asset'), kind: code('BalanceKind'), total: amount('By the engine: opening balance plus fills'), venueTotal: amount('By the venue, where kind is VENUE'), held: amount('In open orders'), tsNs: time('As of') },
});

export const PnlDef = defineRecord('Pnl', {
  id: 15, version: 1, table: 'pnl',
  doc: 'Profit and loss of a pair since the start of the session, in its quote asset.',
  fields: { pair: index('Pair'), baskets: id('Baskets finished'), realised: amount('Realised, net of fees'), unrealised: amount('Open base inventory change at the mid, net of cost'), fees: amount('Fees paid, in quote'), expected: amount('What the strategies expected of those baskets'), tsNs: time('As of') },
});

export const HopLatencyDef = defineRecord('HopLatency', {
  id: 16, version: 1, table: 'hop_latency',
  doc: 'Percentiles of one hop over the last interval.',
  fields: { hop: index('Hop'), count: id('Samples'), p50Ns: { type: 'f64', unit: 'ns', doc: '50th percentile' }, p90Ns: { type: 'f64', unit: 'ns', doc: '90th percentile' }, p99Ns: { type: 'f64', unit: 'ns', doc: '99th percentile' }, p999Ns: { type: 'f64', unit: 'ns', doc: '99.9th percentile' }, maxNs: { type: 'f64', unit: 'ns', doc: 'Largest' }, tsNs: time('End of the interval') },
});

export const SessionEventDef = defineRecord('SessionEvent', {
  id: 17, version: 1, table: 'session_events',
  doc: 'Something happened to the engine itself.',
  fields: { kind: index('SessionEventKind'), actor: id('Actor index'), detail: count('Depends on kind'), tsNs: time('When') },
});

export const QuoteDef = defineRecord('Quote', {
  id: 18, version: 1, table: 'quotes',
  doc: "A venue's own word on its best bid and ask (Binance bookTicker, Kraken ticker), beside its book. A missing side has price and quantity 0. The book's TopOfBook is the merger's.",
  fields: { epoch, frame, bidPrice: price('Best bid'), bidQty: qty('At the best bid'), askPrice: price('Best ask'), askQty: qty('At the best ask'), venueSeq: { type: 'f64', unit: "venue's sequence", doc: 'Update id (Binance u) or 0' }, tsVenueNs: time("Venue's event time; 0 where it sends none") },
});

export const RECORDS = [
  BookDeltaDef, TradeDef, BookStatusDef, VenueStatusDef, TopOfBookDef, CrossedMarketDef, CrossedLevelDef, OpportunityDef, OrderIntentDef,
  OrderCommandDef, ExecutionReportDef, FillDef, OrderUpdateDef, BalanceDef, PnlDef, HopLatencyDef, SessionEventDef, QuoteDef,
] as const;
