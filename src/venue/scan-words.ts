/**
 * Scanning four bytes at a time, for frames copied into one buffer that goes on with zeros: digits and constants of
 * busy channels. Little-endian words: the first byte is the lowest. The caller sees to it that four bytes can be read.
 *
 * V8 11 loads an imported or exported binding and checks it at each use, but folds a module's own constant. A loop over
 * levels takes what it uses of this file into constants first; with imports it took a third longer.
 */
import { bytesOf } from './scan.js';

const ZEROS = 0x30303030;

/** The four bytes at `at` less '0' each: four digits are four bytes 0 … 9. */
export function digitWord(view: DataView, at: number): number {
  return view.getInt32(at, true) ^ ZEROS;
}

/** Zero when every byte of the word is 0 … 9. */
export function strays(word: number): number {
  return ((word + 0x76767676) | word) & 0x80808080;
}

/** The number that four digits spell, as `digitWord` gives them. */
export function fourDigits(word: number): number {
  const pairs = (Math.imul(word, 10 * 256 + 1) >>> 8) & 0x00ff00ff;
  return Math.imul(pairs, (100 << 16) + 1) >>> 16;
}

/** A constant of at least four bytes. */
export class Literal {
  readonly length: number;
  /** Its words, the last one ending with it. */
  private readonly words: Int32Array;
  private readonly offsets: Int32Array;

  constructor(text: string) {
    const bytes = bytesOf(text);
    const { length } = bytes;
    if (length < 4) throw new RangeError(`a literal has at least four bytes: ${text}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    this.length = length;
    this.offsets = Int32Array.from({ length: Math.ceil(length / 4) }, (_, i) => Math.min(4 * i, length - 4));
    this.words = this.offsets.map((offset) => view.getInt32(offset, true));
  }

  /** Whether it stands at `at`. */
  isAt(view: DataView, at: number, end: number): boolean {
    if (at + this.length > end) return false;
    const { words, offsets } = this;
    for (let i = 0; i < words.length; i++) if (view.getInt32(at + offsets[i], true) !== words[i]) return false;
    return true;
  }
}
