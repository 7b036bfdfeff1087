/**
 * A venue's symbols as bytes → a small number, without making a string. Built once, immutable: open addressing at a
 * quarter full, each hit verified byte by byte.
 */
import { bytesOf, matches } from './scan.js';

export class SymbolTable {
  private readonly names: Uint8Array[] = [];
  private readonly values: Int32Array;
  private readonly slots: Int32Array;
  private readonly mask: number;

  /** @param symbols name → value ≥ 0; names are compared exactly */
  constructor(symbols: Iterable<readonly [string, number]>) {
    const entries = [...symbols];
    let size = 8;
    while (size < entries.length * 4) size *= 2;
    this.mask = size - 1;
    this.slots = new Int32Array(size).fill(-1);
    this.values = Int32Array.from(entries, ([, value]) => value);
    for (const [name] of entries) {
      const bytes = bytesOf(name);
      let slot = this.hash(bytes, 0, bytes.length);
      while (this.slots[slot] >= 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = this.names.length;
      this.names.push(bytes);
    }
  }

  /** The value of the symbol in bytes[from, to), or -1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    for (let slot = this.hash(bytes, from, to); ; slot = (slot + 1) & this.mask) {
      const entry = this.slots[slot];
      if (entry < 0) return -1;
      const name = this.names[entry];
      if (name.length === to - from && matches(bytes, from, to, name)) return this.values[entry];
    }
  }

  /** FNV-1a. */
  private hash(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5 | 0;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    return (hash ^ (hash >>> 15)) & this.mask;
  }
}
