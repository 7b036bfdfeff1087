import t from 'tap';
import { ReportKind } from '../../src/record/codes.js';
import { Fill, OrderUpdate, typeAt } from '../../src/record/records.js';
import { MemorySink } from '../../src/record/slot.js';
import { Ledger, ledgerBytes, type CrashPoint } from '../../src/execution/ledger.js';
import { SLOT_BYTES } from '../../src/record/define.js';
import { Desk } from '../fixtures/execution.js';

function published(sink: MemorySink, type: number): number {
  let count = 0;
  for (let i = 0; i < sink.count; i++) if (typeAt(sink.views, i * SLOT_BYTES) === type) count++;
  return count;
}

/** A sink whose reader is slow: takes only `room` more records. */
class SlowSink extends MemorySink {
  room = Infinity;
  private claimed = 0;

  override next(): number {
    if (this.claimed >= this.room) return -1;
    const at = super.next();
    if (at >= 0) this.claimed++;
    return at;
  }

  override flush(): void {
    this.room -= this.claimed;
    this.claimed = 0;
    super.flush();
  }

  override abandon(): void {
    this.claimed = 0;
    super.abandon();
  }
}

t.test('what was appended and not committed does not exist for a successor', (t) => {
  const memory = { buffer: new SharedArrayBuffer(ledgerBytes(4096)), byteOffset: 0, byteLength: ledgerBytes(4096) };
  const first = new Ledger(memory, 7, undefined);
  t.equal(first.recovered, false);
  first.views.u8[first.append() + 4] = 240;
  first.seal();
  first.append();
  const second = new Ledger(memory, 7, undefined);
  t.equal(second.recovered, true);
  t.equal(second.committed, 1);
  first.commit();
  t.equal(new Ledger(memory, 7, undefined).committed, 2);
  t.throws(() => new Ledger(memory, 8, undefined), /another session/);
  t.throws(() => new Ledger({ ...memory, byteLength: 64 * 100 }, 7, undefined), /at least/);
  t.end();
});

t.test('a mark is true only once the ring has come to it, also across the wrap of its positions', (t) => {
  for (const start of [0, 0x7fff_fffe, -3]) {
    const memory = { buffer: new SharedArrayBuffer(ledgerBytes(4096)), byteOffset: 0, byteLength: ledgerBytes(4096) };
    const ledger = new Ledger(memory, 7, undefined);
    ledger.seal();
    const at = (n: number): number => (start + n) | 0;
    ledger.mark(0, at(0));
    ledger.mark(0, at(0));
    ledger.mark(5, at(3));
    t.equal(new Ledger(memory, 7, undefined).publishedAt(at(0)), 0, 'died before the flush');
    const heir = new Ledger({ ...memory, buffer: memory.buffer.slice(0) }, 7, undefined);
    t.equal(heir.publishedAt(at(0)), 0);
    heir.mark(7, at(4));
    t.equal(heir.publishedAt(at(0)), 0, 'and its heir before its own: the true mark still stands');
    t.equal(new Ledger(memory, 7, undefined).publishedAt(at(3)), 5, 'died after it');
    ledger.mark(9, at(4));
    t.equal(new Ledger(memory, 7, undefined).publishedAt(at(3)), 5);
    t.equal(new Ledger(memory, 7, undefined).publishedAt(at(4)), 9);
  }
  t.end();
});

t.test('a full orders ring refuses new baskets and holds facts back; nothing is lost or told twice', (t) => {
  const slow = new SlowSink(1 << 12);
  const desk = new Desk({ sink: slow, published: 0 });
  Object.assign(desk, { orders: slow });
  desk.open();
  const [buy, sell] = desk.arbitrage();
  slow.room = 3; // a basket needs 4
  t.same(desk.arbitrage(500, 100_10, 100_00), [], 'one in flight');
  slow.room = 0;
  desk.fill(buy, 1, 100_10, 1_000);
  desk.fill(sell, 2, 100_00, 1_000);
  desk.fill(sell, 2, 100_00, 1_000);
  t.equal(published(slow, Fill.TYPE), 0);
  t.match(desk.executor.snapshot(), { fills: 2, ledger: { unpublished: true } });
  t.same(desk.arbitrage(), []);
  t.equal(desk.executor.snapshot().refusals.NOT_SENT, 1);
  slow.room = 2;
  desk.tick(1);
  slow.room = Infinity;
  desk.tick(1);
  t.equal(published(slow, Fill.TYPE), 2);
  t.same(desk.states(buy), ['SENT', 'FILLED']);
  t.equal(desk.states(0).filter((state) => state === 'REFUSED').length, 4);
  desk.quoteAll();
  t.equal(desk.arbitrage().length, 2, 'it goes on');
  t.end();
});

t.test('a successor tells what its predecessor had decided and not told, but sends none of its orders', (t) => {
  let dieAt = '';
  const desk = new Desk({ crashPoint: (point) => {
    if (point === dieAt) throw new Error('killed');
  } });
  desk.open();
  dieAt = 'before-flush';
  t.throws(() => desk.arbitrage());
  dieAt = '';
  t.equal(desk.commands('NEW').length, 0);
  desk.restart();
  t.same(desk.commands('NEW'), []);
  const [first, second] = desk.executor.snapshot().lastOrders;
  t.match([first.state, second.state], ['UNKNOWN', 'UNKNOWN']);
  t.same(desk.states(first.orderId), ['SENT', 'UNKNOWN'], 'observers learn of it');
  t.equal(desk.commands('QUERY').length, 2);
  t.equal(desk.executor.trading, false, 'not before all is known');
  desk.tick(6500);
  for (let i = 0; i < 2; i++) for (const { orderId } of [first, second]) desk.report(orderId, ReportKind.NOT_FOUND);
  t.equal(desk.order(first.orderId)?.reason, 'NEVER_ARRIVED');
  t.equal(desk.executor.trading, true);
  const updates = published(desk.orders, OrderUpdate.TYPE);
  desk.restart();
  t.equal(published(desk.orders, OrderUpdate.TYPE), updates, 'a third one has nothing left to tell');
  t.end();
});

t.test('compaction keeps the state, and whoever dies in it loses nothing', (t) => {
  const busy = (crashPoint?: CrashPoint): Desk => {
    const desk = new Desk({ facts: 4096, crashPoint }).open();
    desk.fill(desk.arbitrage()[0], 5, 100_10, 300, { fee: 300n, feeAsset: 'BTC' });
    desk.report(1, ReportKind.EXPIRED, { cumQty: 300 });
    for (let i = 0; i < 8; i++) desk.fill(2, 10 + i, 100_00, 100, { fee: 10_000n });
    return desk;
  };
  /** What refused baskets do not change. */
  const keep = (desk: Desk): unknown => {
    const { ordersByState, fills, positions, pnl, lastOrders, phase } = desk.executor.snapshot();
    return { ordersByState, fills, positions, pnl, lastOrders, phase };
  };
  const flood = (desk: Desk): void => {
    for (let i = 0; i < 700; i++) desk.arbitrage();
  };

  const calm = busy();
  flood(calm);
  calm.tick(100);
  const { compactions, facts } = calm.executor.snapshot().ledger;
  t.ok(compactions >= 1, `${compactions} compactions, ${facts} facts left`);
  t.equal(calm.executor.snapshot().refusals.RISK_LEG_IN_FLIGHT, 700);
  calm.fill(2, 17, 100_00, 100);
  t.equal(calm.executor.snapshot().counters.duplicateFills, 1, 'trade ids are carried over');
  const { ledger } = calm;
  t.equal(published(calm.orders, OrderUpdate.TYPE), calm.states(0).length + calm.states(1).length + calm.states(2).length);
  calm.restart();
  t.equal(calm.ledger, ledger);
  calm.fill(2, 17, 100_00, 100);
  t.equal(calm.executor.snapshot().counters.duplicateFills, 1, 'in a successor too');
  calm.fill(1, 5, 100_10, 300);
  t.equal(calm.total('binance', 'BTC'), '10.002997', 'also for an order that had ended');

  let points = 0;
  for (let dieAt = 1; dieAt <= 2000; dieAt += 37) {
    let seen = 0;
    const desk = busy((point) => {
      if ((point === 'compacting' || point === 'before-flip' || point === 'after-flip') && ++seen === dieAt) throw new Error('killed');
    });
    let died = false;
    for (let i = 0; i < 700 && !died; i++) {
      try {
        desk.arbitrage();
      } catch {
        died = true;
      }
    }
    if (!died) break;
    points++;
    desk.restart();
    const twin = busy();
    twin.restart();
    t.same(keep(desk), keep(twin), `killed at point ${dieAt} of the compaction`);
  }
  t.ok(points > 5, `${points} points`);
  t.end();
});

t.test('a long ledger is compacted long before it is full, so that a successor has little to fold', (t) => {
  const desk = new Desk({ facts: 131_072 }).open();
  for (let i = 0; i < 6_000; i++) desk.intent([{ instrument: 0, side: 'buy', price: 1, qty: 1 }, { instrument: 1, side: 'sell', price: 1, qty: 1 }]);
  t.ok(desk.executor.snapshot().ledger.facts > 18_000);
  desk.tick(100);
  t.ok(desk.executor.snapshot().ledger.facts < 2_000);
  t.match(desk.executor.snapshot().baskets, { refused: 6_000 });
  t.end();
});

t.test('with the ring blocked and the ledger full, input is left where it is, and taken later', (t) => {
  const slow = new SlowSink(1 << 14);
  const desk = new Desk({ sink: slow, published: 0, facts: 4096 });
  Object.assign(desk, { orders: slow });
  desk.open();
  desk.arbitrage();
  slow.room = 0;
  t.throws(() => {
    for (let i = 0; i < 1000; i++) desk.arbitrage();
  }, /no room/);
  const { refused } = desk.executor.snapshot().baskets;
  slow.room = Infinity;
  desk.tick(1);
  desk.feed();
  t.ok(desk.executor.snapshot().baskets.refused > refused);
  t.equal(desk.states(0).length, 2 * desk.executor.snapshot().baskets.refused);
  t.end();
});
