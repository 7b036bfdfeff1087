/**
 * Facts of the ledger that are nobody else's: written and read here only, never published. The rest of the ledger are
 * ordinary records (OrderCommand NEW, OrderUpdate, Fill, Balance OPENING, VenueStatus), which are published as they stand.
 *
 *   META            u8 kill reason≠0@6, u32 carried@12, i32 first fact number@16, u32 next order@20, u32 next basket@24
 *   BASKET          u8 strategy@6, u8 legs@7, u32 id@12, u32 opportunity@16, u32 frame@20, f64 cause@24, i64 expected@32,
 *                   u16 pair@40, u16 refusal reason@42, u32 legs' hash@44
 *   KILL            u16 RejectReason, 0 = released@6
 *   DAY             u16 quote asset@6, f64 day@16, i64 P&L at its start@24
 *   FEE_VALUE       value in the pair's quote of the fee (in another asset) of the fill that follows: i64@16
 *   CARRY_…         a state carried over by compaction
 */
import { OFFSET } from '../record/define.js';
import type { SlotViews } from '../record/slot.js';

export const FactType = {
  META: 240, BASKET: 241, KILL: 242, DAY: 243, FEE_VALUE: 244,
  CARRY_POSITION: 245, CARRY_PNL: 246, CARRY_COUNT: 247, CARRY_ORDER: 248, CARRY_TRADES: 249, CARRY_VENUE: 250,
} as const;

/** Trade ids in one CARRY_TRADES fact. */
export const TRADES_PER_FACT = 6;

/** Reads and writes fields of private facts by their offsets in the head of this file. */
export class FactCursor {
  at = 0;
  constructor(private readonly views: SlotViews) {}

  wrap(at: number): this {
    this.at = at;
    return this;
  }

  begin(at: number, type: number): this {
    this.at = at;
    this.views.u8[at + OFFSET.type] = type;
    return this;
  }

  u8(offset: number): number {
    return this.views.u8[this.at + offset];
  }

  setU8(offset: number, value: number): this {
    this.views.u8[this.at + offset] = value;
    return this;
  }

  u16(offset: number): number {
    return this.views.u16[(this.at + offset) >> 1];
  }

  setU16(offset: number, value: number): this {
    this.views.u16[(this.at + offset) >> 1] = value;
    return this;
  }

  u32(offset: number): number {
    return this.views.u32[(this.at + offset) >> 2];
  }

  setU32(offset: number, value: number): this {
    this.views.u32[(this.at + offset) >> 2] = value;
    return this;
  }

  i32(offset: number): number {
    return this.views.i32[(this.at + offset) >> 2];
  }

  f64(offset: number): number {
    return this.views.f64[(this.at + offset) >> 3];
  }

  setF64(offset: number, value: number): this {
    this.views.f64[(this.at + offset) >> 3] = value;
    return this;
  }

  i64(offset: number): bigint {
    return this.views.i64[(this.at + offset) >> 3];
  }

  setI64(offset: number, value: bigint): this {
    this.views.i64[(this.at + offset) >> 3] = value;
    return this;
  }
}
