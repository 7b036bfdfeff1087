/** ExecutionReport, Fill and Balance records. Reports are facts: where the ring is full they wait, in order, for room. */
import { BalanceKind, Flag, NO_INSTRUMENT } from '../record/codes.js';
import { Balance, ExecutionReport, Fill } from '../record/records.js';
import type { RecordSink } from '../record/slot.js';

export interface ReportFacts {
  readonly type: 'report';
  readonly instrument: number;
  readonly orderId: number;
  readonly kind: number;
  readonly reason: number;
  readonly cumQty: number;
  readonly tsSentNs: number;
  readonly tsVenueNs: number;
  readonly tsRecvNs: number;
}

export interface FillFacts {
  readonly type: 'fill';
  readonly instrument: number;
  readonly orderId: number;
  readonly sell: boolean;
  readonly maker: boolean;
  readonly tradeId: number;
  readonly price: number;
  readonly qty: number;
  readonly quoteAmount: bigint;
  readonly feeAsset: number;
  readonly fee: bigint;
  readonly tsRecvNs: number;
}

export interface BalanceFacts {
  readonly type: 'balance';
  readonly asset: number;
  readonly total: bigint;
  readonly held: bigint;
  readonly last: boolean;
  readonly tsNs: number;
}

export type Facts = ReportFacts | FillFacts | BalanceFacts;

export class ReportWriter {
  private readonly report: ExecutionReport;
  private readonly fill: Fill;
  private readonly balance: Balance;
  private waiting: Facts[] = [];

  constructor(private readonly sink: RecordSink, private readonly venueIndex: number) {
    this.report = new ExecutionReport(sink.views);
    this.fill = new Fill(sink.views);
    this.balance = new Balance(sink.views);
  }

  write(facts: Facts): void {
    if (this.waiting.length > 0 || !this.tryWrite(facts)) this.waiting.push(facts);
  }

  /** Write what found no room. */
  drain(): void {
    if (this.waiting.length === 0) return;
    let written = 0;
    while (written < this.waiting.length && this.tryWrite(this.waiting[written])) written++;
    this.waiting = this.waiting.slice(written);
  }

  private tryWrite(facts: Facts): boolean {
    const at = this.sink.next();
    if (at < 0) {
      this.sink.abandon();
      return false;
    }
    if (facts.type === 'report') this.writeReport(at, facts);
    else if (facts.type === 'fill') this.writeFill(at, facts);
    else this.writeBalance(at, facts);
    this.sink.flush();
    return true;
  }

  private writeReport(at: number, facts: ReportFacts): void {
    const { report } = this;
    report.begin(at, 0, this.venueIndex, facts.instrument);
    report.reason = facts.reason;
    report.orderId = facts.orderId;
    report.kind = facts.kind;
    report.attempt = 1;
    report.cumQty = facts.cumQty;
    report.venueOrderId = 0;
    report.tsSentNs = facts.tsSentNs;
    report.tsVenueNs = facts.tsVenueNs;
    report.tsRecvNs = facts.tsRecvNs;
  }

  private writeFill(at: number, facts: FillFacts): void {
    const { fill } = this;
    fill.begin(at, (facts.sell ? Flag.SELL : 0) | (facts.maker ? Flag.MAKER : 0), this.venueIndex, facts.instrument);
    fill.feeAsset = facts.feeAsset;
    fill.orderId = facts.orderId;
    fill.tradeId = facts.tradeId;
    fill.price = facts.price;
    fill.qty = facts.qty;
    fill.quoteAmount = facts.quoteAmount;
    fill.fee = facts.fee;
    fill.tsRecvNs = facts.tsRecvNs;
  }

  private writeBalance(at: number, facts: BalanceFacts): void {
    const { balance } = this;
    balance.begin(at, facts.last ? Flag.LAST : 0, this.venueIndex, NO_INSTRUMENT);
    balance.asset = facts.asset;
    balance.kind = BalanceKind.VENUE;
    balance.total = 0n;
    balance.venueTotal = facts.total;
    balance.held = facts.held;
    balance.tsNs = facts.tsNs;
  }
}
