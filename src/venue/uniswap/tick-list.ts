/** The initialised ticks of one pool in order, found as the contract's bitmap finds them: one word of 256 ticks at a time. */
import { sqrtRatioAtTick } from './tick-math.js';

export interface Tick {
  readonly index: number;
  /** Square root price at the tick, times 2^96. */
  readonly price: bigint;
  /** Of all positions that begin or end here: the tick is initialised while this is not 0. */
  gross: bigint;
  /** Liquidity that comes in when the price rises past the tick, and goes when it falls. */
  net: bigint;
}

export interface NextTick {
  index: number;
  /** Undefined: the end of the word, where nothing is. */
  tick: Tick | undefined;
}

export class TickList {
  private readonly ticks: Tick[] = [];

  constructor(readonly spacing: number) {}

  get all(): readonly Tick[] {
    return this.ticks;
  }

  get(index: number): Tick | undefined {
    const at = this.atOrAbove(index);
    return this.ticks[at]?.index === index ? this.ticks[at] : undefined;
  }

  /** Set a tick as read from the chain. */
  set(index: number, gross: bigint, net: bigint): void {
    const at = this.atOrAbove(index);
    const known = this.ticks[at]?.index === index ? this.ticks[at] : undefined;
    if (gross === 0n) {
      if (known !== undefined) this.ticks.splice(at, 1);
    } else if (known === undefined) this.ticks.splice(at, 0, { index, price: sqrtRatioAtTick(index), gross, net });
    else {
      known.gross = gross;
      known.net = net;
    }
  }

  /** Add to a tick (negative: take away). False: more would be taken than there is, and nothing was changed. */
  change(index: number, gross: bigint, net: bigint): boolean {
    const known = this.get(index);
    const total = (known?.gross ?? 0n) + gross;
    if (total < 0n) return false;
    this.set(index, total, (known?.net ?? 0n) + net);
    return true;
  }

  clear(): void {
    this.ticks.length = 0;
  }

  /** The next tick at or below `tick` (`down`), or above it, in its word of the bitmap. */
  nextInWord(tick: number, down: boolean): NextTick {
    const { spacing, ticks } = this;
    const compressed = Math.floor(tick / spacing);
    if (down) {
      const found = ticks[this.atOrAbove(tick + 1) - 1];
      const end = (compressed >> 8) * 256 * spacing;
      return found !== undefined && found.index >= end ? { index: found.index, tick: found } : { index: end, tick: undefined };
    }
    const found = ticks[this.atOrAbove(tick + 1)];
    const end = (((compressed + 1) >> 8) * 256 + 255) * spacing;
    return found !== undefined && found.index <= end ? { index: found.index, tick: found } : { index: end, tick: undefined };
  }

  /** Position of the first tick whose index is not below `index`. */
  atOrAbove(index: number): number {
    let from = 0;
    let to = this.ticks.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.ticks[middle].index < index) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
