/** The sandbox over its sockets, held against the venues' own rules by plain clients. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHmac, sign } from 'node:crypto';
import t from 'tap';
import type { Test } from 'tap';
import { WebSocket } from 'ws';
import { apiSign } from '../../src/sandbox/kraken/auth.js';
import { crc32 } from '../../src/sandbox/crc32.js';
import { Prng } from '../../src/sandbox/market/prng.js';
import { startSandbox } from '../../src/sandbox/index.js';
import type { SandboxHandle, SandboxOptions } from '../../src/sandbox/index.js';

type Json = Record<string, unknown>;

/** A WebSocket that keeps every message until it is asked for. */
class Client {
  readonly socket: WebSocket;
  readonly messages: { text: string; json: Json }[] = [];
  #next = 0;
  #wake: () => void = () => undefined;
  closed = false;
  /** Messages that were no JSON. */
  malformed = 0;

  /** @param strict a message that is no JSON is an error */
  constructor(url: string, strict = true) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      try {
        this.messages.push({ text, json: JSON.parse(text) as Json });
      } catch (error) {
        if (strict) throw error;
        this.malformed++;
      }
      this.#wake();
    });
    this.socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
    this.socket.on('error', () => undefined);
  }

  async open(): Promise<this> {
    await new Promise((resolve, reject) => this.socket.once('open', resolve).once('error', reject));
    return this;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The next message for which `wanted` holds; those before it are passed over. */
  async next(wanted: (json: Json) => boolean, withinMs = 4_000): Promise<{ text: string; json: Json }> {
    const timer = AbortSignal.timeout(withinMs);
    for (;;) {
      while (this.#next < this.messages.length) {
        const message = this.messages[this.#next++];
        if (wanted(message.json)) return message;
      }
      if (this.closed) throw new Error('the connection closed');
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        timer.addEventListener('abort', () => reject(new Error(`nothing came within ${withinMs} ms`)), { once: true });
      });
    }
  }

  async until(happened: () => boolean): Promise<boolean> {
    for (let i = 0; i < 200 && !happened(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
    return happened();
  }
}

async function withSandbox(test: Test, options: Partial<SandboxOptions>): Promise<SandboxHandle> {
  const sandbox = await startSandbox({ seed: 5, ...options });
  test.teardown(() => sandbox.close());
  return sandbox;
}

async function get(url: string): Promise<Json> {
  return (await (await fetch(url)).json()) as Json;
}

async function post(url: string, body: unknown): Promise<{ status: number; json: Json }> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, json: (await response.json()) as Json };
}

function signedParams({ ready: { venues: { binance } } }: SandboxHandle, params: Json): Json {
  const all: Json = { ...params, apiKey: binance.apiKey, timestamp: Date.now() };
  const payload = Object.keys(all).sort().map((name) => `${name}=${String(all[name])}`).join('&');
  return { ...all, signature: createHmac('sha256', binance.secret).update(payload).digest('hex') };
}

async function binanceRest(sandbox: SandboxHandle, method: string, path: string, params: Record<string, string>): Promise<{ status: number; json: Json; headers: Headers }> {
  const { rest, apiKey, secret } = sandbox.ready.venues.binance;
  const payload = new URLSearchParams({ ...params, timestamp: String(Date.now()) }).toString();
  const signature = createHmac('sha256', secret).update(payload).digest('hex');
  const response = await fetch(`${rest}${path}?${payload}&signature=${signature}`, { method, headers: { 'X-MBX-APIKEY': apiKey } });
  return { status: response.status, json: (await response.json()) as Json, headers: response.headers };
}

let nonce = Date.now() * 1_000;
async function krakenRest(sandbox: SandboxHandle, name: string, params: Record<string, string> = {}): Promise<Json> {
  const { rest, apiKey, secret } = sandbox.ready.venues.kraken;
  const path = `/0/private/${name}`;
  const text = String(++nonce);
  const body = new URLSearchParams({ nonce: text, ...params }).toString();
  const headers = { 'API-Key': apiKey, 'API-Sign': apiSign(secret, path, text, body), 'Content-Type': 'application/x-www-form-urlencoded' };
  return (await (await fetch(rest + path, { method: 'POST', headers, body })).json()) as Json;
}

async function krakenAccount(sandbox: SandboxHandle): Promise<{ client: Client; token: string }> {
  const { result } = await krakenRest(sandbox, 'GetWebSocketsToken');
  return { client: await new Client(sandbox.ready.venues.kraken.wsAuth!).open(), token: (result as Json)['token'] as string };
}

function num(json: Json, name: string): number {
  return json[name] as number;
}

type Levels = Map<string, string>;

function apply(levels: Levels, changes: [string, string][]): void {
  for (const [price, qty] of changes) {
    if (Number(qty) === 0) levels.delete(price);
    else levels.set(price, qty);
  }
}

t.test('Binance: diffs splice onto the REST snapshot, follow each other without a gap, and rebuild the venue’s book', async (test) => {
  const sandbox = await withSandbox(test, {});
  const { rest, ws } = sandbox.ready.venues.binance;
  const client = await new Client(`${ws}/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker/btcusdt@trade/btcusdt@depth5@100ms`).open();
  const isDiff = (json: Json): boolean => json['stream'] === 'btcusdt@depth@100ms';
  const first = (await client.next(isDiff)).json['data'] as Json;
  const snapshot = await get(`${rest}/api/v3/depth?symbol=BTCUSDT&limit=5000`);
  test.ok(num(snapshot, 'lastUpdateId') >= num(first, 'U'));
  const bids: Levels = new Map(snapshot['bids'] as [string, string][]);
  const asks: Levels = new Map(snapshot['asks'] as [string, string][]);
  let localId = snapshot['lastUpdateId'] as number;
  const tops = new Map<number, string>();
  for (let applied = 0; applied < 12;) {
    const diff = (await client.next(isDiff)).json['data'] as Json;
    if (num(diff, 'u') <= localId) continue;
    if (applied === 0) test.ok(num(diff, 'U') <= localId + 1 && localId + 1 <= num(diff, 'u'), 'the first diff brackets the snapshot');
    else if (diff['U'] !== localId + 1) test.fail(`gap: U ${num(diff, 'U')} after ${localId}`);
    apply(bids, diff['b'] as [string, string][]);
    apply(asks, diff['a'] as [string, string][]);
    localId = diff['u'] as number;
    applied++;
    const best = (levels: Levels, sign: number): string => [...levels.keys()].sort((a, b) => sign * (Number(a) - Number(b)))[0];
    tops.set(localId, `${best(bids, -1)} ${best(asks, 1)}`);
  }
  for (const { json } of client.messages) {
    if (json['stream'] !== 'btcusdt@bookTicker') continue;
    const { u, b, a } = json['data'] as { u: number; b: string; a: string };
    if (tops.has(u)) test.equal(`${b} ${a}`, tops.get(u), 'at the same update id bookTicker shows the top of the rebuilt book');
  }
  test.match((await client.next(({ stream }) => stream === 'btcusdt@depth5@100ms')).json['data'], { lastUpdateId: Number });

  client.send({ method: 'LIST_SUBSCRIPTIONS', id: 'list' });
  test.equal(((await client.next(({ id }) => id === 'list')).json['result'] as string[]).length, 4);
  client.send({ method: 'NONSENSE', id: 9 });
  test.match((await client.next(({ id }) => id === 9)).json, { code: 2 });
  for (let i = 0; i < 8; i++) client.send({ method: 'LIST_SUBSCRIPTIONS', id: i });
  test.ok(await client.until(() => client.closed), 'more than five messages a second end the connection');
});

t.test('Kraken: every update of every depth checks out against its CRC32, truncation and all', async (test) => {
  const sandbox = await withSandbox(test, { ratePerSecond: 20_000 });
  const client = await new Client(sandbox.ready.venues.kraken.ws).open();
  test.match((await client.next(({ channel }) => channel === 'status')).json, { data: [{ system: 'online', api_version: 'v2' }] });
  client.send({ method: 'subscribe', params: { channel: 'instrument' }, req_id: 1 });
  const { pairs } = (await client.next(({ channel }) => channel === 'instrument')).json['data'] as Json;
  test.equal((pairs as Json[]).length, 7);
  const decimals = new Map((pairs as Json[]).map((pair) => [pair['symbol'] as string, [pair['price_precision'] as number, pair['qty_precision'] as number] as const]));
  const digits = (value: string): string => value.replace('.', '').replace(/^0+/, '');
  for (const depth of [10, 25, 100]) {
    client.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD', 'ETH/USDT', 'NO/PE'], depth }, req_id: depth });
    const books = new Map<string, { bids: Levels; asks: Levels }>();
    let checked = 0;
    let refused = false;
    while (checked < 150) {
      const { json, text } = await client.next((message) => message['channel'] === 'book' || message['method'] === 'subscribe');
      if (json['success'] === false) refused = json['error'] === 'Currency pair not supported NO/PE';
      if (json['channel'] !== 'book') continue;
      if (!/"price":\d+\.\d+,"qty":\d+\.\d{8}[,}]/.test(text)) test.fail('numbers carry their full precision');
      const data = (json['data'] as Json[])[0];
      const symbol = data['symbol'] as string;
      if (json['type'] === 'snapshot') books.set(symbol, { bids: new Map(), asks: new Map() });
      const book = books.get(symbol)!;
      const [priceDecimals, qtyDecimals] = decimals.get(symbol)!;
      const texts = (levels: Json[]): [string, string][] => levels.map(({ price, qty }) => [(price as number).toFixed(priceDecimals), (qty as number).toFixed(qtyDecimals)]);
      const truncated = (levels: Levels, changes: Json[], sign: number): Levels => {
        apply(levels, texts(changes));
        return new Map([...levels].sort(([a], [b]) => sign * (Number(a) - Number(b))).slice(0, depth));
      };
      book.bids = truncated(book.bids, data['bids'] as Json[], -1);
      book.asks = truncated(book.asks, data['asks'] as Json[], 1);
      const payload = [...[...book.asks].slice(0, 10), ...[...book.bids].slice(0, 10)].map(([price, qty]) => digits(price) + digits(qty)).join('');
      if (crc32(payload) !== data['checksum']) throw new Error(`depth ${depth}, ${symbol}: checksum mismatch after ${checked} updates`);
      checked++;
    }
    test.ok(refused, 'an unknown pair is refused by name');
    test.pass(`${checked} checksums at depth ${depth}`);
    client.send({ method: 'unsubscribe', params: { channel: 'book', symbol: ['BTC/USD', 'ETH/USDT'], depth }, req_id: 100 + depth });
    await client.next(({ method, req_id }) => method === 'unsubscribe' && req_id === 100 + depth);
    await client.next(({ method, req_id }) => method === 'unsubscribe' && req_id === 100 + depth);
  }
  client.send({ method: 'ping', req_id: 7 });
  test.match((await client.next(({ method }) => method === 'pong')).json, { req_id: 7, time_in: /Z$/ });
});

t.test('Binance: an order takes the displayed level, its events arrive wrapped, and refusals carry the venue’s codes', async (test) => {
  const sandbox = await withSandbox(test, {});
  const { wsApi, ws } = sandbox.ready.venues.binance;
  const client = await new Client(wsApi!).open();
  const ask = async (method: string, params: Json): Promise<Json> => {
    const id = `${method}-${Math.random()}`.slice(0, 36);
    client.send({ id, method, params });
    return (await client.next((json) => json['id'] === id)).json;
  };
  test.match(await ask('userDataStream.subscribe.signature', signedParams(sandbox, {})), { status: 200, result: { subscriptionId: 0 } });
  test.match(await ask('userDataStream.subscribe.signature', signedParams(sandbox, {})), { status: 400, error: { code: -2035 } });
  const book = sandbox.ready.venues.binance.rest;
  const { asks } = await get(`${book}/sandbox/book?symbol=BTCUSDT`);
  const [price, qty] = (asks as [string, string][])[0];
  const feed = await new Client(`${ws}/ws/btcusdt@depth@100ms`).open();
  const limit = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'IOC', quantity: '0.00100', price: (Number(price) * 1.01).toFixed(2) };
  const placed = await ask('order.place', signedParams(sandbox, { ...limit, newClientOrderId: 'take-1' }));
  test.match(placed, { status: 200, result: { status: 'FILLED', executedQty: '0.00100000', clientOrderId: 'take-1', fills: [{ commissionAsset: 'BTC', commission: '0.00000020' }] } });
  test.ok(Number(qty) > 0);
  for (const [x, X] of [['NEW', 'NEW'], ['TRADE', 'FILLED']]) {
    const { json } = await client.next(({ event }) => (event as Json | undefined)?.['e'] === 'executionReport');
    test.match(json, { subscriptionId: 0, event: { x, X, c: 'take-1', s: 'BTCUSDT' } });
  }
  const position = (await client.next(({ event }) => (event as Json | undefined)?.['e'] === 'outboundAccountPosition')).json['event'] as Json;
  test.same((position['B'] as Json[]).map(({ a }) => a as string).sort(), ['BTC', 'USDT']);
  test.ok(await feed.until(() => feed.messages.length > 0));

  const code = async (change: Json): Promise<number> => {
    const { error } = await ask('order.place', signedParams(sandbox, { ...limit, ...change }));
    return (error as Json)['code'] as number;
  };
  test.equal(await code({ symbol: 'NOPE' }), -1121);
  test.equal(await code({ price: '64000.001' }), -1013);
  test.equal(await code({ quantity: '0.000001' }), -1013);
  test.equal(await code({ quantity: '0.00001' }), -1013, 'too little notional');
  test.equal(await code({ quantity: '0.0000000001' }), -1111);
  test.equal(await code({ quantity: '1000' }), -2010);
  test.equal(await code({ side: 'HOLD' }), -1117);
  test.equal(await code({ timeInForce: '' }), -1102);
  test.equal(await code({ type: 'MARKET' }), -1106);
  const maker = { ...limit, type: 'LIMIT_MAKER' } as Json;
  delete maker['timeInForce'];
  test.match(await ask('order.place', signedParams(sandbox, maker)), { error: { code: -2010, msg: 'Order would immediately match and take.' } });
  test.match(await ask('order.place', { ...signedParams(sandbox, limit), quantity: '9' }), { error: { code: -1022 } });
  test.match(await ask('order.place', { ...signedParams(sandbox, limit), timestamp: Date.now() - 60_000 }), { error: { code: -1021 } });
  test.match(await ask('order.cancel', signedParams(sandbox, { symbol: 'BTCUSDT', orderId: 1 })), { error: { code: -2011 } });
  test.match(await ask('order.status', signedParams(sandbox, { symbol: 'BTCUSDT', orderId: 1 })), { error: { code: -2013 } });
  client.socket.send('not json');
  test.match((await client.next(({ status }) => status === 400)).json, { id: null, error: { code: -1135 } });

  const rest = { ...limit, timeInForce: 'GTC', price: (Number(price) * 0.9).toFixed(2), newClientOrderId: 'rest-1' };
  test.match(await ask('order.place', signedParams(sandbox, rest)), { result: { status: 'NEW' } });
  test.match(await ask('order.place', signedParams(sandbox, rest)), { error: { code: -2010, msg: 'Duplicate order sent.' } });
  test.match(await ask('order.cancel', signedParams(sandbox, { symbol: 'BTCUSDT', origClientOrderId: 'rest-1', newClientOrderId: 'stop-1' })), { result: { status: 'CANCELED', origClientOrderId: 'rest-1', clientOrderId: 'stop-1' } });
  test.match((await client.next(({ event }) => (event as Json | undefined)?.['x'] === 'CANCELED')).json, { event: { c: 'stop-1', C: 'rest-1' } });
  const viaRest = await binanceRest(sandbox, 'GET', '/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'rest-1' });
  test.match(viaRest.json, { status: 'CANCELED', executedQty: '0.00000000' });
  test.ok(viaRest.headers.get('x-mbx-used-weight-1m'));
});

t.test('Kraken: acks, sparse executions with a sequence, balances, and refusals in the venue’s words', async (test) => {
  const sandbox = await withSandbox(test, {});
  const { client, token } = await krakenAccount(sandbox);
  client.send({ method: 'subscribe', params: { channel: 'executions', snap_orders: true, snap_trades: false, token }, req_id: 1 });
  client.send({ method: 'subscribe', params: { channel: 'balances', token }, req_id: 2 });
  test.match((await client.next(({ channel, type }) => channel === 'executions' && type === 'snapshot')).json, { data: [], sequence: 1 });
  await client.next(({ channel }) => channel === 'balances');
  const { asks } = await get(`${sandbox.ready.venues.kraken.rest}/sandbox/book?symbol=BTC/USD`);
  const price = Number((asks as [string, string][])[0][0]);
  const buy = { order_type: 'limit', side: 'buy', symbol: 'BTC/USD', order_qty: 0.002, limit_price: Math.round(price * 1.01), time_in_force: 'ioc', cl_ord_id: 'arb-1', token };
  client.send({ method: 'add_order', params: buy, req_id: 11 });
  test.match((await client.next(({ req_id }) => req_id === 11)).json, { success: true, result: { order_id: /^O.{5}-.{5}-.{6}$/, cl_ord_id: 'arb-1' } });
  const types: string[] = [];
  let sequence = 1;
  while (types.at(-1) !== 'filled') {
    const { json } = await client.next(({ channel }) => channel === 'executions');
    test.equal(json['sequence'], ++sequence);
    const data = (json['data'] as Json[])[0];
    types.push(data['exec_type'] as string);
    if (data['exec_type'] === 'trade') test.match(data, { order_status: 'partially_filled', liquidity_ind: 't', fees: [{ asset: 'USD' }] });
  }
  test.same(types.filter((type, i) => type !== types[i - 1]), ['pending_new', 'new', 'trade', 'filled']);
  const balances = (await client.next(({ channel }) => channel === 'balances')).json;
  test.same((balances['data'] as Json[]).map(({ asset }) => asset as string).sort(), ['BTC', 'USD']);

  const refusal = async (change: Json): Promise<string> => {
    client.send({ method: 'add_order', params: { ...buy, ...change }, req_id: 12 });
    return (await client.next(({ req_id }) => req_id === 12)).json['error'] as string;
  };
  test.equal(await refusal({ symbol: 'NO/PE' }), 'EQuery:Unknown asset pair');
  test.equal(await refusal({ limit_price: 64000.05 }), 'EOrder:Tick size check failed');
  test.equal(await refusal({ order_qty: 0.00001 }), 'EOrder:Order minimum not met');
  test.equal(await refusal({ order_qty: 1000 }), 'EOrder:Insufficient funds');
  test.equal(await refusal({ token: 'stale' }), 'EAPI:Invalid key');
  test.equal(await refusal({ deadline: '2020-01-01T00:00:00Z' }), 'EService:Deadline elapsed');

  client.send({ method: 'add_order', params: { ...buy, time_in_force: 'gtc', post_only: true, cl_ord_id: 'post-1' }, req_id: 13 });
  test.match((await client.next(({ req_id }) => req_id === 13)).json, { success: true }, 'a crossing post-only order is accepted');
  test.match(((await client.next(({ channel, data }) => channel === 'executions' && (data as Json[])[0]['exec_type'] === 'canceled')).json['data'] as Json[])[0], { reason: 'Post only order' });

  for (const id of ['rest-1', 'rest-2', 'rest-3']) {
    client.send({ method: 'add_order', params: { ...buy, time_in_force: 'gtc', limit_price: Math.round(price * 0.9), cl_ord_id: id }, req_id: 20 });
    await client.next(({ req_id }) => req_id === 20);
  }
  test.equal(Object.keys(((await krakenRest(sandbox, 'OpenOrders'))['result'] as Json)['open'] as Json).length, 3);
  client.send({ method: 'cancel_order', params: { cl_ord_id: ['rest-1', 'nobody'], token }, req_id: 21 });
  test.match((await client.next(({ req_id }) => req_id === 21)).json, { success: true, result: { cl_ord_id: 'rest-1' } });
  test.match((await client.next(({ req_id }) => req_id === 21)).json, { success: false, error: 'EOrder:Unknown order' });
  client.send({ method: 'cancel_all_orders_after', params: { timeout: 1, token }, req_id: 22 });
  await client.next(({ req_id }) => req_id === 22);
  test.ok(await client.until(() => sandbox.ledger('kraken').orders.every((order) => order['status'] !== 'new')), 'the dead-man switch cancels the rest');
  const query = await krakenRest(sandbox, 'QueryOrders', { cl_ord_id: 'rest-2' });
  test.match(Object.values(query['result'] as Json)[0], { status: 'canceled', cl_ord_id: 'rest-2' });
  test.same(await krakenRest(sandbox, 'AddOrder', { pair: 'NOPE', type: 'buy', ordertype: 'limit', volume: '1', price: '1' }), { error: ['EQuery:Unknown asset pair'] });
  const volume = (await krakenRest(sandbox, 'TradeVolume', { pair: 'XBTUSD' }))['result'] as Json;
  test.match(volume, { fees: { XXBTZUSD: { fee: '0.0500' } }, fees_maker: { XXBTZUSD: { fee: '0.0200' } } });
});

t.test('a forced crossing leaves at once, stands until taken, and the order’s delay is measured', async (test) => {
  const sandbox = await withSandbox(test, {});
  const { binance, kraken } = sandbox.ready.venues;
  const feed = await new Client(`${binance.ws}/ws/btcusdt@depth@100ms`).open();
  await feed.next(() => true);
  test.equal((await post(`${binance.rest}/sandbox/cross`, { pair: 'BTC/USD', venueCheap: 'binance', bps: 30, qty: '0.05', holdMs: 2_000 })).status, 400, 'both venues must list the pair');
  const crossed = await post(`${kraken.rest}/sandbox/cross`, { pair: 'BTC/USDT', venueCheap: 'binance', bps: 30, qty: '0.05000', holdMs: 2_000 });
  test.equal(crossed.status, 200);
  const price = `${crossed.json['price'] as string}000000`;
  const { json } = await feed.next(({ a }) => (a as [string, string][]).some((level) => level[0] === price));
  test.same((json['a'] as [string, string][]).find((level) => level[0] === price), [price, '0.05000000']);
  const best = async (venue: typeof binance, symbol: string): Promise<{ bid: number; ask: number }> => {
    const { bids, asks } = await get(`${venue.rest}/sandbox/book?symbol=${symbol}`);
    return { bid: Number((bids as string[][])[0][0]), ask: Number((asks as string[][])[0][0]) };
  };
  const cheap = await best(binance, 'BTCUSDT');
  const dear = await best(kraken, 'BTC/USDT');
  test.ok(cheap.ask < dear.bid && cheap.bid < cheap.ask, 'the venues cross, neither book does in itself');
  const client = await new Client(binance.wsApi!).open();
  client.send({ id: 1, method: 'order.place', params: signedParams(sandbox, { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'IOC', quantity: '0.05', price: crossed.json['price'], newClientOrderId: 'fast-1' }) });
  test.match((await client.next(({ id }) => id === 1)).json, { result: { status: 'FILLED' } });
  await feed.next(({ a }) => (a as [string, string][]).some((level) => level[0] === price && level[1] === '0.00000000'));
  test.pass('the taken level goes with the next diff');
  const report = await get(`${binance.rest}/sandbox/latency`);
  test.match((report['samples'] as Json[])[0], { clientOrderId: 'fast-1' });
  test.ok(num(report['sinceCrossNs'] as Json, 'p50Ns') > 0);
  await post(`${binance.rest}/sandbox/latency/reset`, {});
  test.equal((await get(`${binance.rest}/sandbox/latency`))['count'], 0);
});

t.test('faults: gaps, duplicates, wrong checksums, stalls, lost and late answers, maintenance, dropped connections', async (test) => {
  const sandbox = await withSandbox(test, { own: { binance: { depthMs: 20 } } });
  const { binance, kraken } = sandbox.ready.venues;
  test.equal((await post(`${binance.rest}/sandbox/fault`, { kind: 'earthquake' })).status, 400);
  const feed = await new Client(`${binance.ws}/ws/btcusdt@depth@100ms`).open();
  let last = (await feed.next(() => true)).json['u'] as number;
  const until = async (wanted: (diff: Json) => boolean): Promise<void> => {
    for (;;) {
      const { json } = await feed.next(() => true);
      const found = wanted(json);
      last = json['u'] as number;
      if (found) return;
    }
  };
  await post(`${binance.rest}/sandbox/fault`, { kind: 'skip-depth', symbol: 'BTCUSDT' });
  await until((diff) => num(diff, 'U') > last + 1);
  test.pass('a gap');
  await post(`${binance.rest}/sandbox/fault`, { kind: 'duplicate-depth' });
  await until((diff) => num(diff, 'u') === last);
  test.pass('a duplicate');
  sandbox.fault('binance', { kind: 'stall', ms: 300 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = feed.messages.length;
  await new Promise((resolve) => setTimeout(resolve, 150));
  test.equal(feed.messages.length, before, 'silence');
  await until((diff) => diff['U'] === last + 1);
  test.pass('after a stall the diffs go on where they stopped');

  const account = await new Client(binance.wsApi!).open();
  const limit = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.001', price: '60000' };
  const place = (id: string): void => account.send({ id, method: 'order.place', params: signedParams(sandbox, { ...limit, newClientOrderId: id }) });
  sandbox.fault('binance', { kind: 'lose-ack' });
  place('lost');
  await account.until(() => sandbox.ledger('binance').orders.length === 1);
  sandbox.fault('binance', { kind: 'error-after-accept' });
  place('unknown');
  test.match((await account.next(({ id }) => id === 'unknown')).json, { status: 500, error: { code: -1007 } });
  sandbox.fault('binance', { kind: 'rate-limit' });
  place('many');
  test.match((await account.next(({ id }) => id === 'many')).json, { status: 429, error: { code: -1003, data: { retryAfter: Number } } });
  sandbox.fault('binance', { kind: 'delay-acks', ms: 120 });
  place('late');
  place('prompt');
  const order = [(await account.next(({ id }) => typeof id === 'string')).json['id'], (await account.next(({ id }) => typeof id === 'string')).json['id']];
  test.same(order, ['prompt', 'late'], 'answers may overtake each other');
  test.same(sandbox.ledger('binance').orders.map((row) => row['clientOrderId']), ['lost', 'unknown', 'late', 'prompt'], 'what was answered wrongly was accepted all the same');
  sandbox.fault('binance', { kind: 'maintenance', ms: 200 });
  place('closed');
  test.match((await account.next(({ id }) => id === 'closed')).json, { error: { code: -2010, msg: 'Market is closed.' } });

  const book = await new Client(kraken.ws).open();
  book.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 10 } });
  await book.next(({ channel }) => channel === 'book');
  sandbox.fault('kraken', { kind: 'corrupt-checksum', symbol: 'BTC/USD' });
  await book.until(() => book.messages.length > 20);
  test.match((await get(`${kraken.rest}/sandbox/status`)), { venue: 'kraken', faultsFired: { 'corrupt-checksum': 1 }, connections: { market: 1, account: 0 } });
  sandbox.fault('kraken', { kind: 'maintenance', ms: 100 });
  test.match((await book.next(({ channel }) => channel === 'status')).json, { channel: 'status' });
  test.ok(await book.until(() => book.messages.filter(({ json }) => json['channel'] === 'status').length >= 3), 'maintenance is announced, and its end');
  sandbox.fault('kraken', { kind: 'drop-connections' });
  test.ok(await book.until(() => book.closed));
  test.notOk(feed.closed, 'the other venue stays');
});

t.test('garbage gets a refusal and ends nothing', async (test) => {
  const seed = Number(process.env['SANDBOX_TEST_SEED'] ?? Math.floor(Math.random() * 1e9));
  const random = new Prng(`garbage ${seed}`);
  const sandbox = await withSandbox(test, {});
  const { binance, kraken } = sandbox.ready.venues;
  const methods = ['SUBSCRIBE', 'order.place', 'session.logon', 'subscribe', 'add_order', 'cancel_order', 'cancel_all_orders_after', 'ping', '', '__proto__', 'constructor'];
  const value = (depth = 0): unknown => {
    switch (random.below(depth > 2 ? 6 : 9)) {
      case 0: return null;
      case 1: return -1e300 + random.below(5);
      case 2: return 'é\u0000"\\'.repeat(random.below(4));
      case 3: return random.uniform() < 0.5;
      case 4: return 'BTC/USD';
      case 5: return methods[random.below(methods.length)];
      case 6: return [value(depth + 1), value(depth + 1)];
      case 7: return { channel: value(depth + 1), symbol: value(depth + 1), token: value(depth + 1), depth: value(depth + 1), timestamp: value(depth + 1) };
      default: return { method: value(depth + 1), params: value(depth + 1), id: value(depth + 1), req_id: value(depth + 1) };
    }
  };
  for (const url of [`${binance.ws}/ws`, binance.wsApi, kraken.ws, kraken.wsAuth]) {
    const client = new Client(url!, false);
    await client.open();
    for (let i = 0; i < 150 && !client.closed; i++) {
      const text = JSON.stringify({ method: methods[random.below(methods.length)], params: value(), id: value(), req_id: i });
      client.socket.send(random.uniform() < 0.3 ? text.slice(0, random.below(text.length)) : text);
    }
    client.socket.send(Buffer.from([0xff, 0xfe, 0x00]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.socket.close();
  }
  for (const path of ['/api/v3/depth?symbol=%E0%A4%A', '/api/v3/order?signature=%E0', '/0/public/Depth?pair=__proto__', '/0/private/constructor', '/sandbox/book', '/%', '//', '/api/v3/ticker/price?symbols=[']) {
    for (const { rest } of [binance, kraken]) test.ok((await fetch(rest + path)).status < 600);
  }
  for (const path of ['/nowhere', '/ws/%E0', '//']) {
    const refused = new Client(binance.ws + path, false);
    test.ok(await refused.until(() => refused.closed), `${path} leads nowhere`);
  }
  test.same(await get(`${binance.rest}/api/v3/ping`), {}, `both venues are still there (seed ${seed})`);
  test.match(await get(`${kraken.rest}/0/public/SystemStatus`), { result: { status: 'online' } });
  test.same(sandbox.ledger('binance').orders, []);
});

t.test('a frame cut short, a shutdown announced, and the pairs that were asked for', async (test) => {
  const sandbox = await withSandbox(test, { own: { binance: { depthMs: 20 } }, pairs: ['BTC/USDT', 'BTC/USD', 'ABC/USDT'] });
  const { binance, kraken } = sandbox.ready.venues;
  const info = await get(`${binance.rest}/api/v3/exchangeInfo`);
  test.same((info['symbols'] as Json[]).map(({ symbol }) => symbol), ['BTCUSDT', 'ABCUSDT']);
  const listed = await get(`${kraken.rest}/0/public/AssetPairs`);
  test.same(Object.keys(listed['result'] as Json), ['XBTUSDT', 'XXBTZUSD', 'ABCUSDT']);
  const feed = await new Client(`${binance.ws}/stream?streams=abcusdt@depth@100ms`, false).open();
  sandbox.fault('binance', { kind: 'malformed-depth' });
  test.ok(await feed.until(() => feed.malformed === 1));
  sandbox.fault('binance', { kind: 'server-shutdown', ms: 100 });
  test.match((await feed.next(({ stream }) => stream === '!serverShutdown')).json, { data: { e: 'serverShutdown' } });
  test.ok(await feed.until(() => feed.closed));
});

t.test('the command prints one line when it is ready, and ends cleanly on a signal', async (test) => {
  const command = new URL('../../src/cli/sandbox.js', import.meta.url).href;
  const script = `const { sandboxCommand } = await import(${JSON.stringify(command)}); await sandboxCommand().parseAsync(process.argv.slice(1), { from: 'user' });`;
  const start = (...args: string[]): { child: ChildProcess; output: () => string; ended: Promise<number | null> } => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    return { child, output: () => output, ended: new Promise((resolve) => child.once('exit', resolve)) };
  };
  const first = start('--seed', '7', '--json', '--duration', '60s');
  for (let i = 0; i < 200 && !first.output().includes('\n'); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  const ready = JSON.parse(first.output()) as SandboxHandle['ready'];
  test.match(ready, { type: 'ready', venues: { binance: { rest: /^http:\/\/127\.0\.0\.1:/, ws: /^ws:/, wsApi: /ws-api/ }, kraken: { wsAuth: /^ws:/ } } });
  const feed = await new Client(`${ready.venues.binance.ws}/ws/btcusdt@bookTicker`).open();
  const second = start('--port-kraken', new URL(ready.venues.kraken.rest).port, '--json');
  test.not(await second.ended, 0);
  test.match(second.output(), /SANDBOX_PORT_IN_USE/);
  first.child.kill('SIGINT');
  test.equal(await first.ended, 0);
  test.equal(first.output().trim().split('\n').length, 1, 'exactly one line');
  test.ok(await feed.until(() => feed.closed));
});

t.test('a Binance session logs on with Ed25519 once and then trades unsigned; limits refuse with the venue’s codes and headers', async (test) => {
  const sandbox = await withSandbox(test, {
    own: {
      binance: { limits: { weightPerMinute: 60, ordersPer10s: 2, ordersPerDay: 100 } },
      kraken: { limits: { restMax: 4, restDecayPerSecond: 0, engineMax: 2, engineDecayPerSecond: 0, openOrdersPerPair: 60 } },
    },
  });
  const { binance } = sandbox.ready.venues;
  const client = await new Client(binance.wsApi!).open();
  const ask = async (id: string, method: string, params: Json): Promise<Json> => {
    client.send({ id, method, params });
    return (await client.next((json) => json['id'] === id)).json;
  };
  const buy = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.001', price: '60000' };
  test.match(await ask('1', 'userDataStream.subscribe', {}), { status: 400, error: { code: -2015 } }, 'not before the logon');
  const timestamp = Date.now();
  const hmac = signedParams(sandbox, {});
  test.match(await ask('2', 'session.logon', hmac), { status: 400, error: { code: -1022 } }, 'not with HMAC');
  const signature = sign(null, Buffer.from(`apiKey=${binance.apiKey}&timestamp=${timestamp}`), binance.ed25519PrivateKey!).toString('base64');
  test.match(await ask('3', 'session.logon', { apiKey: binance.apiKey, timestamp, signature }), { status: 200, result: { apiKey: binance.apiKey, userDataStream: false } });
  test.match(await ask('4', 'userDataStream.subscribe', {}), { status: 200, result: { subscriptionId: 0 } });
  test.match(await ask('5', 'order.place', { ...buy, timestamp: Date.now() }), { status: 200, result: { status: 'NEW' }, rateLimits: [{ rateLimitType: 'ORDERS', count: 1, limit: 2 }, {}] });
  test.match((await client.next(({ event }) => (event as Json | undefined)?.['e'] === 'executionReport')).json, { subscriptionId: 0, event: { X: 'NEW', w: true } });
  await ask('6', 'order.place', { ...buy, timestamp: Date.now() });
  test.match(await ask('7', 'order.place', { ...buy, timestamp: Date.now() }), { status: 429, error: { code: -1015, data: { retryAfter: Number } } });
  test.match(await ask('8', 'openOrders.cancelAll', { symbol: 'BTCUSDT', timestamp: Date.now() }), { status: 200, result: [{ status: 'CANCELED' }, { status: 'CANCELED' }] });
  let response = await fetch(`${binance.rest}/api/v3/depth?symbol=BTCUSDT&limit=1000`);
  for (let i = 0; i < 3 && response.status === 200; i++) response = await fetch(`${binance.rest}/api/v3/depth?symbol=BTCUSDT&limit=1000`);
  test.equal(response.status, 429);
  test.match(await response.json(), { code: -1003 });
  test.ok(Number(response.headers.get('retry-after')) >= 1);

  const account = await krakenAccount(sandbox);
  const add = { order_type: 'limit', side: 'buy', symbol: 'BTC/USD', order_qty: 0.001, limit_price: 50_000, time_in_force: 'gtc', token: account.token };
  for (const [i, expected] of [true, true, false].entries()) {
    account.client.send({ method: 'add_order', params: add, req_id: i });
    const { json } = await account.client.next(({ req_id }) => req_id === i);
    test.equal(json['success'], expected);
    if (!expected) test.equal(json['error'], 'EOrder:Rate limit exceeded');
  }
  let answer: Json = {};
  for (let i = 0; i < 5; i++) answer = await krakenRest(sandbox, 'Balance');
  test.same(answer, { error: ['EAPI:Rate limit exceeded'] });
});
