/** The sandbox without sockets: the matching engine's invariants, the seeded market, signatures and checksums. */
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import t from 'tap';
import { parseDecimal, rescale } from '../../src/model/decimal.js';
import { BinanceAuth, keysOf, sortedPayload, splitSigned } from '../../src/sandbox/binance/auth.js';
import { BinanceFeed } from '../../src/sandbox/binance/feed.js';
import { BinanceLimits } from '../../src/sandbox/binance/limits.js';
import { BinanceSymbols } from '../../src/sandbox/binance/symbols.js';
import { apiSign, KrakenAuth } from '../../src/sandbox/kraken/auth.js';
import { crc32 } from '../../src/sandbox/crc32.js';
import { bookChecksum } from '../../src/sandbox/kraken/checksum.js';
import { KrakenFeed } from '../../src/sandbox/kraken/feed.js';
import { KrakenSymbols } from '../../src/sandbox/kraken/symbols.js';
import { Prng } from '../../src/sandbox/market/prng.js';
import { Exchange } from '../../src/sandbox/matching/exchange.js';
import { isOpen } from '../../src/sandbox/matching/order.js';
import type { OrderRequest } from '../../src/sandbox/matching/order.js';
import { buildUniverse } from '../../src/sandbox/market/universe.js';
import type { MarketSpec } from '../../src/sandbox/market/specs.js';
import { completeOptions } from '../../src/sandbox/options.js';
import { binance as binanceVenue } from '../../src/sandbox/binance/index.js';
import { kraken as krakenVenue } from '../../src/sandbox/kraken/index.js';
import type { SandboxVenue } from '../../src/sandbox/venue.js';
import { createWorld } from '../../src/sandbox/world.js';
import { decimalText } from '../../src/sandbox/text.js';
import type { SandboxOptions } from '../../src/sandbox/options.js';

const START_MS = 1_795_000_000_000;

/** Every stream's frames of the first steps, as one digest; `meddle` may act on the world between steps. */
function framesDigest(options: Partial<SandboxOptions>, steps: number): { digest: string; count: number } {
  const complete = completeOptions({ startMs: START_MS, ...options });
  const { simulation, exchanges } = createWorld(complete, START_MS);
  const binance = new BinanceFeed(new BinanceSymbols(exchanges.binance), { stepMs: complete.stepMs, depthMs: 100 }, () => true);
  const krakenSymbols = new KrakenSymbols(exchanges.kraken);
  const kraken = new KrakenFeed(krakenSymbols, () => true);
  const hash = createHash('sha256');
  let count = 0;
  for (const { market } of krakenSymbols.all) hash.update(kraken.bookSnapshot(market.spec.index, 25, START_MS));
  for (let i = 0; i < steps; i++) {
    simulation.advance();
    for (const frame of [...binance.step(simulation.step, simulation.virtualMs), ...kraken.step(simulation.virtualMs)]) {
      hash.update(`${frame.topic} ${frame.text}\n`);
      count++;
    }
  }
  return { digest: hash.digest('hex'), count };
}

t.test('one seed gives the same frames, byte for byte, and another seed others', (t) => {
  const first = framesDigest({ seed: 7 }, 400);
  t.ok(first.count > 2_000, `${first.count} frames`);
  t.same(framesDigest({ seed: 7 }, 400), first);
  t.not(framesDigest({ seed: 8 }, 400).digest, first.digest);
  t.same(framesDigest({ seed: 7, pairs: 40, ratePerSecond: 20_000 }, 40), framesDigest({ seed: 7, pairs: 40, ratePerSecond: 20_000 }, 40));
  t.end();
});

t.test('what a stream carries does not depend on when somebody began to listen', (t) => {
  const frames = (listensFrom: number): string[] => {
    const { simulation, exchanges } = createWorld(completeOptions({ seed: 9 }), START_MS);
    let listening = false;
    const binance = new BinanceFeed(new BinanceSymbols(exchanges.binance), { stepMs: 10, depthMs: 100 }, () => listening);
    const kraken = new KrakenFeed(new KrakenSymbols(exchanges.kraken), () => listening);
    const late: string[] = [];
    for (let step = 1; step <= 300; step++) {
      if (step === listensFrom) {
        listening = true;
        kraken.bookSnapshot(0, 10, simulation.virtualMs);
      }
      simulation.advance();
      for (const { text } of [...binance.step(step, simulation.virtualMs), ...kraken.step(simulation.virtualMs)]) if (step > 250) late.push(text);
    }
    return late;
  };
  const early = frames(1);
  t.ok(early.length > 100);
  t.same(frames(237), early);
  t.end();
});

t.test('two venues drift apart beyond both fees several times a minute, for a moment, and no book is ever crossed in itself', (t) => {
  const { simulation, exchanges } = createWorld(completeOptions({ seed: 3, venues: ['binance', 'kraken'] }), START_MS);
  const pairs = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
  const both = pairs.map((pair) => [exchanges.binance, exchanges.kraken].map((exchange) => exchange.markets.find(({ spec }) => spec.pair === pair)!));
  const openSteps = new Map<number, number>();
  const lengthsMs: number[] = [];
  let crossedBooks = 0;
  for (let step = 0; step < 6_000; step++) {
    simulation.advance();
    for (const exchange of [exchanges.binance, exchanges.kraken]) {
      for (const { book } of exchange.markets) if (book.bids.best()!.price >= book.asks.best()!.price) crossedBooks++;
    }
    both.forEach(([binance, kraken], pair) => {
      const price = (market: typeof binance, side: 'bids' | 'asks'): number => market.book[side].best()!.price / 10 ** market.spec.priceDecimals;
      const open = price(kraken, 'bids') * 0.9995 > price(binance, 'asks') * 1.0002 || price(binance, 'bids') * 0.9998 > price(kraken, 'asks') * 1.0005;
      if (open) openSteps.set(pair, (openSteps.get(pair) ?? 0) + 1);
      else if (openSteps.has(pair)) {
        lengthsMs.push(openSteps.get(pair)! * 10);
        openSteps.delete(pair);
      }
    });
  }
  t.equal(crossedBooks, 0);
  t.ok(lengthsMs.length >= 9, `${lengthsMs.length} crossings in a minute on three pairs`);
  const median = lengthsMs.sort((a, b) => a - b)[Math.floor(lengthsMs.length / 2)];
  t.ok(median >= 100 && median <= 3_000, `median ${median} ms`);
  t.ok(lengthsMs.at(-1)! <= 4_000);
  t.end();
});

t.test('the book changes at the rate that was asked for', (t) => {
  for (const ratePerSecond of [2_000, 50_000]) {
    const { simulation, exchanges } = createWorld(completeOptions({ seed: 5, ratePerSecond }), START_MS);
    const changes = (): number => Object.values(exchanges).flatMap(({ markets }) => markets).reduce((sum, { book }) => sum + book.updateId, 0);
    const before = changes();
    for (let i = 0; i < 500; i++) simulation.advance();
    const perSecond = (changes() - before) / 5;
    t.ok(Math.abs(perSecond / ratePerSecond - 1) < 0.1, `${perSecond} a second where ${ratePerSecond} were asked for`);
  }
  t.end();
});

/** An exchange whose only maker is the test. */
function quietExchange(venue: SandboxVenue = krakenVenue): { exchange: Exchange; spec: MarketSpec; now: { ms: number } } {
  const spec = buildUniverse([venue], 1).markets[venue.id][0];
  const now = { ms: START_MS };
  const opening = new Map([[spec.base, parseDecimal('10', 8)], [spec.quote, parseDecimal('500000', 8)]]);
  return { exchange: new Exchange([spec], opening, venue.fees, 1, () => now.ms), spec, now };
}

function order(spec: MarketSpec, change: Partial<OrderRequest>): OrderRequest {
  return { market: spec, side: 'buy', type: 'limit', timeInForce: 'gtc', price: 640_000, qty: 1_000_000, quoteAmount: null, clientOrderId: null, selfTrade: 'expire_taker', ...change };
}

t.test('orders trade by price, then by time, and a maker gets his own price', (t) => {
  const { exchange, spec } = quietExchange();
  const market = exchange.markets[0];
  exchange.quoteSynthetic(market, 'sell', 640_100, 5_000_000);
  const behind = exchange.place(order(spec, { side: 'sell', price: 640_100, qty: 3_000_000 }));
  exchange.quoteSynthetic(market, 'sell', 640_200, 9_000_000);
  t.equal(exchange.takeSynthetic(market, 'buy', 640_100, 6_000_000), 0);
  t.match(behind, { filled: 1_000_000, status: 'partially_filled' }, 'the order behind the maker fills after him');
  t.equal(market.book.asks.levelAt(640_100)!.qty, 2_000_000);
  exchange.cancel(behind as Exclude<typeof behind, string>, 'user', null);
  const taker = exchange.place(order(spec, { price: 640_300, qty: 1_000_000, timeInForce: 'ioc' }));
  t.match(taker, { status: 'filled', cost: rescale(640_200n * 1_000_000n, 9, 8) });
  t.match((taker as { fills: { price: number }[] }).fills.map(({ price }) => price), [640_200]);
  t.match(exchange.place(order(spec, { price: 640_200, qty: 99_000_000, timeInForce: 'fok' })), { status: 'expired', filled: 0 }, 'fill or kill: all or nothing');
  t.equal(exchange.place(order(spec, { type: 'post_only', price: 640_200 })), 'would_match');
  t.equal(exchange.place(order(spec, { price: 640_000, qty: 2_000_000_000 })), 'insufficient');
  const rest = exchange.place(order(spec, { price: 640_200, qty: 9_000_000, timeInForce: 'ioc' }));
  t.match(rest, { status: 'expired', filled: 8_000_000, reason: 'unfilled_ioc' }, 'an immediate-or-cancel order takes what is displayed and ends');
  t.equal(exchange.place(order(spec, { type: 'market', price: null })), 'no_liquidity');
  exchange.quoteSynthetic(market, 'sell', 640_000, 100_000_000);
  const byQuote = exchange.place(order(spec, { type: 'market', price: null, qty: 0, quoteAmount: parseDecimal('640', 8) }));
  t.match(byQuote, { status: 'filled', filled: 1_000_000 });
  t.end();
});

t.test('an order does not trade with one of its own account unless told so', (t) => {
  const { exchange, spec } = quietExchange();
  const resting = exchange.place(order(spec, { side: 'sell', price: 640_100 }));
  t.match(exchange.place(order(spec, { price: 640_100 })), { status: 'expired_in_match', filled: 0 });
  t.match(resting, { status: 'new' });
  t.match(exchange.place(order(spec, { price: 640_100, selfTrade: 'expire_maker' })), { status: 'new', filled: 0 });
  t.match(resting, { status: 'expired_in_match' });
  t.match(exchange.place(order(spec, { side: 'sell', price: 640_100, selfTrade: 'none' })), { status: 'filled' });
  t.end();
});

t.test('whatever happens, money is conserved, locks equal open orders, and the book is not crossed', (t) => {
  const seed = Number(process.env['SANDBOX_TEST_SEED'] ?? Math.floor(Math.random() * 1e9));
  const random = new Prng(`matching ${seed}`);
  for (const venue of [krakenVenue, binanceVenue]) {
    const { exchange, spec, now } = quietExchange(venue);
    const market = exchange.markets[0];
    const unit = 10 ** (spec.priceDecimals - 1);
    const opening = new Map([...exchange.account.balances].map(([asset, { total }]) => [asset, total]));
    for (let i = 0; i < 3_000; i++) {
      now.ms++;
      const side = random.uniform() < 0.5 ? 'buy' : 'sell';
      const price = (639_950 + random.below(100)) * unit;
      const qty = spec.minQtyUnits * (1 + random.below(200));
      const action = random.below(10);
      if (action < 3) exchange.quoteSynthetic(market, side, side === 'buy' ? price - 30 * unit : price + 30 * unit, qty * 3);
      else if (action < 4) exchange.takeSynthetic(market, side, null, qty);
      else if (action < 5 && exchange.open.size > 0) exchange.cancel([...exchange.open][random.below(exchange.open.size)], 'user', null);
      else {
        const isMarket = random.uniform() < 0.15;
        exchange.place(order(spec, {
          side, qty, price: isMarket ? null : price, type: isMarket ? 'market' : random.uniform() < 0.2 ? 'post_only' : 'limit',
          timeInForce: (['gtc', 'gtc', 'ioc', 'fok'] as const)[random.below(4)], selfTrade: (['none', 'expire_taker', 'expire_maker', 'expire_both'] as const)[random.below(4)],
        }));
      }
      const bid = market.book.bids.best();
      const ask = market.book.asks.best();
      if (bid !== undefined && ask !== undefined && bid.price >= ask.price) t.fail(`seed ${seed}: crossed at ${i}`);
      for (const level of [...market.book.bids.levels, ...market.book.asks.levels]) {
        if (level.qty !== level.entries.reduce((sum, entry) => sum + entry.remaining, 0) || level.qty <= 0) t.fail(`seed ${seed}: level sum at ${i}`);
      }
      const locks = new Map<string, bigint>();
      for (const open of exchange.open) {
        if (!isOpen(open)) t.fail(`seed ${seed}: an ended order counts as open at ${i}`);
        locks.set(open.lockAsset, (locks.get(open.lockAsset) ?? 0n) + open.locked);
      }
      for (const [asset, { total, locked }] of exchange.account.balances) {
        if (locked !== (locks.get(asset) ?? 0n) || total < locked) t.fail(`seed ${seed}: ${asset} lock ${locked} at ${i}, total ${total}`);
      }
    }
    const expected = new Map(opening);
    const move = (asset: string, amount: bigint): void => void expected.set(asset, expected.get(asset)! + amount);
    for (const fill of exchange.fills) {
      const amount = rescale(BigInt(fill.qty), spec.qtyDecimals, 8);
      move(spec.base, fill.order.side === 'buy' ? amount : -amount);
      move(spec.quote, fill.order.side === 'buy' ? -fill.cost : fill.cost);
      move(fill.feeAsset, -fill.fee);
    }
    t.ok(exchange.fills.length > 300, `${exchange.fills.length} fills (seed ${seed})`);
    t.same(new Map([...exchange.account.balances].map(([asset, { total }]) => [asset, total])), expected, `balances equal the sum of the fills (seed ${seed})`);
  }
  t.end();
});

t.test('Binance signatures: HMAC over the encoded payload, Ed25519 and HMAC over sorted parameters, RSA', (t) => {
  const pem = createPrivateKey({ key: Buffer.from('MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f', 'base64'), format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }) as string;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const keys = { apiKey: 'sim-key-binance', secret: 'sim-secret-binance', ed25519PrivateKey: pem };
  const auth = new BinanceAuth(keys, rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string, () => START_MS);
  const rest = 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=0.00200000&price=64000.00&newClientOrderId=arb-1&recvWindow=2000&timestamp=1795000000000';
  const signature = '66b0e4fb2008ab171142feb2d304f6faee8a84c7d5911f6899ee3ef65f772488';
  t.same(splitSigned(`${rest}&signature=${signature}`, ''), { payload: rest, signature });
  t.equal(splitSigned('a=1', `b=%E2%82%AC&signature=${signature}`).payload, 'a=1b=%E2%82%AC', 'query and body with nothing between, as they were encoded');
  t.doesNotThrow(() => auth.checkSignature(rest, signature));
  t.doesNotThrow(() => auth.checkSignature(rest, signature.toUpperCase()), 'hexadecimal in either case');
  t.throws(() => auth.checkSignature(`${rest}0`, signature), { code: -1022 });
  const sorted = sortedPayload(new Map(new URLSearchParams(`${rest}&apiKey=sim-key-binance`)));
  t.doesNotThrow(() => auth.checkSignature(sorted, '7c3c5d46c4e9e9362a03e3bda5d68c8ed3a974f22349267ba1430ca878b285c0'));
  const logon = 'Uv9fmA16v5pnwpdbHO2W6dxk0roGBSAhleQ7nc6X9KHpbB0KbEuy1bi4ojgNs50nL/oN60J/RhWUOwz6aHP2BA==';
  t.doesNotThrow(() => auth.checkSignature('apiKey=sim-key-binance&timestamp=1795000000000', logon, true));
  t.throws(() => auth.checkSignature(rest, signature, true), { code: -1022 }, 'a session logs on with Ed25519 only');
  t.doesNotThrow(() => auth.checkSignature(rest, sign('RSA-SHA256', Buffer.from(rest), rsa.privateKey).toString('base64')));
  t.throws(() => auth.checkTiming(String(START_MS + 1_000), undefined), { code: -1021 });
  t.throws(() => auth.checkTiming(String(START_MS - 5_001), undefined), { code: -1021 });
  t.doesNotThrow(() => auth.checkTiming(String(START_MS - 5_001), '6000.5'));
  t.throws(() => auth.checkKey('other'), { code: -2015, status: 401 });
  t.same(keysOf(7), keysOf(7), 'keys follow from the seed');
  t.end();
});

t.test('Binance counts weight by the minute and unfilled orders by ten seconds', (t) => {
  const now = { ms: START_MS };
  const { exchange, spec } = quietExchange(binanceVenue);
  const limits = new BinanceLimits({ weightPerMinute: 50, ordersPer10s: 2, ordersPerDay: 100 }, () => now.ms);
  limits.charge(50);
  t.throws(() => limits.charge(1), { status: 429, code: -1003 });
  now.ms += 60_000;
  t.doesNotThrow(() => limits.charge(1));
  limits.orderPlaced();
  limits.orderPlaced();
  t.throws(() => limits.checkOrder(), { status: 429, code: -1015 });
  const placed = exchange.place(order(spec, { price: 6_000_000, qty: 100 })) as Exclude<ReturnType<Exchange['place']>, string>;
  limits.orderTraded(placed);
  limits.orderTraded(placed);
  t.doesNotThrow(() => limits.checkOrder(), 'a first fill gives one place back');
  t.equal(limits.headers()['X-MBX-ORDER-COUNT-10S'], '1');
  t.end();
});

t.test('Kraken signatures, nonces and tokens', (t) => {
  const secret = 'c2ltLWtyYWtlbi1zZWNyZXQtMDEyMzQ1Njc4OWFiY2RlZg==';
  const path = '/0/private/GetWebSocketsToken';
  const body = 'nonce=1795000000000';
  const expected = 'GoATTtO430IS4EZeTEoPDJ3w5fLv0MbO86kqFYFmblVeMqQyluSb97+v3RHYK5p9nlcvliHBJxkPT0HSv9Pb1Q==';
  t.equal(apiSign(secret, path, '1795000000000', body), expected);
  const now = { ms: START_MS };
  const auth = new KrakenAuth({ apiKey: 'key', secret }, () => now.ms);
  t.equal(auth.check(path, body, '1795000000000', 'other', expected), 'EAPI:Invalid key');
  t.equal(auth.check(path, body, '1795000000000', 'key', `${expected.slice(0, -4)}AAAA`), 'EAPI:Invalid signature');
  t.equal(auth.check(path, body, '1795000000000', 'key', expected), null);
  t.equal(auth.check(path, body, '1795000000000', 'key', expected), 'EAPI:Invalid nonce', 'a nonce serves once');
  const used = auth.issueToken();
  const late = auth.issueToken();
  t.ok(auth.acceptToken(used));
  now.ms += 901_000;
  t.ok(auth.acceptToken(used), 'a token in use stays good');
  t.notOk(auth.acceptToken(late), 'a token not used within fifteen minutes does not');
  t.end();
});

t.test('Kraken checksums: the published vector and the worked example', (t) => {
  const levels = (text: string, priceDecimals: number): { price: number; qty: number }[] => text.split(', ').map((pair) => {
    const [price, qty] = pair.split(' ') as [string, string];
    return { price: Number(parseDecimal(price, priceDecimals)), qty: Number(parseDecimal(qty, 8)) };
  });
  const asks = levels('45285.2 0.00100000, 45286.4 1.54571953, 45286.6 1.54571109, 45289.6 1.54560911, 45290.2 0.15890660, 45291.8 1.54553491, 45294.7 0.04454749, 45296.1 0.35380000, 45297.5 0.09945542, 45299.5 0.18772827', 1);
  const bids = levels('45283.5 0.10000000, 45283.4 1.54582015, 45282.1 0.10000000, 45281.0 0.10000000, 45280.3 1.54592586, 45279.0 0.07990000, 45277.6 0.03310103, 45277.5 0.30000000, 45277.3 1.54602737, 45276.6 0.15445238', 1);
  t.equal(bookChecksum(asks, bids), 3_310_070_434);
  t.equal(crc32('64010150000000640102120000640120125000000640100750000064009920000000064008531000000'), 2_427_285_827);
  t.equal(crc32('6401015000000064010212000064012012500000064010050000064008531000000'), 821_301_915);
  t.equal(decimalText(50_000_000, 8), '0.50000000');
  t.equal(decimalText(6_400_001, 2, 8), '64000.01000000');
  t.equal(decimalText(7, 0, 0), '7');
  t.end();
});

t.test('options out of range are named with what is accepted', (t) => {
  t.throws(() => completeOptions({ pairs: 501 }), { code: 'SANDBOX_OPTION_INVALID', where: 'pairs', fix: /1 to 500/ });
  t.throws(() => completeOptions({ ports: { kraken: 70_000 } }), { code: 'SANDBOX_OPTION_INVALID' });
  t.throws(() => completeOptions({ venues: ['binance', 'mtgox'] }), { code: 'SANDBOX_OPTION_INVALID', fix: /binance, kraken/ });
  t.end();
});
