/**
 * What leaves the executor. Facts that concern others (order commands, order updates, fills, opening balances) are
 * published from the ledger, in its order, each once: a publication mark tells a successor exactly how far its
 * predecessor came. A new order in a predecessor's unpublished tail is never published late: it goes to UNKNOWN and its
 * venue is asked. Everything else (cancels, queries, balances, P&L) is written straight to the sink and may be lost.
 */
import { SLOT_BYTES } from '../record/define.js';
import { Balance, Fill, OrderCommand, OrderUpdate, typeAt } from '../record/records.js';
import type { RecordSink } from '../record/slot.js';
import type { Ledger } from './ledger.js';
import type { ExecutionState } from './state.js';

const WORDS = SLOT_BYTES >> 2;
const MAX_RESERVED = 64;

export class Outbox {
  /** Facts of the current half that are published (or need not be). */
  private published: number;
  /** Facts below this were committed by a predecessor: its new orders must not leave any more. */
  private readonly inherited: number;
  private inheritedHalf = true;
  private readonly reserved = new Int32Array(MAX_RESERVED);
  private reservedCount = 0;
  private reservedUsed = 0;
  private taken = 0;
  /** Times the sink was full. */
  full = 0;

  /** @param ring records ever published to the sink, as its producer says (wraps at 2^32) */
  constructor(private readonly ledger: Ledger, private readonly state: ExecutionState, private readonly sink: RecordSink, private ring: number) {
    if (ledger.recovered) {
      const index = ((ledger.publishedAt(ring | 0) - state.firstFact) | 0) + state.carried;
      this.published = Math.max(state.carried, Math.min(index, ledger.committed));
      this.inherited = ledger.committed;
    } else {
      this.published = state.carried;
      this.inherited = 0;
      ledger.mark(0, ring | 0);
      ledger.mark(0, ring | 0);
    }
  }

  /** Everything committed is published. */
  get empty(): boolean {
    return this.published === this.ledger.committed;
  }

  /** Number of the fact that will be appended next. */
  get nextFact(): number {
    return (this.state.firstFact + this.ledger.committed - this.state.carried) | 0;
  }

  /** The ledger has been compacted; everything before had been published. */
  restart(): void {
    this.published = this.ledger.committed;
    this.inheritedHalf = false;
  }

  /** Make sure that `count` facts can leave together. False: nothing is reserved. */
  reserve(count: number): boolean {
    if (!this.empty) return false;
    for (let i = 0; i < count; i++) {
      const at = this.sink.next();
      if (at < 0) {
        this.full++;
        this.sink.abandon();
        this.taken = 0;
        return false;
      }
      this.reserved[i] = at;
    }
    this.reservedCount = count;
    this.reservedUsed = 0;
    return true;
  }

  /** Byte offset in the sink's views for a record outside the ledger, or -1. Leaves with the next `flush`. */
  slot(): number {
    const at = this.sink.next();
    if (at < 0) this.full++;
    else this.taken++;
    return at;
  }

  /** Publish what is committed and what was written to `slot`. */
  flush(): void {
    const { ledger } = this;
    let upTo = this.published;
    for (; upTo < ledger.committed; upTo++) {
      const from = ledger.at(upTo);
      if (!this.isPublic(upTo, from)) continue;
      const at = this.reservedUsed < this.reservedCount ? this.reserved[this.reservedUsed++] : this.sink.next();
      if (at < 0) {
        this.full++;
        break;
      }
      this.copy(from, at);
      this.taken++;
    }
    this.reservedCount = 0;
    this.reservedUsed = 0;
    if (this.taken > 0) {
      this.ring = (this.ring + this.taken) | 0;
      this.taken = 0;
      ledger.mark((this.state.firstFact + upTo - this.state.carried) | 0, this.ring);
      ledger.flushPoint('before-flush');
      this.sink.flush();
      ledger.flushPoint('after-flush');
    }
    this.published = upTo;
  }

  private isPublic(i: number, at: number): boolean {
    const { views } = this.ledger;
    switch (typeAt(views, at)) {
      case OrderUpdate.TYPE:
      case Fill.TYPE:
      case Balance.TYPE:
        return true;
      case OrderCommand.TYPE:
        return !(this.inheritedHalf && i < this.inherited);
      default:
        return false;
    }
  }

  /** All but the first word, which is the ring's own. */
  private copy(from: number, to: number): void {
    const source = this.ledger.views.i32;
    const target = this.sink.views.i32;
    const a = from >> 2;
    const b = to >> 2;
    for (let i = 1; i < WORDS; i++) target[b + i] = source[a + i];
  }
}

