/** The numbers of one connection's messages: `sequence_num` grows by one with every message of whatever channel. */

export const Relation = { NEXT: 0, OLD: 1, GAP: 2, RESTART: 3 } as const;

export class ConnectionSequence {
  /** [0] what comes next, or -1: any number is the first. */
  private readonly numbers = Float64Array.of(-1);

  reset(): void {
    this.numbers[0] = -1;
  }

  get expected(): number {
    return this.numbers[0];
  }

  /** Where a message stands; from then on the one after it is expected, unless it is old. */
  take(sequence: number): number {
    const expected = this.numbers[0];
    if (expected >= 0 && sequence < expected) {
      if (sequence !== 0 || expected === 1) return Relation.OLD;
      this.numbers[0] = 1;
      return Relation.RESTART;
    }
    this.numbers[0] = sequence + 1;
    return expected < 0 || sequence === expected ? Relation.NEXT : Relation.GAP;
  }
}
