/**
 * Balances at the venues. Start: as soon as a gateway is up, leftover orders are cancelled and balances asked for; they
 * become the opening positions. Later: asked for on demand, and held against the engine's positions.
 */
import { BalanceKind, Flag, NO_INSTRUMENT, OrderAction } from '../record/codes.js';
import { Balance } from '../record/records.js';
import type { RecordSink } from '../record/slot.js';
import { reconcile, type Reconciliation } from '../position/reconcile.js';
import type { OrderDesk } from './desk.js';
import type { FactWriter } from './fact-writer.js';
import type { Outbox } from './outbox.js';
import type { ExecutionState } from './state.js';

const ASK_AGAIN_NS = 2e9;

export class Accounts {
  /** What a venue's answer says so far, and its latest whole answer; by asset. */
  private readonly gathering: (bigint[] | undefined)[] = [];
  private readonly answers: (bigint[] | undefined)[] = [];
  private readonly askAtNs: Float64Array;
  private readonly record: Balance;
  private readonly published: (bigint | undefined)[] = [];
  private readonly publishedHeld: bigint[] = [];

  constructor(
    private readonly state: ExecutionState,
    private readonly facts: FactWriter,
    private readonly desk: OrderDesk,
    private readonly outbox: Outbox,
    sink: RecordSink,
    /** Venues we trade on. */
    private readonly venues: readonly number[],
  ) {
    this.record = new Balance(sink.views);
    this.askAtNs = new Float64Array(state.opened.length).fill(Infinity);
  }

  /** The opening balances of every trading venue are known. */
  get complete(): boolean {
    for (const venue of this.venues) if (this.state.opened[venue] === 0) return false;
    return true;
  }

  onGatewayUp(venue: number, nowNs: number): void {
    this.gathering[venue] = undefined;
    if (!this.venues.includes(venue) || this.state.opened[venue] === 1) return;
    this.desk.tellVenue(venue, OrderAction.CANCEL_ALL, nowNs);
    this.ask(venue, nowNs);
  }

  onBalance(balance: Balance, nowNs: number): void {
    const { venue } = balance;
    if (balance.kind !== BalanceKind.VENUE || venue >= this.state.opened.length) return;
    const gathered = (balance.flags & Flag.FIRST) === 0 ? (this.gathering[venue] ?? []) : [];
    this.gathering[venue] = gathered;
    if (balance.asset < this.state.positions.assets) gathered[balance.asset] = balance.venueTotal;
    if ((balance.flags & Flag.LAST) === 0) return;
    this.gathering[venue] = undefined;
    this.askAtNs[venue] = Infinity;
    if (this.state.opened[venue] === 0) this.open(venue, gathered, nowNs);
    this.answers[venue] = gathered;
    this.publishAnswer(venue, gathered, nowNs);
  }

  onTimer(nowNs: number): void {
    for (const venue of this.venues) {
      if (nowNs >= this.askAtNs[venue] && this.state.gatewayUp[venue] === 1) this.ask(venue, nowNs);
    }
  }

  /** A successor asks again for what its predecessor had asked. */
  resume(nowNs: number): void {
    for (const venue of this.venues) if (this.state.opened[venue] === 0) this.askAtNs[venue] = nowNs;
  }

  /** Ask every venue for its balances now; `reconciliation` is about the answers. */
  request(nowNs: number): void {
    for (const venue of this.venues) {
      this.answers[venue] = undefined;
      this.ask(venue, nowNs);
    }
  }

  /** Holds the latest answers against the positions: meaningful while no order is open. */
  reconciliation(): Reconciliation {
    return reconcile(this.state.positions, this.venues, this.answers);
  }

  /** Tell observers the positions that have changed since they were told. */
  publish(nowNs: number): void {
    const { positions } = this.state;
    for (const venue of this.venues) {
      if (this.state.opened[venue] === 0) continue;
      for (let asset = 0; asset < positions.assets; asset++) {
        const at = positions.at(venue, asset);
        if (this.published[at] === positions.total[at] && this.publishedHeld[at] === positions.held[at]) continue;
        if (this.published[at] === undefined && positions.total[at] === 0n) continue;
        if (!this.write(venue, asset, BalanceKind.ENGINE, 0n, 0, nowNs)) return;
        this.published[at] = positions.total[at];
        this.publishedHeld[at] = positions.held[at];
      }
    }
  }

  private ask(venue: number, nowNs: number): void {
    this.askAtNs[venue] = nowNs + ASK_AGAIN_NS;
    if (this.state.gatewayUp[venue] === 1) this.desk.tellVenue(venue, OrderAction.BALANCES, nowNs);
  }

  private open(venue: number, gathered: readonly bigint[], nowNs: number): void {
    const { assets } = this.state.positions;
    for (let asset = 0; asset < assets; asset++) this.facts.opening(venue, asset, gathered[asset] ?? 0n, asset === assets - 1, nowNs);
  }

  private publishAnswer(venue: number, gathered: readonly bigint[], nowNs: number): void {
    const { assets } = this.state.positions;
    for (let asset = 0; asset < assets; asset++) {
      if (!this.write(venue, asset, BalanceKind.VENUE, gathered[asset] ?? 0n, asset === assets - 1 ? Flag.LAST : 0, nowNs)) return;
    }
  }

  private write(venue: number, asset: number, kind: number, venueTotal: bigint, flags: number, nowNs: number): boolean {
    const slot = this.outbox.slot();
    if (slot < 0) return false;
    const { positions } = this.state;
    const at = positions.at(venue, asset);
    const record = this.record.begin(slot, flags, venue, NO_INSTRUMENT);
    record.asset = asset;
    record.kind = kind;
    record.total = positions.total[at];
    record.venueTotal = venueTotal;
    record.held = positions.held[at];
    record.tsNs = nowNs;
    return true;
  }
}
