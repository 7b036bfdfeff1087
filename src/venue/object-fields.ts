/** The few members of a JSON object that somebody wants, by the order of their names; everything else is skipped. */
import { bounds, bytesOf, boundsAre, DONE, expect, firstKey, MALFORMED, nextKey, OPEN_BRACE, QUOTE, skipValue, textOf } from './scan.js';

export class ObjectFields {
  private readonly names: readonly Uint8Array[];
  private readonly from: Int32Array;
  private readonly to: Int32Array;

  constructor(names: readonly string[]) {
    this.names = names.map(bytesOf);
    this.from = new Int32Array(names.length);
    this.to = new Int32Array(names.length);
  }

  /** Read the object at `at`. @returns position after it, or MALFORMED */
  read(bytes: Uint8Array, at: number, end: number): number {
    this.from.fill(-1);
    at = expect(bytes, at, end, OPEN_BRACE);
    if (at < 0) return MALFORMED;
    for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      const field = this.names.findIndex((name) => boundsAre(bytes, name));
      const after = skipValue(bytes, at, end);
      if (after < 0) return MALFORMED;
      if (field >= 0) {
        this.from[field] = at;
        this.to[field] = after;
      }
      at = after;
    }
    return at === DONE ? bounds[1] : MALFORMED;
  }

  /** First byte of a member's value, or -1. */
  at(field: number): number {
    return this.from[field];
  }

  /** A member as text: the content of a string, the characters of a number or literal; '' where it is absent. */
  text(bytes: Uint8Array, field: number): string {
    const from = this.from[field];
    if (from < 0) return '';
    return bytes[from] === QUOTE ? textOf(bytes, from + 1, this.to[field] - 1) : textOf(bytes, from, this.to[field]);
  }
}
