/**
 * Amounts of tokens in the engine's 10^-8, so that what is told adds up: what is too small to be told of one swap is
 * carried into the next, and the sum always is the balance rounded down.
 */
import { AMOUNT_DECIMALS } from '../../model/decimal.js';

export class Dust {
  /** Base units of one told unit: up ÷ down, one of the two is 1. */
  private readonly up: bigint;
  private readonly down: bigint;
  /** Part of the balance below one told unit, base units. */
  private rest = 0n;

  constructor(decimals: number) {
    this.up = 10n ** BigInt(Math.max(0, decimals - AMOUNT_DECIMALS));
    this.down = 10n ** BigInt(Math.max(0, AMOUNT_DECIMALS - decimals));
  }

  /** The balance is this, in base units: its amount in 10^-8, rounded down. */
  balance(units: bigint): bigint {
    this.rest = units % this.up;
    return (units / this.up) * this.down;
  }

  received(units: bigint): bigint {
    const sum = this.rest + units;
    this.rest = sum % this.up;
    return (sum / this.up) * this.down;
  }

  spent(units: bigint): bigint {
    const missing = units - this.rest;
    const told = missing <= 0n ? 0n : (missing + this.up - 1n) / this.up;
    this.rest += told * this.up - units;
    return told * this.down;
  }
}
