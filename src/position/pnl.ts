/**
 * Profit and loss of one pair since the start of the session, in the pair's quote, in 10^-8.
 *
 * Definition. Let ΔQ be everything that trades of this pair have changed in quote on all venues (mapped quotes at the
 * user's rate), fees in quote included, and ΔB what they have changed in base, fees in base included. Then, to the
 * last unit,
 *
 *     realised + unrealised = ΔQ + ΔB × mid − fees in other assets, valued in quote when they were charged
 *
 * so nothing that is still open inventory counts as realised, and nothing is counted twice:
 *
 * * inventory = ΔB; cost = what that inventory has cost (negative for a short one), by average cost.
 * * realised: whatever a trade takes off the inventory is matched at average cost, price difference less cost; minus
 *   all fees. The remainder of a division by the average stays in the cost, so realised − cost = ΔQ − other fees always.
 * * A fee charged in base is valued at the trade's price: it is an expense of fee × price, and the base that left is
 *   taken off the inventory at that price. (Buying 1.000 at 100 with a fee of 0.001: realised −0.1, inventory 0.999
 *   that cost 99.9.)
 * * unrealised = inventory × mid − cost: the part of a basket of which one leg filled less than the other shows here.
 *
 * The base held at the start is not inventory: its price risk is the owner's, not the strategy's.
 */
export class PairPnl {
  /** Baskets finished. */
  baskets = 0;
  fills = 0;
  /** Fees that could not be valued in quote (an asset without a market here); they are in the positions all the same. */
  unvaluedFees = 0;
  inventory = 0n;
  cost = 0n;
  realised = 0n;
  fees = 0n;
  expected = 0n;

  /**
   * @param base 10^-8 base traded, before fees @param quote 10^-8 of the pair's quote, before fees
   * @param baseFee part of the fee charged in base @param feeValue value in the pair's quote of the whole fee
   * @param baseFeeValue value in the pair's quote of baseFee (0 when baseFee is 0)
   */
  trade(sell: boolean, base: bigint, quote: bigint, baseFee: bigint, baseFeeValue: bigint, feeValue: bigint): void {
    this.fills++;
    this.fees += feeValue;
    this.realised -= feeValue;
    // The base that really came or went, and what the gross trade plus the fee's value make of its price.
    const change = (sell ? -base : base) - baseFee;
    const value = (sell ? -quote : quote) - baseFeeValue;
    this.take(change, value);
  }

  /** @param mid10n8 value in quote of one whole unit of base (10^8 of its units), 10^-8 */
  unrealised(mid10n8: bigint): bigint {
    return (this.inventory * mid10n8) / 100_000_000n - this.cost;
  }

  /** Put a signed change of inventory that was worth `value` (same sign) against what is there. */
  private take(change: bigint, value: bigint): void {
    const { inventory } = this;
    if (inventory === 0n || inventory > 0n === change > 0n || change === 0n) {
      this.inventory += change;
      this.cost += value;
      if (this.inventory === 0n) this.settle();
      return;
    }
    const closing = change < 0n ? -change : change;
    const held = inventory < 0n ? -inventory : inventory;
    if (closing <= held) {
      const costPart = closing === held ? this.cost : (this.cost * closing) / held;
      this.realised += -value - costPart;
      this.cost -= costPart;
      this.inventory += change;
      return;
    }
    // Through zero: what closes takes its share of the value, the rest opens the other way.
    const closingValue = (value * held) / closing;
    this.realised += -closingValue - this.cost;
    this.inventory = inventory + change;
    this.cost = value - closingValue;
  }

  /** Nothing is held: what it would have cost is no longer a cost but a result. */
  private settle(): void {
    this.realised -= this.cost;
    this.cost = 0n;
  }
}
