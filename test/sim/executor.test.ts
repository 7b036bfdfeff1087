/**
 * The executor against model venues over bad lines, killed at any moment and started again on its ledger. In the end
 * its positions equal the venues' balances to the last unit, no order id has been sent twice, and observers have seen
 * every fill once.
 */
import t from 'tap';
import { Executor } from '../../src/execution/executor.js';
import { ledgerBytes, type CrashPoint } from '../../src/execution/ledger.js';
import { OrderState, TimeInForce } from '../../src/record/codes.js';
import { SLOT_BYTES } from '../../src/record/define.js';
import { Fill, OrderUpdate, typeAt } from '../../src/record/records.js';
import { MemorySink } from '../../src/record/slot.js';
import { TopMarketView } from '../fixtures/top-market-view.js';
import { EPOCH_UNIX_NS, WIDE_LIMITS, commandsIn, testIndex, writeIntent, type LegSpec } from '../fixtures/execution.js';
import { BAD_LINE, Chance, GOOD_LINE, ModelExchange, type LineQuality } from '../fixtures/model-exchange.js';

class Killed extends Error {}

const STEP_NS = 2e6;
const OPENING = { BTC: 50n * 10n ** 8n, ETH: 500n * 10n ** 8n, USDT: 1_000_000n * 10n ** 8n };

class World {
  readonly index = testIndex();
  readonly orders = new MemorySink(1 << 15);
  readonly intents = new MemorySink(1 << 12);
  readonly venues: readonly { readonly exchange: ModelExchange; readonly reports: MemorySink }[];
  readonly market = new TopMarketView(this.index.instruments.length);
  readonly chance: Chance;
  readonly ledger: SharedArrayBuffer;
  executor!: Executor;
  nowNs = 1e9;
  frame = 1;
  kills = 0;
  compactions = 0;
  /** Lives that began by sending an order of their predecessor's. */
  sentByStarting = 0;
  /** Crash points passed, and the one to die at. */
  points = 0;
  dieAt = Infinity;
  /** Input cursors as the successor would find them: committed at the end of a turn. */
  private readonly committed: number[] = [0, 0, 0];
  private readonly inputs: readonly MemorySink[];

  constructor(seed: number, readonly line: LineQuality, facts = 16_384) {
    this.chance = new Chance(seed);
    this.ledger = new SharedArrayBuffer(ledgerBytes(facts));
    this.venues = [0, 1].map((venue) => {
      const reports = new MemorySink(1 << 13);
      const exchange = new ModelExchange(this.index, venue, this.orders, reports, this.chance, OPENING, venue === 0);
      exchange.line = line;
      return { exchange, reports };
    });
    this.inputs = [this.intents, ...this.venues.map(({ reports }) => reports)];
    this.boot();
  }

  create(ledger: SharedArrayBuffer, sink: MemorySink, crashPoint?: CrashPoint): Executor {
    return new Executor({
      index: this.index, venues: [0, 1], ledger: { buffer: ledger, byteOffset: 0, byteLength: ledger.byteLength }, sink, published: sink.count,
      market: this.market, limits: WIDE_LIMITS, epochUnixNs: EPOCH_UNIX_NS, nowNs: this.nowNs, timings: { notFoundGraceNs: 300e6 }, crashPoint,
    });
  }

  /** Start the executor, as often as it takes. */
  private boot(): void {
    for (;;) {
      try {
        this.orders.abandon();
        const before = this.orders.count;
        this.executor = this.create(this.ledger, this.orders, (point) => this.mayDie(point));
        if (commandsIn(this.orders, before).some(({ action }) => action === 'NEW')) this.sentByStarting++;
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        this.kills++;
      }
    }
  }

  private mayDie(point: string): void {
    if (point === 'after-flip') this.compactions++;
    if (++this.points === this.dieAt) throw new Killed();
  }

  /** Whatever happens in there, the worker may be killed by it; its successor goes on from the committed cursors. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.kills++;
      this.boot();
    }
  }

  step(): void {
    this.nowNs += STEP_NS;
    for (let i = 0; i < 4; i++) this.market.set(i, i < 2 ? 100_00 : 10_00, i < 2 ? 100_10 : 10_01, true, this.nowNs);
    for (const { exchange } of this.venues) {
      exchange.stepInside(this.nowNs);
      exchange.step(this.nowNs);
    }
    this.guarded(() => this.turn());
    if (this.nowNs % 50e6 === 0) this.guarded(() => this.executor.onTimer(this.nowNs));
  }

  private turn(): void {
    this.inputs.forEach((input, k) => {
      for (let i = this.committed[k]; i < input.count; i++) {
        if (!this.executor.onRecord(input.views, i * SLOT_BYTES, this.nowNs)) throw new Error('no room');
      }
      this.committed[k] = input.count;
    });
  }

  intend(legs: readonly LegSpec[]): void {
    writeIntent(this.intents, this.index, legs, { frame: this.frame++, tsCauseNs: this.nowNs, expected: 7n });
    this.intents.flush();
  }

  /** A basket of some kind: usually an arbitrage, sometimes one resting order. */
  intendSomething(): void {
    const pair = this.chance.int(0, 1);
    const price = pair === 0 ? 100_00 : 10_00;
    const qty = this.chance.int(10, 3_000) * (pair === 0 ? 1 : 10);
    const [buyOn, sellOn] = this.chance.happens(0.5) ? [0, 1] : [1, 0];
    if (this.chance.happens(0.15)) this.intend([{ instrument: pair * 2 + buyOn, side: 'buy', price, qty, tif: TimeInForce.GTC }]);
    else this.intend([{ instrument: pair * 2 + buyOn, side: 'buy', price, qty }, { instrument: pair * 2 + sellOn, side: 'sell', price, qty }]);
  }

  /** The lines are good again: wait until everything is known. */
  settle(): void {
    this.dieAt = Infinity;
    for (const { exchange } of this.venues) exchange.line = GOOD_LINE;
    for (let i = 0; i < 60; i++) this.step();
    this.executor.stop(this.nowNs);
    for (let i = 0; i < 20_000 && !this.executor.idle; i++) this.step();
    this.executor.requestBalances(this.nowNs);
    for (let i = 0; i < 2_000 && this.executor.reconciliation().missing.length > 0; i++) this.step();
  }

  /** Everything that must hold when all is settled. Text of the first thing that does not, or ''. */
  wrong(): string {
    if (!this.executor.idle) return `orders are still open: ${JSON.stringify(this.executor.snapshot().lastOrders.filter(({ state }) => state === 'UNKNOWN'))}`;
    const { reconciled, missing, differences } = this.executor.snapshot().reconciliation;
    if (!reconciled) return `not reconciled: ${JSON.stringify({ missing, differences })}`;
    for (const { exchange } of this.venues) for (const [orderId, times] of exchange.taken) if (times !== 1) return `order ${orderId} was sent ${times} times`;
    if (this.sentByStarting > 0) return 'an order of a dead executor was sent by its successor';
    const { sent, refused } = this.executor.snapshot().baskets;
    if (sent + refused !== this.frame - 1) return `${this.frame - 1} baskets wanted, ${sent} sent and ${refused} refused`;
    return this.wrongFills() || this.wrongUpdates() || this.wrongPnl() || this.wrongFold();
  }

  /** Every trade of the venues was published once. */
  private wrongFills(): string {
    const seen = new Set<string>();
    const fill = new Fill(this.orders.views);
    for (let i = 0; i < this.orders.count; i++) {
      if (typeAt(this.orders.views, i * SLOT_BYTES) !== Fill.TYPE) continue;
      fill.wrap(i * SLOT_BYTES);
      const key = `${fill.orderId} ${fill.tradeId}`;
      if (seen.has(key)) return `fill ${key} was published twice`;
      seen.add(key);
    }
    const trades = this.venues.flatMap(({ exchange }) => [...exchange.orders.values()].flatMap(({ trades: of }) => of)).length;
    return trades === seen.size ? '' : `${trades} trades, ${seen.size} fills published`;
  }

  /** The last update of every order says what the venue says; a repeated state without a new fill is one too many. */
  private wrongUpdates(): string {
    const last = new Map<number, { state: number; cumQty: number }>();
    const update = new OrderUpdate(this.orders.views);
    for (let i = 0; i < this.orders.count; i++) {
      if (typeAt(this.orders.views, i * SLOT_BYTES) !== OrderUpdate.TYPE) continue;
      const { orderId, state, cumQty } = update.wrap(i * SLOT_BYTES);
      const before = last.get(orderId);
      if (orderId !== 0 && before?.state === state && before.cumQty === cumQty) return `order ${orderId}: state ${state} published twice`;
      last.set(orderId, { state, cumQty });
    }
    for (const { exchange } of this.venues) {
      for (const order of exchange.orders.values()) {
        const told = last.get(order.orderId);
        if (told?.cumQty !== order.cumQty) return `order ${order.orderId}: filled ${order.cumQty}, told ${told?.cumQty}`;
        if ((told.state === OrderState.FILLED) !== (order.status === 'filled')) return `order ${order.orderId} is ${order.status}, told ${told.state}`;
      }
    }
    return '';
  }

  /** P&L by its definition: realised + unrealised = change of quote + change of base at the mid. */
  private wrongPnl(): string {
    const { pnl, positions } = this.executor.snapshot();
    const unit = (text: string): number => Math.round(Number(text) * 1e8);
    let quote = 0;
    for (const { asset, opening, total } of positions) if (asset === 'USDT') quote += unit(total) - unit(opening);
    let value = 0;
    for (const { pair, inventory } of pnl) value += unit(inventory) * (pair === 'BTC-USDT' ? 100.05 : 10.005);
    const sum = pnl.reduce((total, { realised, unrealised }) => total + unit(realised) + unit(unrealised), 0);
    return Math.abs(sum - quote - value) <= 4 ? '' : `P&L is ${sum}, by its definition ${quote + value}`;
  }

  /** A successor has the same state. */
  private wrongFold(): string {
    const copy = new SharedArrayBuffer(this.ledger.byteLength);
    new Uint8Array(copy).set(new Uint8Array(this.ledger));
    const sink = new MemorySink(1 << 12);
    const successor = this.create(copy, sink).snapshot();
    const state = this.executor.snapshot();
    for (const part of ['ordersSent', 'ordersByState', 'fills', 'baskets', 'refusals', 'positions', 'pnl'] as const) {
      if (JSON.stringify(successor[part]) !== JSON.stringify(state[part])) return `a successor has other ${part}: ${JSON.stringify(successor[part])}, not ${JSON.stringify(state[part])}`;
    }
    return '';
  }
}

const SEEDS = 12;

t.test('random lives over bad lines end with the venues\' balances to the last unit', (t) => {
  let fills = 0;
  let queries = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = new World(seed, BAD_LINE);
    for (let i = 0; i < 1500; i++) {
      if (world.chance.happens(0.05)) world.intendSomething();
      world.step();
    }
    world.settle();
    const wrong = world.wrong();
    if (wrong !== '') t.fail(`seed ${seed}: ${wrong}`);
    fills += world.executor.snapshot().fills;
    queries += world.executor.snapshot().counters.queries;
  }
  t.ok(fills > 200, `${fills} fills`);
  t.ok(queries > 100, `${queries} questions`);
  t.end();
});

t.test('killed at random over bad lines, with a ledger so small that it compacts, it loses and repeats nothing', (t) => {
  let kills = 0;
  let compactions = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = new World(seed * 7919, BAD_LINE, 2 * 2048);
    for (let i = 0; i < 1500; i++) {
      if (world.points > world.dieAt || world.dieAt === Infinity) world.dieAt = world.points + world.chance.int(1, 120);
      if (world.chance.happens(0.5)) world.intendSomething();
      world.step();
    }
    world.settle();
    const wrong = world.wrong();
    if (wrong !== '') t.fail(`seed ${seed * 7919}: ${wrong}`);
    kills += world.kills;
    compactions += world.compactions;
  }
  t.ok(kills > 100, `${kills} kills`);
  t.ok(compactions >= SEEDS, `${compactions} compactions`);
  t.end();
});

t.test('killed at every single point of a life, it ends the same', (t) => {
  const life = (dieAt: number): World => {
    const world = new World(99, { ...GOOD_LINE, repeated: 0.3, maxDelayMs: 20 });
    world.dieAt = dieAt;
    for (let i = 0; i < 120; i++) {
      if (i % 30 === 10) world.intendSomething();
      world.step();
    }
    world.settle();
    return world;
  };
  const undisturbed = life(Infinity);
  t.equal(undisturbed.wrong(), '');
  t.ok(undisturbed.executor.snapshot().ordersSent >= 5);
  const wrong: string[] = [];
  for (let point = 1; point <= undisturbed.points; point++) {
    const world = life(point);
    const text = world.wrong();
    if (text !== '') wrong.push(`killed at point ${point}: ${text}`);
  }
  t.same(wrong, [], `${undisturbed.points} points`);
  t.end();
});
