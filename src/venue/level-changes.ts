/** The level changes of one frame, in the venue's order, at the venue's decimals: parsed whole before any of them counts. */
export class LevelChanges {
  prices = new Float64Array(64);
  qtys = new Float64Array(64);
  /** 1 = ask. */
  sells = new Uint8Array(64);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  push(isAsk: 0 | 1, price: number, qty: number): void {
    if (this.count === this.prices.length) this.grow();
    this.prices[this.count] = price;
    this.qtys[this.count] = qty;
    this.sells[this.count++] = isAsk;
  }

  private grow(): void {
    const { prices, qtys, sells } = this;
    this.prices = new Float64Array(prices.length * 2);
    this.qtys = new Float64Array(prices.length * 2);
    this.sells = new Uint8Array(prices.length * 2);
    this.prices.set(prices);
    this.qtys.set(qtys);
    this.sells.set(sells);
  }
}
