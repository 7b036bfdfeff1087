/** What the screen says, section by section. Pure: a status in, lines out. */
import type { EngineStatus } from '../control/status.js';
import { countText, nsText } from './format.js';
import { row, type Line, type Span, type Style } from './screen-lines.js';

export interface Section {
  readonly title: Line;
  readonly rows: readonly Line[];
  /** Rows that are shown as long as there is any room. */
  readonly least: number;
}

const STATE_STYLE: Readonly<Record<string, Style>> = { UP: 'good', CONNECTING: 'warn', MAINTENANCE: 'warn', DOWN: 'bad', STOPPED: 'dim', NONE: 'dim' };
const BAD_ORDER = new Set(['REJECTED', 'UNKNOWN', 'REFUSED']);

const head = (name: string, ...rest: Span[]): Line => [[name, 'head'], ...rest];
/** A title over columns of the given widths. */
const columns = (name: string, names: readonly string[], widths: readonly number[]): Line => row([[name, 'head'], ...names.map((text): Span => [text, 'dim'])], widths);
/** Sign decides the colour; zero has none. */
const money = (text: string): Span => [text, /[1-9]/.test(text) ? (text.startsWith('-') ? 'bad' : 'good') : 'dim'];
const warnAbove0 = (count: number): Span => [countText(count), count > 0 ? 'warn' : 'dim'];
/** A column's usual width, or that of the longest name in it. */
const wideEnough = (width: number, names: readonly string[]): number => Math.max(width, ...names.map((name) => name.length + 1));
const time = (at: string): string => at.slice(11, 19);

export function venuesSection({ venues }: EngineStatus): Section {
  const widths = [wideEnough(11, venues.map(({ id }) => id)), 12, 12, -8, -9, -8, -8];
  return {
    title: columns('VENUES', ['market data', 'orders', 'in sync', 'frames/s', 'resyncs', 'losses'], widths),
    rows: venues.map((venue) => [
      ...row([
        [venue.id], [venue.feed, STATE_STYLE[venue.feed]], [venue.gateway, STATE_STYLE[venue.gateway]],
        [`${venue.booksInSync}/${venue.books}`, venue.booksInSync === venue.books ? 'good' : 'bad'], [countText(venue.framesPerSecond)], warnAbove0(venue.resyncs), warnAbove0(venue.reconnects),
      ], widths),
      ...(venue.via === 'native' ? [] : [[` via ${venue.via}: slower`, 'dim'] as Span]),
      ...(venue.reason === '' ? [] : [[` ${venue.reason}`, 'warn'] as Span]),
    ]),
    least: venues.length,
  };
}

const MARKET_NAME = 10;
/** Least width of a venue's name; after it come two prices. */
const MARKET_VENUE = 9;
const MARKET_PRICES = 26;

/** One cell a venue, as many beside each other as fit; best bid and best ask of a pair stand out. */
export function marketsSection({ pairs }: EngineStatus, width: number): Section {
  const nameWidth = wideEnough(MARKET_VENUE, pairs.flatMap(({ venues }) => venues.map(({ venue }) => venue)));
  const perRow = Math.max(1, Math.floor((width - MARKET_NAME) / (nameWidth + MARKET_PRICES)));
  const rows = pairs.flatMap(({ name, venues }) => {
    const fair = venues.filter(({ inSync }) => inSync);
    const bestBid = Math.max(...fair.map(({ bid }) => Number(bid)));
    const bestAsk = Math.min(...fair.filter(({ ask }) => Number(ask) > 0).map(({ ask }) => Number(ask)));
    const crossed = bestBid > bestAsk;
    const cells = venues.map(({ venue, bid, ask, inSync }): Line => {
      if (!inSync) return row([[venue, 'dim'], ['not in sync', 'bad']], [nameWidth, MARKET_PRICES]);
      return row([[venue, 'dim'], [bid, Number(bid) === bestBid ? (crossed ? 'warn' : 'good') : 'plain'], [ask, Number(ask) === bestAsk ? (crossed ? 'warn' : 'good') : 'plain']], [nameWidth, -13, -13]);
    });
    const lines: Line[] = [];
    for (let i = 0; i < cells.length; i += perRow) lines.push([[(i === 0 ? name : '').padEnd(MARKET_NAME)], ...cells.slice(i, i + perRow).flat()]);
    return lines;
  });
  const title = row([['MARKETS', 'head'], ['venue', 'dim'], ['bid', 'dim'], ['ask', 'dim']], [MARKET_NAME, nameWidth, -13, -13]);
  return { title, rows, least: pairs.length };
}

export function profitSection({ pnl }: EngineStatus): Section {
  const widths = [11, -9, -15, -15, -13, -15];
  const line = (name: string, { baskets, realised, unrealised, fees, expected }: EngineStatus['pnl']['totals'][number]): Line =>
    row([[name], [countText(baskets)], money(realised), money(unrealised), [fees, 'dim'], [expected, 'dim']], widths);
  return {
    title: columns('P&L', ['baskets', 'realised net', 'unrealised', 'fees paid', 'expected net'], widths),
    rows: [...pnl.totals.map((total) => line(`all ${total.quote}`, total)), ...pnl.pairs.map((pair) => line(pair.pair, pair))],
    least: pnl.totals.length,
  };
}

export function opportunitiesSection({ opportunities: { found, taken, open, recent } }: EngineStatus): Section {
  return {
    title: head('OPPORTUNITIES', [`  ${countText(found)} found, ${countText(taken)} taken, ${open} open now`]),
    rows: recent.map(({ at, pair, kind, buyVenue, sellVenue, qty, buyPrice, sellPrice, expectedProfit, quote }) => [
      [`${time(at)} `, 'dim'], [pair.padEnd(10)], [kind.toLowerCase().padEnd(8), kind === 'TAKEN' ? 'good' : 'dim'],
      [`${qty}  ${buyVenue} ${buyPrice} → ${sellVenue} ${sellPrice}  `], money(expectedProfit), [` ${quote}`, 'dim'],
    ]),
    least: 1,
  };
}

export function ordersSection({ orders: { sent, open, byState, recent }, fills }: EngineStatus): Section {
  const states = Object.entries(byState).filter(([, count]) => count > 0).map(([state, count]): Span => [`  ${state.toLowerCase()} ${countText(count)}`, BAD_ORDER.has(state) ? 'warn' : 'dim']);
  return {
    title: head('ORDERS', [`  ${countText(sent)} sent, ${open} open, ${countText(fills)} fills`], ...states),
    rows: recent.map(({ at, orderId, venue, pair, side, price, qty, filled, state, reason }) => [
      [`${time(at)} `, 'dim'], [(orderId === 0 ? '' : `#${orderId}`).padEnd(7)], [pair.padEnd(10)], [venue.padEnd(9)], [side.padEnd(5)], [`${filled}/${qty} @ ${price}  `],
      [state.toLowerCase(), BAD_ORDER.has(state) ? 'bad' : state === 'FILLED' ? 'good' : 'plain'], ...(reason === '' ? [] : [[` ${reason.toLowerCase()}`, 'warn'] as Span]),
    ]),
    least: 1,
  };
}

export function latencySection({ latency }: EngineStatus): Section {
  const widths = [wideEnough(16, latency.map(({ hop }) => hop)), -10, -10, -10, -10, -10, -10];
  return {
    title: columns('LATENCY', ['p50', 'p90', 'p99', 'p99.9', 'max', 'count'], widths),
    rows: latency.filter(({ count }) => count > 0).map(({ hop, p50Ns, p90Ns, p99Ns, p999Ns, maxNs, count }) =>
      row([[hop], [nsText(p50Ns)], [nsText(p90Ns)], [nsText(p99Ns)], [nsText(p999Ns)], [nsText(maxNs)], [countText(count), 'dim']], widths)),
    least: 3,
  };
}

/** Many to a line: name, how full for the slowest reader, and what went wrong. */
export function ringsSection({ rings, actors }: EngineStatus, width: number): Section {
  const full = rings.reduce((sum, ring) => sum + ring.full, 0);
  const missed = rings.reduce((sum, ring) => sum + ring.consumers.reduce((inner, consumer) => inner + consumer.missed, 0), 0);
  const shareOf = (ring: EngineStatus['rings'][number]): number => Math.min(1, Math.max(0, ...ring.consumers.map(({ lag }) => lag)) / ring.capacity);
  const fullest = rings.reduce((most, ring) => Math.max(most, shareOf(ring)), 0);
  const cells = rings.map((ring): Line => {
    const share = shareOf(ring);
    return row([[ring.name, 'plain'], [`${bar(share)} ${String(Math.round(share * 100)).padStart(3)}%`, ring.full > 0 ? 'bad' : share > 0.5 ? 'warn' : 'good']], [20, 20]);
  });
  const perRow = Math.max(1, Math.floor(width / 40));
  const rows: Line[] = [];
  for (let i = 0; i < cells.length; i += perRow) rows.push(cells.slice(i, i + perRow).flat());
  const dead = actors.filter(({ alive }) => !alive).map(({ name }) => name);
  const restarts = actors.reduce((sum, actor) => sum + actor.restarts, 0);
  return {
    title: head('RINGS', ['  fullest '], [`${Math.round(fullest * 100)}%`, fullest > 0.5 ? 'warn' : 'plain'], [', overflows '], warnAbove0(full), [', missed '], warnAbove0(missed), [`, ${actors.length} actors, restarts `], warnAbove0(restarts), ...(dead.length === 0 ? [] : [[`  down: ${dead.join(', ')}`, 'bad'] as Span])),
    rows, least: 0,
  };
}

/** Ten cells. */
function bar(share: number): string {
  const filled = Math.round(share * 10);
  return '█'.repeat(filled) + '·'.repeat(10 - filled);
}

export function keptSection({ journal, store, bridge, drops, reconciled }: EngineStatus): Section {
  const health = (ok: boolean): Style => (ok ? 'plain' : 'bad');
  const dropped = Object.entries(drops).filter(([, count]) => count > 0);
  return {
    title: head('KEPT',
      [`  journal ${countText(journal.records)}`, health(journal.healthy)],
      [`, ${store.mode === 'off' ? 'no store' : `stored ${countText(store.rows)} (${store.mode}), behind ${countText(store.behind)}`}`, health(store.healthy)],
      ...(bridge === null ? [] : [[`, NATS ${bridge.connected ? countText(bridge.published) : 'away'}`, health(bridge.connected)] as Span]),
      ...(reconciled === null ? [] : [[reconciled ? ', reconciled' : ', NOT RECONCILED', reconciled ? 'good' : 'bad'] as Span])),
    rows: dropped.length === 0 ? [] : [[['dropped ', 'warn'], [dropped.map(([where, count]) => `${where} ${countText(count)}`).join(', '), 'warn']]],
    least: 1,
  };
}

export function alertsSection({ alerts }: EngineStatus): Section {
  return {
    title: head('ALERTS', [alerts.length === 0 ? '  none' : '', 'dim']),
    rows: alerts.map(({ at, level, code, text }) => [[`${time(at)} `, 'dim'], [`${code} `, level === 'error' ? 'bad' : level === 'warn' ? 'warn' : 'dim'], [text]]),
    least: Math.min(2, alerts.length),
  };
}
