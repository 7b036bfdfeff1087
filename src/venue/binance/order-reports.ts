/**
 * ExecutionReport, Fill and Balance records. What a venue says of an order must not get lost: what a full ring does
 * not take waits here, in order, and is written first next time.
 */
import { AMOUNT_DECIMALS, parseDecimal, parseScaled, rescale } from '../../model/decimal.js';
import type { Instrument } from '../../model/instrument.js';
import { BalanceKind, Flag, NO_INSTRUMENT } from '../../record/codes.js';
import { Balance, ExecutionReport, Fill } from '../../record/records.js';
import type { RecordSink } from '../../record/slot.js';

export interface ReportValues {
  readonly instrument: number;
  readonly orderId: number;
  readonly kind: number;
  readonly reason: number;
  readonly cumQty: number;
  readonly venueOrderId: number;
  readonly tsSentNs: number;
  readonly tsVenueNs: number;
  readonly tsRecvNs: number;
}

export interface FillValues {
  readonly instrument: Instrument;
  readonly orderId: number;
  readonly tradeId: number;
  readonly sell: boolean;
  readonly maker: boolean;
  /** Exact decimal text, as the venue says. */
  readonly price: string;
  readonly qty: string;
  readonly commission: string;
  readonly commissionAsset: string;
  readonly tsRecvNs: number;
}

export interface BalanceValues {
  readonly asset: number;
  readonly free: string;
  readonly locked: string;
}

export class OrderReports {
  private readonly report: ExecutionReport;
  private readonly fill: Fill;
  private readonly balance: Balance;
  private readonly waiting: (() => boolean)[] = [];

  constructor(private readonly sink: RecordSink, private readonly venue: number, private readonly assetIndex: (code: string) => number | undefined) {
    this.report = new ExecutionReport(sink.views);
    this.fill = new Fill(sink.views);
    this.balance = new Balance(sink.views);
  }

  /** Write what waits. True: nothing does any more. */
  drain(): boolean {
    while (this.waiting.length > 0) {
      if (!this.waiting[0]()) return false;
      this.waiting.shift();
    }
    return true;
  }

  say(values: ReportValues): void {
    this.write(() => {
      const at = this.slot();
      if (at < 0) return false;
      const report = this.report.begin(at, 0, this.venue, values.instrument);
      report.orderId = values.orderId;
      report.kind = values.kind;
      report.reason = values.reason;
      report.attempt = 1;
      report.cumQty = values.cumQty;
      report.venueOrderId = values.venueOrderId;
      report.tsSentNs = values.tsSentNs;
      report.tsVenueNs = values.tsVenueNs;
      report.tsRecvNs = values.tsRecvNs;
      this.sink.flush();
      return true;
    });
  }

  /** @throws RingsideError when a number is none: the caller counts it as malformed */
  filled(values: FillValues): void {
    const { instrument } = values;
    const { pair } = instrument;
    const price = parseScaled(values.price, pair.priceScale);
    const qty = parseScaled(values.qty, pair.qtyScale);
    const quoteAmount = rescale(BigInt(price) * BigInt(qty), pair.priceScale + pair.qtyScale, AMOUNT_DECIMALS);
    const feeAsset = this.assetIndex(values.commissionAsset);
    // A fee in an asset the engine keeps no account of (a discount token) cannot be booked; the trade is.
    const fee = feeAsset === undefined ? 0n : parseDecimal(values.commission, AMOUNT_DECIMALS);
    this.write(() => {
      const at = this.slot();
      if (at < 0) return false;
      const fill = this.fill.begin(at, (values.sell ? Flag.SELL : 0) | (values.maker ? Flag.MAKER : 0), this.venue, instrument.index);
      fill.orderId = values.orderId;
      fill.tradeId = values.tradeId;
      fill.price = price;
      fill.qty = qty;
      fill.quoteAmount = quoteAmount;
      fill.feeAsset = feeAsset ?? instrument.quote.index;
      fill.fee = fee;
      fill.tsRecvNs = values.tsRecvNs;
      this.sink.flush();
      return true;
    });
  }

  /** All balances as one batch, the last flagged LAST. @throws RingsideError when a number is none */
  balances(values: readonly BalanceValues[], nowNs: number): void {
    const rows = values.map(({ asset, free, locked }) => {
      const held = parseDecimal(locked, AMOUNT_DECIMALS);
      return { asset, held, total: parseDecimal(free, AMOUNT_DECIMALS) + held };
    });
    this.write(() => {
      for (let i = 0; i < rows.length; i++) {
        const at = this.sink.next();
        if (at < 0) {
          this.sink.abandon();
          return false;
        }
        const flags = (i === 0 ? Flag.FIRST : 0) | (i === rows.length - 1 ? Flag.LAST : 0);
        const balance = this.balance.begin(at, flags, this.venue, NO_INSTRUMENT);
        balance.asset = rows[i].asset;
        balance.kind = BalanceKind.VENUE;
        balance.total = 0n;
        balance.venueTotal = rows[i].total;
        balance.held = rows[i].held;
        balance.tsNs = nowNs;
      }
      this.sink.flush();
      return true;
    });
  }

  private slot(): number {
    const at = this.sink.next();
    if (at < 0) this.sink.abandon();
    return at;
  }

  private write(record: () => boolean): void {
    if (!this.drain() || !record()) this.waiting.push(record);
  }
}
