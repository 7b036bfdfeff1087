import { createRequire } from 'node:module';
import t, { type Test } from 'tap';
import { buildInstrumentIndex } from '../../src/model/instrument-index.js';
import type { Instrument } from '../../src/model/instrument.js';
import { RejectReason } from '../../src/record/codes.js';
import { VENUES } from '../../src/venue/registry.js';
import { Dust } from '../../src/venue/uniswap/dust.js';
import { refusalOf, Refusal } from '../../src/venue/uniswap/venue-error.js';
import { chainIndex, ChainGateway, startedGateway } from '../fixtures/uniswap-gateway.js';
import { testChain } from '../fixtures/ethereum-node.js';

// Must come first: what follows loads it.
t.test('a venue is listed without loading viem', (t) => {
  t.ok(VENUES.some(({ id }) => id === 'uniswap'));
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('/viem/'));
  t.same(loaded, []);
  t.end();
});

const BUY = 0;
const SELL = 1;
const GTC = 0;

function pool(gateway: ChainGateway, version: 2 | 3, pair = 'ETH-USDT'): Instrument {
  return gateway.index.instruments.find((instrument) => instrument.metadata.pool?.version === version && instrument.pair.name === pair)!;
}

/** A price far on the taker's side of the fair one, scaled. */
function reaching(gateway: ChainGateway, instrument: Instrument, side: 0 | 1): number {
  const fair = gateway.chain.fair(instrument.pair.name.startsWith('ETH') ? 'ETH/USDT' : 'BTC/USDT');
  return Math.round(fair * (side === BUY ? 1.05 : 0.95)) * 10 ** instrument.pair.priceScale;
}

const units = (instrument: Instrument, qty: number): number => Math.round(qty * 10 ** instrument.pair.qtyScale);

/** What the engine makes of opening balances and fills, by asset. */
function booked(gateway: ChainGateway, opening: ReadonlyMap<string, bigint>): Map<string, bigint> {
  const totals = new Map(opening);
  const add = (code: string, amount: bigint): void => void totals.set(code, (totals.get(code) ?? 0n) + amount);
  const placed = new Map(placedOrders.get(gateway));
  for (const fill of gateway.reader.fills) {
    const { pair, quote } = placed.get(fill.orderId)!;
    const base = BigInt(fill.qty) * 10n ** BigInt(8 - pair.qtyScale);
    add(pair.base.code, fill.sell ? -base : base);
    add(quote.code, fill.sell ? fill.quoteAmount : -fill.quoteAmount);
    add(gateway.index.assets[fill.feeAsset].code, -fill.fee);
  }
  return totals;
}

const placedOrders = new WeakMap<ChainGateway, Map<number, Instrument>>();

async function place(gateway: ChainGateway, orderId: number, instrument: Instrument, side: 0 | 1, qty: number, price = reaching(gateway, instrument, side), tif = 1): Promise<boolean> {
  const orders = placedOrders.get(gateway) ?? new Map<number, Instrument>();
  placedOrders.set(gateway, orders);
  orders.set(orderId, instrument);
  return gateway.place(orderId, instrument, side, price, units(instrument, qty), tif);
}

async function reconciles(t: Test, gateway: ChainGateway, opening: ReadonlyMap<string, bigint>, what: string): Promise<void> {
  t.same(await gateway.balances(), booked(gateway, opening), `${what}: balances are the opening ones and the fills, to the last unit`);
}

t.test('log-on: nonce, balances and approvals first, then orders', async (t) => {
  const chain = testChain(5);
  chain.pass(2);
  const gateway = new ChainGateway(chain, await chainIndex(chain), 5);
  gateway.gateway.onOpen(gateway.nowNs);
  await gateway.settle();
  t.notOk(gateway.gateway.ready, 'approvals are not mined yet');
  t.notOk(await place(gateway, 1, pool(gateway, 3), BUY, 0.5));
  await gateway.pass(3);
  t.ok(gateway.gateway.ready);
  gateway.lose();
  t.notOk(gateway.gateway.ready);
  await gateway.start();
  t.ok(gateway.gateway.ready, 'at once: all is approved');

  const careful = new ChainGateway(chain, gateway.index, 6, 'B', false);
  await careful.start();
  t.notOk(careful.gateway.ready, 'approvals are not given unasked');
  t.ok(careful.counts.authFailures! >= 1);
});

t.test('swaps fill whole within their limits: exact base, what was really paid, gas as a fee', async (t) => {
  const gateway = await startedGateway();
  const opening = await gateway.balances();
  let id = 0;
  for (const version of [2, 3] as const) {
    for (const side of [BUY, SELL] as const) {
      const instrument = pool(gateway, version);
      t.ok(await place(gateway, ++id, instrument, side, 0.4321));
      t.equal(gateway.reader.kinds(id), 'ACK');
      await gateway.pass(2);
      t.equal(gateway.reader.kinds(id), 'ACK', 'mined, and not believed yet');
      await gateway.pass(1);
      t.equal(gateway.reader.kinds(id), 'ACK FILLED', `v${version} ${side}`);
      const fill = gateway.reader.fills.at(-1)!;
      const { priceScale, qtyScale } = instrument.pair;
      t.equal(fill.qty, units(instrument, 0.4321), 'exactly what was ordered');
      t.equal(fill.sell, side === SELL);
      const average = Number(fill.quoteAmount) / 1e8 / (fill.qty / 10 ** qtyScale);
      t.ok(Math.abs(average - fill.price / 10 ** priceScale) <= 10 ** -priceScale);
      t.ok(fill.fee > 10_000n && fill.fee < 200_000n, `${fill.fee} of 10^-8 ETH for gas`);
      t.equal(gateway.index.assets[fill.feeAsset].code, 'ETH');
    }
  }
  await reconciles(t, gateway, opening, 'after four swaps');
});

t.test('a limit that the pool does not reach: the swap reverts, the order expires, and the next fill bears its gas', async (t) => {
  const gateway = await startedGateway();
  const opening = await gateway.balances();
  const instrument = pool(gateway, 3);
  const fair = gateway.chain.fair('ETH/USDT') * 10 ** instrument.pair.priceScale;
  await place(gateway, 1, instrument, BUY, 0.5, Math.round(fair * 0.9));
  await place(gateway, 2, pool(gateway, 2), SELL, 0.5, Math.round(fair * 1.1));
  await gateway.pass(3);
  t.equal(gateway.reader.kinds(1), 'ACK EXPIRED');
  t.equal(gateway.reader.kinds(2), 'ACK EXPIRED');
  t.equal(gateway.reader.fills.length, 0);
  await reconciles(t, gateway, opening, 'gas of reverts is not missing');
  await place(gateway, 3, instrument, BUY, 0.5);
  await gateway.pass(3);
  t.ok(gateway.reader.fills[0].fee > 20_000n, 'three gases');
  await reconciles(t, gateway, opening, 'nor when it is borne');
});

t.test('what cannot be paid, and what would rest, does not leave', async (t) => {
  const gateway = await startedGateway();
  const instrument = pool(gateway, 3);
  t.ok(await place(gateway, 1, instrument, SELL, 500));
  t.same(gateway.reader.reports.map(({ kind, reason }) => [kind, reason]), [['REJECTED', RejectReason.INSUFFICIENT_FUNDS]]);
  t.notOk(await place(gateway, 2, instrument, BUY, 0.5, undefined, GTC));
  await place(gateway, 3, instrument, SELL, 300);
  await place(gateway, 4, instrument, SELL, 300);
  t.equal(gateway.reader.kinds(4), 'REJECTED', 'together they are more than there is');
});

t.test('orders at once: one nonce each, all in one block', async (t) => {
  const gateway = await startedGateway();
  const opening = await gateway.balances();
  for (let id = 1; id <= 6; id++) gateway.gateway.place(gateway.order(id, pool(gateway, id % 2 === 0 ? 3 : 2), BUY, reaching(gateway, pool(gateway, 3), BUY), units(pool(gateway, 3), 0.1)), gateway.nowNs);
  placedOrders.set(gateway, new Map([1, 2, 3, 4, 5, 6].map((id) => [id, pool(gateway, id % 2 === 0 ? 3 : 2)])));
  await gateway.settle();
  await gateway.pass(3);
  t.equal(gateway.reader.reports.filter(({ kind }) => kind === 'FILLED').length, 6);
  t.equal(new Set(gateway.reader.fills.map(({ tradeId }) => tradeId)).size, 6);
  await reconciles(t, gateway, opening, 'six at once');
});

t.test('an answer that is lost or says nothing leaves an order unknown, never rejected; the receipt tells', async (t) => {
  const gateway = await startedGateway();
  const opening = await gateway.balances();
  gateway.chain.faults.arm({ kind: 'error-after-accept' });
  await place(gateway, 1, pool(gateway, 3), BUY, 0.3);
  t.equal(gateway.reader.kinds(1), 'UNKNOWN');
  gateway.chain.faults.arm({ kind: 'lose-ack' });
  await place(gateway, 2, pool(gateway, 3), BUY, 0.3);
  t.equal(gateway.reader.kinds(2), '');
  gateway.gateway.query(gateway.order(2, pool(gateway, 3), BUY, 1, 1), gateway.nowNs);
  await gateway.settle();
  t.equal(gateway.reader.kinds(2), 'OPEN', 'the node has it');
  await gateway.pass(3);
  t.equal(gateway.reader.kinds(1), 'UNKNOWN FILLED');
  t.equal(gateway.reader.kinds(2), 'OPEN FILLED');
  t.equal(gateway.reader.fills.length, 2);
  await reconciles(t, gateway, opening, 'after lost answers');
});

t.test('a lost connection: unknown at once, told when it is back, once', async (t) => {
  const gateway = await startedGateway();
  const opening = await gateway.balances();
  await place(gateway, 1, pool(gateway, 3), BUY, 0.3);
  gateway.lose();
  t.equal(gateway.reader.kinds(1), 'ACK UNKNOWN');
  gateway.chain.pass(3);
  await gateway.start();
  await gateway.pass(1);
  t.equal(gateway.reader.kinds(1), 'ACK UNKNOWN FILLED');
  gateway.gateway.query(gateway.order(1, pool(gateway, 3), BUY, 1, 1), gateway.nowNs);
  await gateway.settle();
  const [first, second] = gateway.reader.fills;
  t.same(second, first, 'asked again, the same fill under the same number');
  gateway.reader.fills.pop();
  await reconciles(t, gateway, opening, 'after the loss');
});

t.test('a transaction that the node forgot is replaced: the order expires, and what comes after it is not held up', async (t) => {
  const gateway = await startedGateway();
  const opening = await gateway.balances();
  gateway.chain.faults.arm({ kind: 'drop-transactions' });
  await place(gateway, 1, pool(gateway, 3), BUY, 0.3);
  await place(gateway, 2, pool(gateway, 3), BUY, 0.2);
  await gateway.pass(8);
  t.equal(gateway.reader.kinds(1), 'ACK EXPIRED');
  t.equal(gateway.reader.kinds(2), 'ACK FILLED');
  t.equal(gateway.reader.fills.length, 1);
  await reconciles(t, gateway, opening, 'the replacement paid gas too');
});

t.test('a stuck transaction is cancelled by one that does nothing, whichever is mined counts', async (t) => {
  const gateway = await startedGateway();
  const opening = await gateway.balances();
  const instrument = pool(gateway, 3);
  gateway.chain.faults.arm({ kind: 'stuck-pending', ms: 60_000 });
  await place(gateway, 1, instrument, BUY, 0.3);
  await gateway.pass(3);
  t.equal(gateway.reader.kinds(1), 'ACK');
  t.ok(gateway.gateway.cancel(gateway.order(1, instrument, BUY, 1, 1), gateway.nowNs));
  await gateway.settle();
  await gateway.pass(3);
  t.equal(gateway.reader.kinds(1), 'ACK CANCELLED');
  await place(gateway, 2, instrument, BUY, 0.3);
  await gateway.pass(1);
  gateway.gateway.cancelAll(gateway.nowNs);
  await gateway.settle();
  await gateway.pass(3);
  t.equal(gateway.reader.kinds(2), 'ACK FILLED', 'too late');
  await reconciles(t, gateway, opening, 'after cancellations');
});

t.test('a transaction that is stuck beyond its deadline is given up', async (t) => {
  const gateway = await startedGateway();
  gateway.chain.faults.arm({ kind: 'stuck-pending', ms: 300_000 });
  await place(gateway, 1, pool(gateway, 2), BUY, 0.3);
  await gateway.pass(70);
  t.equal(gateway.reader.kinds(1), 'ACK EXPIRED');
});

for (const kind of ['reorg', 'reorg-out'] as const) {
  t.test(`${kind}: a block that is taken back takes no fill with it that was told`, async (t) => {
    const gateway = await startedGateway();
    const opening = await gateway.balances();
    for (let id = 1; id <= 8; id++) {
      await place(gateway, id, pool(gateway, id % 2 === 0 ? 2 : 3), id % 3 === 0 ? SELL : BUY, 0.2);
      gateway.chain.faults.arm({ kind, count: 1 + (id % 2) });
      await gateway.pass(id % 3);
    }
    await gateway.pass(6);
    for (let id = 1; id <= 8; id++) t.match(gateway.reader.kinds(id), /^ACK (FILLED|EXPIRED)$/);
    t.ok(gateway.chain.faults.fired[kind]! > 4);
    await reconciles(t, gateway, opening, kind);
  });
}

t.test('another user of the account: the nonce is found anew, and the order rejected is really not there', async (t) => {
  const gateway = await startedGateway();
  const other = new ChainGateway(gateway.chain, gateway.index, 5, 'O');
  await other.start();
  await place(other, 1, pool(other, 3), BUY, 0.1);
  await place(gateway, 1, pool(gateway, 3), BUY, 0.2);
  t.equal(gateway.reader.kinds(1), 'REJECTED');
  await place(gateway, 2, pool(gateway, 3), BUY, 0.2);
  await gateway.pass(3);
  t.equal(gateway.reader.kinds(2), 'ACK FILLED');
  t.equal(gateway.reader.fills.length, 1);
});

t.test('a successor finds what a gateway before it sent, by the id that its transactions carry', async (t) => {
  const gateway = await startedGateway();
  const instrument = pool(gateway, 3);
  await place(gateway, 1, instrument, BUY, 0.3);
  const fair = gateway.chain.fair('ETH/USDT') * 10 ** instrument.pair.priceScale;
  const successor = new ChainGateway(gateway.chain, gateway.index, 5);
  await successor.start();
  const ask = async (orderId: number): Promise<string> => {
    successor.gateway.query(successor.order(orderId, instrument, BUY, 1, units(instrument, 0.3)), successor.nowNs);
    await successor.settle();
    return successor.reader.kinds(orderId);
  };
  t.equal(await ask(1), 'UNKNOWN', 'something of the account is under way');
  await gateway.pass(3);
  t.equal(await ask(1), 'UNKNOWN FILLED');
  t.same({ ...successor.reader.fills[0], fee: 0n }, { ...gateway.reader.fills[0], fee: 0n }, 'the same fill');
  await place(gateway, 2, instrument, BUY, 0.3, Math.round(fair * 0.8));
  await gateway.pass(3);
  t.equal(await ask(2), 'NOT_FOUND', 'reverted: it filled nothing');
  t.equal(await ask(3), 'NOT_FOUND');
});

t.test('amounts that are told add up to the balance, whatever their size', (t) => {
  for (const decimals of [0, 2, 6, 8, 18]) {
    const dust = new Dust(decimals);
    let units = 12_345_678_901_234_567_890n;
    let told = dust.balance(units);
    for (let i = 1n; i < 500n; i++) {
      const change = (i * 7_919_333_333n) % 99_999_999_977n;
      if (i % 3n === 0n) {
        units += change;
        told += dust.received(change);
      } else {
        units -= change;
        told -= dust.spent(change);
      }
      if (told !== new Dust(decimals).balance(units)) t.fail(`${decimals} decimals, step ${i}`);
    }
  }
  t.pass('five tokens');
  t.end();
});

t.test('what a node says of a transaction is a refusal only where it is surely not taken', (t) => {
  const of = (code: number, message: string): number => refusalOf({ code, message, data: undefined }).refusal;
  t.equal(of(-32_000, 'already known'), Refusal.KNOWN);
  t.equal(of(-32_000, 'nonce too low: next nonce 5, tx nonce 4'), Refusal.NONCE_TAKEN);
  t.equal(of(-32_000, 'insufficient funds for gas * price + value: balance 0'), Refusal.REFUSED);
  t.equal(of(-32_005, 'limit exceeded'), Refusal.REFUSED);
  t.equal(of(-32_603, 'internal error'), Refusal.UNCLEAR);
  t.equal(of(-32_000, 'node is under maintenance'), Refusal.UNCLEAR);
  t.end();
});

t.test('a key that is none is said', (t) => {
  const index = buildInstrumentIndex({ venues: ['uniswap'], markets: [] });
  t.throws(() => VENUES.find(({ id }) => id === 'uniswap')!.createGateway!({ instruments: index.instruments, credentials: { apiKey: '', secret: 'x' }, settings: {} } as never), { code: 'PRIVATE_KEY_INVALID' });
  t.end();
});
