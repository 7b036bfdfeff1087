import t, { type Test } from 'tap';
import { BookState } from '../../src/record/codes.js';
import { Prng } from '../../src/sandbox/market/prng.js';
import { Ladder } from '../../src/venue/uniswap/ladder.js';
import { V2State, V3State } from '../../src/venue/uniswap/pool-state.js';
import { FakeNode, NodeFeed, V2, V3 } from '../fixtures/uniswap.js';

const GAS_PRICE = 2_000_000_000n;
const GAS_UNITS = [130_000n, 150_000n];

type Levels = { bids: [number, number][]; asks: [number, number][] };

/** The books that the node's pools have, made afresh, where gas costs nothing. */
function expected(feed: NodeFeed, node: FakeNode): Levels[] {
  const { reserve0, reserve1, v3 } = node.settled;
  const states = feed.index.instruments.map(({ metadata }, i) => (i === 0 ? new V2State(metadata.pool!, reserve0, reserve1) : new V3State(metadata.pool!, v3)));
  return feed.index.instruments.map((instrument, i) => {
    const ladder = new Ladder(instrument, instrument.metadata.pool!, 20);
    ladder.build(states[i], 0n);
    const levels: Levels = { bids: [], asks: [] };
    const { prices, qtys, sells, count } = ladder.changes;
    for (let k = 0; k < count; k++) (sells[k] === 1 ? levels.asks : levels.bids).push([prices[k], qtys[k]]);
    return levels;
  });
}

function seen({ replica }: NodeFeed): Levels[] {
  return [0, 1].map((i) => ({ bids: replica.levels('bids', i), asks: replica.levels('asks', i) }));
}

const BOTH_IN_SYNC = [BookState.IN_SYNC, BookState.IN_SYNC];

function holds(t: Test, feed: NodeFeed, what: string): void {
  t.same(feed.replica.states, BOTH_IN_SYNC, `${what}: both in sync`);
  t.same(seen(feed), expected(feed, feed.node), `${what}: the books are the node's pools`);
}

function started(): { node: FakeNode; feed: NodeFeed } {
  const node = new FakeNode();
  const feed = new NodeFeed(node);
  feed.start();
  return { node, feed };
}

t.test('a pool is read as of one block and shown as a book', (t) => {
  const { node, feed } = started();
  holds(t, feed, 'after the start');
  t.ok(node.asked.eth_call < 20, `few questions: ${node.asked.eth_call}`);
  const [v2, v3] = seen(feed);
  for (const { bids, asks } of [v2, v3]) {
    t.ok(bids[0][0] < asks[0][0]);
    t.ok(bids.length > 2 && bids.length <= 20 && asks.length > 2 && asks.length <= 20, `${bids.length} bids, ${asks.length} asks`);
  }
  t.ok(Math.abs(v3.asks[0][0] / 1000 - 3200) < 10, `quoted in USDC: ${v3.asks[0][0]}`);
  t.end();
});

t.test('taking the levels up to any one costs what the pool takes for their sum, and the gas, and never less', (t) => {
  const node = new FakeNode(1_000_000_000);
  const feed = new NodeFeed(node, 4096, '1');
  feed.start();
  const { reserve0, reserve1, v3 } = node.settled;
  const [first, second] = feed.index.instruments;
  const { priceScale, qtyScale } = first.pair;
  t.equal(first.pair, second.pair);
  const states = [new V2State(first.metadata.pool!, reserve0, reserve1), new V3State(second.metadata.pool!, v3)];
  states.forEach((state, i) => {
    const gas = BigInt(Math.ceil((Number(GAS_UNITS[i] * GAS_PRICE) / 1e18) * 3200 * 1e6));
    for (const side of ['asks', 'bids'] as const) {
      const quoteOf = side === 'asks' ? state.costs() : state.proceeds();
      let qty = 0n;
      let told = 0n;
      for (const [price, levelQty] of feed.replica.levels(side, i)) {
        qty += BigInt(levelQty);
        told += BigInt(price) * BigInt(levelQty);
        const real = quoteOf(qty * 10n ** BigInt(18 - qtyScale))!;
        const toldUnits = (told * 1_000_000n) / 10n ** BigInt(priceScale + qtyScale);
        const worse = side === 'asks' ? toldUnits - real - gas : real - gas - toldUnits;
        if (worse < -2n) t.fail(`${i} ${side} at ${qty}: ${-worse} units better than the pool`);
        // The least order, 510 USDC, pays the gas once; larger ones at that rate at most, and half a tick a level for rounding.
        if (worse > (gas * qty * 3200n) / (510n * 10n ** BigInt(qtyScale)) + (qty * 1_000n) / 10n ** BigInt(qtyScale) + 2n) t.fail(`${i} ${side} at ${qty}: ${worse} units worse than the pool`);
      }
      t.ok(qty > 100_0000000n, `${i} ${side}: reaches ${qty}`);
    }
  });
  t.end();
});

t.test('swaps and liquidity of a block are shown together, whichever comes first: its logs or its head', (t) => {
  for (const order of ['logs-first', 'head-first', 'logs-only'] as const) {
    const { node, feed } = started();
    node.swapV3(true, 5_000_000_000n);
    node.swapV2(70_000_000_000n);
    node.provide(195_500, 195_700, 4_000_000_000_000_000_000n);
    node.swapV3(false, 40_000_000_000_000_000_000n);
    const before = feed.replica.deltas;
    node.mine(order);
    if (order === 'logs-only') node.notifyHead(node.head);
    feed.settle();
    holds(t, feed, order);
    t.ok(feed.replica.deltas - before <= 4 * 40, `${order}: not a book for every log`);
    t.same(feed.replica.trades.map(({ sell }) => sell), [false, false, true], `${order}: trades`);
    node.swapV3(true, 900_000_000_000n);
    node.provide(195_500, 195_700, -4_000_000_000_000_000_000n);
    node.mine(order === 'logs-only' ? 'logs-first' : order);
    feed.settle();
    holds(t, feed, `${order}, across ticks`);
  }
  t.end();
});

t.test('a quiet pool is confirmed twice a second', (t) => {
  const { feed } = started();
  const { history } = feed.replica;
  const before = history.length;
  feed.wait(3e9);
  t.ok(history.length - before >= 8 && history.length - before <= 14, `${history.length - before} confirmations of two pools in three seconds`);
  holds(t, feed, 'after them');
  t.end();
});

t.test('a log that comes twice changes nothing', (t) => {
  const { node, feed } = started();
  node.swapV3(true, 5_000_000_000n);
  node.provide(195_500, 195_700, 4_000_000_000_000_000_000n);
  const { logs } = node.mine();
  for (const log of logs) node.notify(log);
  feed.settle();
  holds(t, feed, 'after duplicates');
  t.equal(feed.replica.trades.length, 1);
  t.end();
});

for (const depth of [1, 2, 3]) {
  for (const told of [true, false]) {
    for (const order of ['logs-first', 'head-first'] as const) {
      t.test(`${depth} blocks rewritten, removed logs ${told ? 'sent' : 'missing'}, ${order}: the new branch counts`, (t) => {
        const { node, feed } = started();
        for (let i = 0; i < 4; i++) {
          node.swapV3(i % 2 === 0, i % 2 === 0 ? 90_000_000_000n : 30_000_000_000_000_000_000n);
          node.provide(195_400 + i * 10, 195_800, 2_000_000_000_000_000_000n);
          node.swapV2(1_000_000_000n);
          node.mine();
          feed.settle();
        }
        holds(t, feed, 'before');
        node.drop(depth, told);
        if (told) {
          while (node.outbox.length > 0) feed.frame(node.outbox.shift()!);
          t.notSame(feed.replica.states, BOTH_IN_SYNC, 'in doubt until the new branch is there');
        }
        for (let i = 0; i <= depth; i++) {
          if (i !== 1) node.swapV3(false, 20_000_000_000_000_000_000n);
          node.mine(order);
        }
        feed.settle();
        feed.wait(1e9);
        holds(t, feed, 'after');
        t.equal(feed.reconnects, 0);
        t.end();
      });
    }
  }
}

t.test('missed heads: the logs since are asked for, and what was missed among them is found', (t) => {
  const { node, feed } = started();
  node.swapV3(true, 5_000_000_000n);
  node.mine('silent');
  node.swapV2(5_000_000_000n);
  node.mine('silent');
  node.swapV3(false, 1_000_000_000_000_000_000n);
  node.mine();
  feed.settle();
  holds(t, feed, 'after a gap in the heads');
  t.ok(feed.counts.gaps! >= 1);
  node.provide(195_590, 195_620, 1_000_000_000_000_000_000n);
  node.mine('head-only');
  node.swapV3(true, 90_000_000_000n);
  node.mine('logs-only');
  feed.settle();
  feed.wait(8e9);
  holds(t, feed, 'a log and a head lost: the next swap contradicts, the late head is noticed');
  t.end();
});

t.test('a log that never comes is found when its head does, and nothing is shown without it', (t) => {
  const { node, feed } = started();
  node.swapV3(true, 5_000_000_000n);
  node.swapV2(5_000_000_000n);
  node.provide(195_500, 195_700, 4_000_000_000_000_000_000n);
  node.mine('logs-first');
  node.outbox.splice(3, 1);
  const books: string[] = [];
  while (node.outbox.length > 0) {
    feed.frame(node.outbox.shift()!);
    books.push(JSON.stringify(seen(feed)));
  }
  holds(t, feed, 'in the end');
  t.equal(new Set(books).size, 2, 'shown at once, with all of the block');
  node.swapV2(5_000_000_000n);
  node.mine('logs-first');
  node.outbox.splice(0, 1);
  feed.settle();
  holds(t, feed, 'a log before another one');
  node.swapV2(5_000_000_000n);
  node.swapV3(true, 5_000_000_000n);
  node.mine('head-only');
  feed.settle();
  holds(t, feed, 'with no log at all');
  t.end();
});

t.test('a lost connection: out of sync at once, then the logs of the time between, without reading the pools again', (t) => {
  const { node, feed } = started();
  node.swapV3(true, 5_000_000_000n);
  node.mine();
  feed.settle();
  const calls = node.asked.eth_call;
  node.swapV3(true, 500_000_000_000n);
  node.mine('logs-only');
  feed.frame(node.outbox[0]);
  feed.lose();
  t.same(feed.replica.states, [BookState.OUT_OF_SYNC, BookState.OUT_OF_SYNC]);
  node.swapV2(5_000_000_000n);
  node.provide(195_590, 195_620, 1_000_000_000_000_000_000n);
  node.mine('silent');
  node.mine('silent');
  feed.start();
  holds(t, feed, 'after backfill');
  t.equal(node.asked.eth_call, calls);
  feed.lose();
  node.drop(2, false);
  node.swapV3(true, 700_000_000n);
  node.mine('silent');
  feed.start();
  holds(t, feed, 'the known head is gone: all is read');
  t.ok(node.asked.eth_call > calls);
  t.end();
});

t.test('logs that come while a pool is read are applied after it', (t) => {
  const node = new FakeNode();
  const feed = new NodeFeed(node);
  feed.feed.onOpen(feed.nowNs);
  for (let i = 0; i < 5; i++) feed.frame(node.outbox.shift()!);
  node.swapV3(true, 5_000_000_000n);
  node.swapV2(5_000_000_000n);
  node.mine('logs-first');
  node.outbox.unshift(...node.outbox.splice(-5));
  feed.settle();
  holds(t, feed, 'after the reads');
  t.end();
});

t.test('a pool that cannot be read stays out of sync and is tried again', (t) => {
  const node = new FakeNode();
  node.failing.add('eth_call');
  const feed = new NodeFeed(node);
  feed.start();
  feed.wait(5e9);
  t.same(feed.replica.states, [BookState.OUT_OF_SYNC, BookState.OUT_OF_SYNC]);
  t.ok(feed.counts.requestErrors! >= 6 && feed.counts.requestErrors! < 20, 'with growing pauses');
  node.failing.clear();
  feed.wait(10e9);
  holds(t, feed, 'once it answers');
  t.end();
});

t.test('a swap to where the ticks are not known has them read', (t) => {
  const { node, feed } = started();
  const calls = node.asked.eth_call;
  node.swapV3(false, 900_000_000_000_000_000_000n);
  node.mine();
  feed.settle();
  feed.wait(1e9);
  t.ok(node.asked.eth_call > calls);
  holds(t, feed, 'far away');
  t.end();
});

t.test('a node that says nothing, or has no new blocks, is left', (t) => {
  const { node, feed } = started();
  node.silent.add('eth_blockNumber');
  feed.wait(14e9);
  t.equal(feed.reconnects, 0);
  feed.wait(3e9);
  t.ok(feed.reconnects >= 1);
  t.equal(feed.counts.stalls, 1);
  const other = started();
  other.feed.wait(95e9);
  t.equal(other.feed.reconnects, 1, 'no block for 90 s');
  t.end();
});

t.test('a full ring costs a book its sync, not its truth', (t) => {
  const node = new FakeNode();
  const feed = new NodeFeed(node, 60);
  feed.feed.onOpen(feed.nowNs);
  for (let n = 0; n < 1000 && node.outbox.length > 0; n++) {
    feed.nowNs += 1e5;
    const bytes = new TextEncoder().encode(node.outbox.shift());
    feed.feed.onFrame(bytes, bytes.length, feed.nowNs);
  }
  t.ok(feed.counts.ringFull! >= 1);
  feed.replica.drain();
  feed.wait(2e9);
  feed.replica.drain();
  holds(t, feed, 'once there is room');
  t.end();
});

t.test('damaged frames are counted, never thrown, and no book in sync differs from its pool', (t) => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Prng(`uniswap damage ${seed}`);
    const { node, feed } = started();
    for (let block = 0; block < 40; block++) {
      if (random.uniform() < 0.7) {
        const zeroForOne = random.uniform() < 0.5;
        node.swapV3(zeroForOne, zeroForOne ? 10_000_000_000n : 3_000_000_000_000_000_000n);
      }
      if (random.uniform() < 0.5) node.swapV2(BigInt(1 + Math.floor(random.uniform() * 1e10)));
      if (random.uniform() < 0.4) node.provide(195_000 + Math.floor(random.uniform() * 50) * 10, 195_700, 100_000_000_000_000_000n);
      if (random.uniform() < 0.1 && node.blocks.length > 4) node.drop(1 + Math.floor(random.uniform() * 2), random.uniform() < 0.5);
      node.mine(random.uniform() < 0.5 ? 'logs-first' : 'head-first');
      for (let said = 0; node.outbox.length > 0 && said < 5000; said++) {
        feed.nowNs += 1e5;
        const text = node.outbox.shift()!;
        const fate = random.uniform();
        if (fate < 0.02) feed.frame(text.slice(0, Math.floor(random.uniform() * text.length)));
        else if (fate < 0.03) feed.frame(text.replace(/[0-9a-f]{6}"/, 'zz"'));
        else if (fate < 0.04) feed.frame(text.replace('"topics":[', '"topics":[1,'));
        else {
          feed.frame(text);
          if (fate > 0.98) feed.frame(text);
        }
      }
    }
    feed.wait(4e9);
    const wrong = seen(feed).findIndex((book, i) => feed.replica.states[i] === BookState.IN_SYNC && JSON.stringify(book) !== JSON.stringify(expected(feed, node)[i]));
    if (wrong >= 0 && feed.reconnects === 0) t.fail(`seed ${seed}: in sync, and not its pool: ${wrong}`);
    for (let block = 0; block < 3; block++) {
      node.mine();
      feed.settle();
      feed.wait(20e9);
    }
    if (feed.reconnects > 0) {
      feed.lose();
      feed.start();
    }
    if (JSON.stringify(seen(feed)) !== JSON.stringify(expected(feed, node))) t.fail(`seed ${seed}: a book is not its pool`);
    if (feed.replica.states.some((state) => state !== BookState.IN_SYNC)) t.fail(`seed ${seed}: not back in sync: ${JSON.stringify(feed.counts)}`);
  }
  t.pass('forty seeds');
  t.end();
});

t.test('the index has both pools of one pair', (t) => {
  const { feed } = started();
  t.same(feed.index.instruments.map(({ symbol, pair }) => [symbol, pair.name]), [[V2, 'ETH-USDC'], [V3, 'ETH-USDC']]);
  t.end();
});
