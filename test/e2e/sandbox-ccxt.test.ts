/**
 * An independent client, ccxt and ccxt pro, pointed at the sandbox by URL: markets, books, orders, user streams.
 */
import t from 'tap';
import type { Test } from 'tap';
import { pro } from 'ccxt';
import { startSandbox } from '../../src/sandbox/index.js';
import type { SandboxHandle } from '../../src/sandbox/index.js';

type Pro = InstanceType<typeof pro.binance> | InstanceType<typeof pro.kraken> | InstanceType<typeof pro.bybit> | InstanceType<typeof pro.coinbase> | InstanceType<typeof pro.okx>;

function binanceClient({ venues: { binance } }: SandboxHandle['ready'], secret: string = binance.secret): Pro {
  const client = new pro.binance({ apiKey: binance.apiKey, secret, enableRateLimit: false, options: { fetchMarkets: { types: ['spot'] }, defaultType: 'spot' } });
  const api = client.urls['api'] as Record<string, unknown>;
  api['public'] = api['private'] = `${binance.rest}/api/v3`;
  for (const name of ['sapi', 'sapiV2', 'sapiV3', 'sapiV4']) api[name] = `${binance.rest}/sapi/v1`;
  api['ws'] = { ...(api['ws'] as object), spot: `${binance.ws}/ws`, 'ws-api': { spot: binance.wsApi } };
  return client;
}

function krakenClient({ venues: { kraken } }: SandboxHandle['ready']): Pro {
  const client = new pro.kraken({ apiKey: kraken.apiKey, secret: kraken.secret, enableRateLimit: false });
  const api = client.urls['api'] as Record<string, unknown>;
  api['public'] = api['private'] = kraken.rest;
  api['ws'] = { public: kraken.ws, private: kraken.wsAuth, privateV2: kraken.wsAuth, publicV2: kraken.ws, beta: kraken.ws, 'beta-private': kraken.wsAuth };
  return client;
}

function bybitClient({ venues: { bybit } }: SandboxHandle['ready']): Pro {
  const client = new pro.bybit({
    apiKey: bybit.apiKey, secret: bybit.secret, enableRateLimit: false, options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] }, fetchOrder: { acknowledged: true } },
  });
  const api = client.urls['api'] as Record<string, unknown>;
  for (const name of ['spot', 'futures', 'v2', 'public', 'private']) api[name] = bybit.rest;
  api['ws'] = { public: { spot: bybit.ws }, private: { spot: { unified: bybit.wsPrivate, nonUnified: bybit.wsPrivate }, contract: bybit.wsPrivate, trade: bybit.wsOrders } };
  return client;
}

/** @param secret PEM of the P-256 key, or base64 of the Ed25519 one */
function coinbaseClient({ venues: { coinbase } }: SandboxHandle['ready'], secret: string = coinbase.privateKey!): Pro {
  const client = new pro.coinbase({ apiKey: coinbase.apiKey, secret, enableRateLimit: false, options: { fetchBalance: 'v3PrivateGetBrokerageAccounts' } });
  const api = client.urls['api'] as Record<string, unknown>;
  api['rest'] = coinbase.rest;
  api['ws'] = coinbase.ws;
  return client;
}

function okxClient({ venues: { okx } }: SandboxHandle['ready']): Pro {
  const client = new pro.okx({ apiKey: okx.apiKey, secret: okx.secret, password: okx.passphrase!, enableRateLimit: false, options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } } });
  const api = client.urls['api'] as Record<string, unknown>;
  api['rest'] = okx.rest;
  api['ws'] = okx.ws.replace('/public', '');
  return client;
}

/** @param depth levels of the book to watch, among those the venue has */
async function tradingDay(test: Test, client: Pro, sandbox: SandboxHandle, venue: 'binance' | 'kraken' | 'bybit' | 'coinbase' | 'okx', symbol: string, depth = 10): Promise<void> {
  await client.loadHttpProxyAgent();
  await client.loadMarkets();
  test.equal(client.market(symbol).symbol, symbol, 'the market is listed');
  const [base, quote] = symbol.split('/') as [string, string];

  let book = await client.watchOrderBook(symbol, depth);
  for (let i = 0; i < 20; i++) {
    book = await client.watchOrderBook(symbol, depth);
    const bid = book.bids[0]?.[0] ?? 0;
    const ask = book.asks[0]?.[0] ?? 0;
    if (!(bid > 0 && bid < ask)) test.fail(`crossed or empty book ${bid} / ${ask}`);
  }
  test.pass('twenty book updates, never crossed');

  const before = await client.fetchBalance();
  const seen: string[] = [];
  const watch = { on: true };
  const watcher = (async () => {
    while (watch.on) for (const order of await client.watchOrders(symbol)) seen.push(`${order.symbol} ${order.id} ${order.status}`);
  })().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 1_000)); // ccxt does not say when the stream is subscribed, and on a busy machine it takes a while
  const price = client.priceToPrecision(symbol, (book.asks[0][0] ?? 0) * 1.002);
  const taken = await client.createOrder(symbol, 'limit', 'buy', 0.01, Number(price), { timeInForce: 'IOC' });
  test.ok(taken.id, 'an immediate-or-cancel order is accepted');
  const takenId = taken.id!;
  await until(() => seen.includes(`${symbol} ${takenId} closed`));
  test.ok(seen.includes(`${symbol} ${takenId} closed`), 'the fill shows in the user stream');

  const fetched = await client.fetchOrder(takenId, symbol);
  test.equal(fetched.status, 'closed');
  test.equal(fetched.filled, 0.01);
  const after = await client.fetchBalance();
  const gained = Number((Number(after[base].total) - Number(before[base].total)).toFixed(8));
  test.ok(gained > 0.00999 && gained <= 0.01, 'the base balance grew by the fill, less a fee where it is taken from it');
  test.ok(Number(after[quote].total) < Number(before[quote].total));

  const low = client.priceToPrecision(symbol, (book.bids[0][0] ?? 0) * 0.9);
  const resting = await client.createOrder(symbol, 'limit', 'buy', 0.01, Number(low));
  const open = await client.fetchOpenOrders(symbol);
  test.same(open.map((order) => order.id), [resting.id], 'the good-till-cancelled order rests');
  const locked = await client.fetchBalance();
  test.ok(Number(locked[quote].used) > 0, 'and holds money back');
  const restingId = resting.id!;
  await client.cancelOrder(restingId, symbol);
  test.same(await client.fetchOpenOrders(symbol), [], 'until it is cancelled');
  await until(() => seen.includes(`${symbol} ${restingId} canceled`));
  test.ok(seen.includes(`${symbol} ${restingId} canceled`), 'the cancel shows in the user stream');

  const trades = await client.fetchMyTrades(symbol);
  test.equal(trades.filter((trade) => trade.order === takenId).reduce((sum, trade) => sum + (trade.amount ?? 0), 0), 0.01);
  const ledger = sandbox.ledger(venue);
  test.equal(Number(ledger.balances[quote].free), (await client.fetchBalance())[quote].free, 'the ledger and the client agree');
  test.equal(ledger.balances[quote].locked, '0.00000000');
  if (client.has['createOrderWs'] === true) await orderOverSocket(test, client, seen, symbol, Number(price));
  await test.rejects(client.createOrder(symbol, 'limit', 'buy', 1_000, Number(price)), { name: 'InsufficientFunds' });
  await test.rejects(client.cancelOrder(restingId, symbol), { name: venue === 'coinbase' ? 'BadRequest' : 'OrderNotFound' });
  watch.on = false;
  await client.close();
  await watcher;
}

async function orderOverSocket(test: Test, client: Pro, seen: readonly string[], symbol: string, price: number): Promise<void> {
  const overSocket = await client.createOrderWs(symbol, 'limit', 'buy', 0.01, price, { timeInForce: 'IOC' });
  await until(() => seen.includes(`${symbol} ${overSocket.id} closed`));
  test.ok(seen.includes(`${symbol} ${overSocket.id} closed`), 'an order over the socket fills too');
}

/** Give something at most ten seconds to come true. */
async function until(happened: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !happened(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
}

t.test('ccxt pro trades a day on the Binance sandbox', async (test) => {
  const sandbox = await startSandbox({ seed: 11 });
  test.teardown(() => sandbox.close());
  await tradingDay(test, binanceClient(sandbox.ready), sandbox, 'binance', 'BTC/USDT');
});

t.test('ccxt pro trades a day on the Kraken sandbox', async (test) => {
  const sandbox = await startSandbox({ seed: 11 });
  test.teardown(() => sandbox.close());
  await tradingDay(test, krakenClient(sandbox.ready), sandbox, 'kraken', 'BTC/USD');
});

t.test('ccxt pro trades a day on the Bybit sandbox', async (test) => {
  const sandbox = await startSandbox({ seed: 11, venues: ['bybit'] });
  test.teardown(() => sandbox.close());
  await tradingDay(test, bybitClient(sandbox.ready), sandbox, 'bybit', 'BTC/USDT', 50);
});

t.test('ccxt pro trades a day on the Coinbase sandbox', async (test) => {
  const sandbox = await startSandbox({ seed: 11, venues: ['coinbase'] });
  test.teardown(() => sandbox.close());
  await tradingDay(test, coinbaseClient(sandbox.ready), sandbox, 'coinbase', 'BTC/USD');
  const ed25519 = coinbaseClient(sandbox.ready, sandbox.ready.venues.coinbase.secret);
  test.ok(Number((await ed25519.fetchBalance())['USDT'].total) > 0, 'and signs with the Ed25519 key too');
  ed25519.apiKey = 'organizations/other/apiKeys/other';
  await test.rejects(ed25519.fetchBalance(), { name: 'AuthenticationError' });
  await ed25519.close();
});

t.test('ccxt pro trades a day on the OKX sandbox', async (test) => {
  const sandbox = await startSandbox({ seed: 11, venues: ['okx'] });
  test.teardown(() => sandbox.close());
  const client = okxClient(sandbox.ready);
  await client.loadMarkets();
  // ccxt sends the number that orders on the socket go by only where its market has it at the top.
  const market = client.market('BTC/USDT') as { instIdCode?: unknown; info: { instIdCode?: unknown } };
  market.instIdCode = market.info.instIdCode;
  await tradingDay(test, client, sandbox, 'okx', 'BTC/USDT', 400);
});

t.test('ccxt signs for the Binance sandbox with an Ed25519 key too', async (test) => {
  const sandbox = await startSandbox({ seed: 11 });
  test.teardown(() => sandbox.close());
  const client = binanceClient(sandbox.ready, sandbox.ready.venues.binance.ed25519PrivateKey);
  await client.loadMarkets();
  const balance = await client.fetchBalance();
  test.ok(Number(balance['USDT'].total) > 0);
  const wrong = binanceClient(sandbox.ready, 'not the secret');
  await test.rejects(wrong.fetchBalance(), /-1022/);
  await client.close();
});
