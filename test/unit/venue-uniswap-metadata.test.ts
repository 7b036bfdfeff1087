import { Writable } from 'node:stream';
import t from 'tap';
import { decode } from '../../src/cli/decode.js';
import { uniswapMetadata } from '../../src/venue/uniswap/metadata.js';
import { canonicalCode, isQuotedInFirst } from '../../src/venue/uniswap/tokens.js';
import { word } from '../../src/venue/uniswap/words.js';
import { absent, recordedLogsPath } from '../fixtures/uniswap-captures.js';
import { USDC, V2, V3, WETH } from '../fixtures/uniswap.js';

const words = (...values: (bigint | number | string)[]): string => `0x${values.map(word).join('')}`;
const text = (value: string): string => `${words(32, value.length)}${Buffer.from(value).toString('hex').padEnd(64, '0')}`;
const SQRT_3200 = 1_400_569_274_369_653_497_968_298_455_686_454n;

/** Answers of a chain on which the two pools are. */
const CHAIN: Readonly<Record<string, string>> = {
  [`${V2}.token0`]: words(USDC.address), [`${V2}.token1`]: words(WETH.address), [`${V2}.getReserves`]: words(20_000_000_000_000n, 6_250_000_000_000_000_000_000n, 1),
  [`${V3}.token0`]: words(USDC.address), [`${V3}.token1`]: words(WETH.address), [`${V3}.fee`]: words(500), [`${V3}.tickSpacing`]: words(10), [`${V3}.slot0`]: words(SQRT_3200, 195_610, 0, 0, 0, 0, 1),
  [`${USDC.address}.decimals`]: words(6), [`${USDC.address}.symbol`]: text('USDC'),
  [`${WETH.address}.decimals`]: words(18), [`${WETH.address}.symbol`]: `0x${Buffer.from('WETH').toString('hex').padEnd(64, '0')}`,
};

function answer(body: string, chain: Readonly<Record<string, string>>): string {
  const calls = JSON.parse(body) as { id: string; method: string; params: [{ to: string; data: string }, string] }[];
  return JSON.stringify(calls.reverse().map(({ id }) => (chain[id] === undefined ? { jsonrpc: '2.0', id, error: { code: 3, message: 'execution reverted' } } : { jsonrpc: '2.0', id, result: chain[id] })));
}

function ask(pools: readonly string[], chain = CHAIN) {
  const context = { credentials: undefined, settings: { pools }, unixMs: 0 };
  const answers: string[] = [];
  for (let request = uniswapMetadata.next(answers, context); request !== undefined; request = uniswapMetadata.next(answers, context)) answers.push(answer(request.body!, chain));
  return { answers, markets: uniswapMetadata.parse(answers) };
}

t.test('pools are told from their contracts, decimals and names from the tokens', (t) => {
  const { answers, markets } = ask([V2.toUpperCase().replace('0X', '0x'), V3]);
  t.equal(answers.length, 2, 'two requests for any number of pools');
  t.match(markets, [
    { symbol: V3, base: 'ETH', quote: 'USDC', tickSize: '0.001', stepSize: '0.0000001', takerFeePpm: 0, pool: { version: 3, feePpm: 500, tickSpacing: 10, baseIsToken0: false } },
    { symbol: V2, base: 'ETH', quote: 'USDC', tickSize: '0.001', stepSize: '0.0000001', takerFeePpm: 0, pool: { version: 2, feePpm: 3000, baseIsToken0: false } },
  ]);
  t.same(markets[0].pool?.token1, { address: WETH.address, decimals: 18 });
  t.end();
});

t.test('what is no pool is said with its address', (t) => {
  t.throws(() => ask([]), { code: 'VENUE_METADATA' });
  t.throws(() => ask(['0x1234']), { code: 'VENUE_METADATA', message: /no address/ });
  t.throws(() => ask([WETH.address]), { code: 'VENUE_METADATA', message: new RegExp(`${WETH.address} is no pool`) });
  t.throws(() => ask([V3], { ...CHAIN, [`${V3}.fee`]: '0x' }), { code: 'VENUE_METADATA', message: /neither of v2 nor of v3/ });
  t.throws(() => uniswapMetadata.parse(['{}', '[]']), { code: 'VENUE_METADATA' });
  t.same(ask([V3], { ...CHAIN, [`${WETH.address}.symbol`]: text('W\u0001') }).markets, [], 'a token without a code takes its pool out');
  t.end();
});

t.test('wrapped assets are the assets, and dollars are the quote', (t) => {
  t.equal(canonicalCode('WETH'), 'ETH');
  t.equal(canonicalCode('WBTC'), 'BTC');
  t.equal(canonicalCode('a b'), undefined);
  t.ok(isQuotedInFirst('USDC', 'ETH'));
  t.notOk(isQuotedInFirst('ETH', 'USDC'));
  t.ok(isQuotedInFirst('BTC', 'ETH'), 'ETH-BTC');
  t.ok(isQuotedInFirst('USDT', 'USDC'), 'USDC-USDT');
  t.notOk(isQuotedInFirst('PEPE', 'SHIB'), 'token1 is the quote of what nobody knows');
  t.end();
});

class Lines extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** What captures/INDEX.md says an independent program measured: swaps, and the last price. */
const MEASURED = [
  { fee: 500, pool: V3, trades: 3951 - 2, blocks: 2631, price: 2225.39212692 },
  { fee: 3000, pool: '0x8ad599c3a0ff1de082011efddc58f1908eb6e6d8', trades: 194, blocks: 195, price: 2227.46561459 },
];

for (const { fee, pool, trades, blocks, price } of MEASURED) {
  t.test(`recorded logs of USDC/WETH ${fee / 10_000} % are decoded without any metadata: trades, and a book around the last price`, { skip: absent }, async (t) => {
    const [out, err] = [new Lines(), new Lines()];
    t.equal(await decode({ venue: 'uniswap', in: [recordedLogsPath(fee)], book: pool, depth: '5' }, out, err), 0);
    t.equal(err.text, '');
    const events = out.text.trimEnd().split('\n').map((line) => JSON.parse(line) as { type: string; symbol: string; qty?: string });
    t.equal(events.filter(({ type }) => type === 'trade').length, trades, 'two swaps of less than 10^-8 ETH print nothing');
    t.ok(events.every(({ symbol }) => symbol === pool));
    const book = events.at(-1) as unknown as { bids: [string, string][]; asks: [string, string][]; inSync: boolean; applied: number };
    t.match(book, { type: 'book', inSync: true, applied: blocks, resyncs: 0, gaps: 0 });
    const mid = Math.sqrt(Number(book.bids[0][0]) * Number(book.asks[0][0]));
    t.ok(Math.abs(mid / price - 1) < 2e-5, `${mid} is ${price}, but for the size of the first level`);
    t.end();
  });
}
