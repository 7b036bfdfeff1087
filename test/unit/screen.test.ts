import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseDuration } from '../../src/cli/duration.js';
import { bytesText, countText, durationText, nsText } from '../../src/cli/format.js';
import { Screen, statusLine, type ScreenOutput } from '../../src/cli/screen.js';
import { screenLines } from '../../src/cli/screen-layout.js';
import { lineWidth, paint } from '../../src/cli/screen-lines.js';
import type { EngineStatus } from '../../src/control/status.js';
import { emptyStatus } from '../fixtures/empty-status.js';

const FOOTER = 'Ctrl-C: cancel open orders, flush, summary · API http://127.0.0.1:7420/docs';

function venue(id: string, own: Partial<EngineStatus['venues'][number]> = {}): EngineStatus['venues'][number] {
  return { id, via: 'native', feed: 'UP', gateway: 'UP', reason: '', books: 3, booksInSync: 3, frames: 61_234, framesPerSecond: 151, resyncs: 0, reconnects: 0, malformed: 0, ...own };
}

function quote(venueId: string, symbol: string, bid: string, ask: string, inSync = true): EngineStatus['pairs'][number]['venues'][number] {
  return { venue: venueId, symbol, bid, bidQty: '0.5', ask, askQty: '1.25', inSync, ageMs: 12 };
}

function busy(): EngineStatus {
  const hop = (name: string, p50Ns: number) => ({ hop: name, count: 412_345, p50Ns, p90Ns: p50Ns * 1.7, p99Ns: p50Ns * 4, p999Ns: p50Ns * 11, maxNs: p50Ns * 90 });
  const ring = (name: string, lag: number, full = 0) => ({ name, capacity: 65_536, published: 1_234_567, full, consumers: [{ name: 'a', lag, missed: 0 }, { name: 'journal', lag: lag >> 1, missed: full * 3 }] });
  const profit = (realised: string, unrealised: string) => ({ quote: 'USDT', baskets: 41, realised, unrealised, fees: '12.80000000', expected: '9.12000000' });
  return {
    ...emptyStatus('20261120-170000-7', 'sandbox', '2026-11-20T17:00:00.000Z'),
    state: 'running', uptimeMs: 62_000,
    venues: [venue('binance'), venue('kraken', { booksInSync: 2, resyncs: 4, reconnects: 1, reason: 'CHECKSUM' })],
    pairs: [
      { name: 'BTC-USDT', venues: [quote('binance', 'BTCUSDT', '64010.11', '64010.12'), quote('kraken', 'BTC/USDT', '64031.0', '64031.1')] },
      { name: 'ETH-USDT', venues: [quote('binance', 'ETHUSDT', '3120.50', '3120.51'), quote('kraken', 'ETH/USDT', '3120.49', '3120.52')] },
      { name: 'SOL-USDT', venues: [quote('binance', 'SOLUSDT', '141.20', '141.21'), quote('kraken', 'SOL/USDT', '0', '0', false)] },
    ],
    opportunities: {
      found: 312, taken: 41, open: 1,
      recent: Array.from({ length: 12 }, (_, i) => ({ at: `2026-11-20T17:01:${String(50 - i)}.000Z`, pair: 'BTC-USDT', buyVenue: 'binance', sellVenue: 'kraken', qty: '0.0150', buyPrice: '64010.12', sellPrice: '64031.0', expectedProfit: '0.12345678', quote: 'USDT', kind: i % 2 === 0 ? 'TAKEN' : 'CLOSED' })),
    },
    orders: {
      sent: 82, open: 2, byState: { FILLED: 78, EXPIRED: 2, REJECTED: 0, SENT: 2 },
      recent: Array.from({ length: 12 }, (_, i) => ({ at: `2026-11-20T17:01:${String(50 - i)}.000Z`, orderId: 82 - i, basketId: 41, venue: i % 2 === 0 ? 'kraken' : 'binance', pair: 'BTC-USDT', side: i % 2 === 0 ? 'sell' as const : 'buy' as const, price: '64010.12', qty: '0.0150', filled: i === 3 ? '0' : '0.0150', state: i === 3 ? 'REJECTED' : 'FILLED', reason: i === 3 ? 'INSUFFICIENT_FUNDS' : '' })),
    },
    fills: 96,
    pnl: { totals: [profit('8.41234567', '-0.10000000')], pairs: [{ pair: 'BTC-USDT', ...profit('8.41234567', '-0.10000000') }, { pair: 'ETH-USDT', ...profit('0.00000000', '0.00000000') }] },
    latency: [hop('recv→publish', 4_100), hop('recv→merged', 9_200), hop('recv→decided', 11_300), hop('recv→sent', 41_000), hop('sent→ack', 212_000), { ...hop('sent→fill', 0), count: 0 }],
    rings: [ring('feed.binance', 3), ring('feed.kraken', 12), ring('merger', 40_000), ring('strategy.cross-venue', 0), ring('executor', 65_536, 7), ring('gateway.binance', 0)],
    journal: { records: 1_412_345, bytes: 90_390_080, segments: 22, healthy: true },
    store: { mode: 'embedded', rows: 1_409_010, behind: 3335, healthy: true },
    bridge: { connected: false, published: 12, dropped: 88 },
    actors: [{ name: 'feed.binance', thread: 'io-1', alive: true, restarts: 0, utilisation: 0.2 }, { name: 'merger', thread: 'hot-1', alive: false, restarts: 2, utilisation: 0 }],
    drops: { bridge: 88, recorder: 0 }, reconciled: true,
    alerts: [{ at: '2026-11-20T17:01:40.000Z', level: 'warn', code: 'NATS_DOWN', text: 'nats://127.0.0.1:4222:\u001b[2J connection refused' }, { at: '2026-11-20T17:01:30.000Z', level: 'error', code: 'WORKER_DIED', text: 'merger ended; started again' }],
  };
}

const render = (status: EngineStatus, columns: number, rows: number): string => screenLines(status, FOOTER, { columns, rows }).map((line) => paint(line, false)).join('\n');

t.test('the screen of a busy engine reads as recorded', (t) => {
  for (const [columns, rows] of [[80, 24], [80, 50], [170, 45]] as const) {
    const file = join(import.meta.dirname, '..', '..', '..', 'test', 'fixtures', `screen-${columns}x${rows}.txt`);
    const text = `${render(busy(), columns, rows)}\n`;
    if (process.env.RINGSIDE_TEST_UPDATE === '1' || !existsSync(file)) writeFileSync(file, text);
    t.equal(text, readFileSync(file, 'utf8'), `${columns}×${rows}; RINGSIDE_TEST_UPDATE=1 records it anew`);
  }
  t.end();
});

t.test('no size makes it overflow, and what matters most stays longest', (t) => {
  for (const status of [busy(), emptyStatus('s', 'paper', '')]) {
    for (let columns = 1; columns <= 220; columns += 13) {
      for (let rows = 1; rows <= 60; rows += 3) {
        const lines = screenLines(status, FOOTER, { columns, rows });
        if (lines.length > rows || lines.some((line) => lineWidth(line) > columns)) t.fail(`overflows ${columns}×${rows}`);
      }
    }
  }
  const small = render(busy(), 80, 8);
  t.match(small, /VENUES/);
  t.match(small, /MARKETS/);
  t.notMatch(small, /ORDERS/);
  t.match(render({ ...busy(), killed: { at: '', reason: 'maxLoss' } }, 80, 3), /KILL SWITCH ON: maxLoss/);
  t.end();
});

t.test('a venue behind a library is marked as slower, and its hops stand apart; long names keep their columns', (t) => {
  const status = busy();
  const hop = status.latency[0];
  const shown = render({
    ...status,
    venues: [...status.venues, venue('ccxt:kucoin', { via: 'ccxt' })],
    pairs: [{ name: 'BTC-USDT', venues: [quote('binance', 'BTCUSDT', '64010.11', '64010.12'), quote('ccxt:kucoin', 'BTC/USDT', '64031.0', '64031.1')] }],
    latency: [hop, { ...hop, hop: 'recv→publish via ccxt' }],
  }, 120, 50);
  t.match(shown, /^ccxt:kucoin UP .* via ccxt: slower$/m);
  t.match(shown, /ccxt:kucoin +64031\.0 +64031\.1/);
  t.match(shown, /^recv→publish via ccxt +\d/m);
  t.notMatch(shown.split('\n').find((line) => line.startsWith('binance'))!, /slower/);
  t.end();
});

class Terminal implements ScreenOutput {
  writes: string[] = [];
  columns = 80;
  rows = 24;
  writableLength = 0;
  listeners: (() => void)[] = [];
  constructor(readonly isTTY: boolean) {}
  write(text: string): void {
    this.writes.push(text);
  }
  on(_event: 'resize', listener: () => void): void {
    this.listeners.push(listener);
  }
  off(_event: 'resize', listener: () => void): void {
    this.listeners = this.listeners.filter((other) => other !== listener);
  }
}

t.test('a terminal is painted at most four times a second, only where something changed, and given back', (t) => {
  const output = new Terminal(true);
  let nowMs = 0;
  const screen = new Screen({ output, environment: { TERM: 'xterm' }, nowMs: () => nowMs, footer: FOOTER });
  for (nowMs = 0; nowMs < 2000; nowMs += 10) screen.show({ ...busy(), uptimeMs: nowMs * 1000 });
  t.equal(output.writes.length, 8);
  t.match(output.writes[0], /\?1049h/);
  t.ok(output.writes[1].length < 300, 'only the line with the time');
  t.notOk(output.writes.join('').includes('\u001b[2J connection'), 'what a venue or server says cannot steer the terminal');
  t.ok(output.writes[0].includes('\u001b[32mUP'));

  output.writableLength = 1;
  nowMs += 1000;
  screen.show({ ...busy(), uptimeMs: 1 });
  t.equal(output.writes.length, 8, 'a terminal that does not take it is left alone');
  output.writableLength = 0;

  Object.assign(output, { columns: 120, rows: 30 });
  for (const listener of output.listeners) listener();
  t.ok(output.writes.at(-1)!.includes('\u001b[30;1H'), 'a resize repaints at once');
  screen.close();
  screen.close();
  t.equal(output.writes.at(-1), '\u001b[?25h\u001b[?1049l');
  t.equal(output.listeners.length, 0);
  t.end();
});

t.test('without a terminal there is a plain line now and then, and NO_COLOR is heard', (t) => {
  const output = new Terminal(false);
  let nowMs = 0;
  const screen = new Screen({ output, environment: {}, nowMs: () => nowMs, footer: FOOTER });
  for (nowMs = 0; nowMs < 30_000; nowMs += 100) screen.show(busy());
  screen.close();
  t.equal(output.writes.length, 3);
  t.equal(output.writes[0], `${statusLine(busy())}\n`);
  t.match(output.writes[0], /sandbox running 1m 02s, venues 1\/2 in sync, opportunities 312 found 41 taken, orders 82, fills 96, realised 8\.41234567 USDT, dropped 88\n$/);
  t.notOk(output.writes.join('').includes('\u001b'));

  const terminal = new Terminal(true);
  new Screen({ output: terminal, environment: { NO_COLOR: '1' }, nowMs: () => 0, footer: FOOTER }).show(busy());
  t.notOk(terminal.writes[0].includes('\u001b[32m'));
  t.end();
});

t.test('quantities are written as people read them', (t) => {
  t.same([0, 999, 1234, 45_678, 999_999, 1.5e6, 2e9, NaN].map(nsText), ['0 ns', '999 ns', '1.23 µs', '45.7 µs', '1000 µs', '1.50 ms', '2 s', '–']);
  t.same([0, 9999, 10_000, 123_456, 12_345_678].map(countText), ['0', '9999', '10k', '123k', '12.3M']);
  t.same([5000, 62_000, 3_720_000].map(durationText), ['5s', '1m 02s', '1h 02m']);
  t.same([12, 2048, 5 * 1024 ** 3].map(bytesText), ['12 B', '2 KiB', '5 GiB']);
  t.same(['500ms', '30s', '1.5m', '2h'].map(parseDuration), [500, 30_000, 90_000, 7_200_000]);
  for (const bad of ['', '30', 's', '-1s', '1d']) t.throws(() => parseDuration(bad), /number and a unit/);
  t.end();
});
