/**
 * Bybit's streams before v5, as recordings have them, put into the words of v5: spot v3 (`depth` is a whole book every
 * time, `trade`, `bookTicker`) and the derivatives of 2019 to 2022 (`orderBookL2_25.BTCUSD` names what was deleted,
 * changed and inserted; `trade.BTCUSD`). Their books have no ids without gaps: changes are numbered here, so nothing tells
 * that one is missing. Sizes of inverse contracts stay contracts.
 */

/** Topics that are read here. */
export const OLDER_TOPIC = /"topic"\s*:\s*"(?:depth|trade|bookTicker|orderBookL2_25\.[^"]+|trade\.[^"]+)"/;

type Fields = Readonly<Record<string, unknown>>;

interface OlderMessage {
  readonly topic: string;
  readonly type?: unknown;
  readonly params?: { readonly symbol?: unknown };
  readonly data?: unknown;
  readonly timestamp_e6?: unknown;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isFields) : [];
}

/** A number or a text of one. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export class OlderFrames {
  /** Number of the last frame, by symbol; a snapshot is 1, and so is what was before a change that none precedes. */
  private readonly counts = new Map<string, number>();

  /** The same in v5's words, or undefined for what says nothing of a market. */
  translate(frame: string): string | undefined {
    let message: OlderMessage;
    try {
      message = JSON.parse(frame) as OlderMessage;
    } catch {
      return undefined;
    }
    if (typeof message.topic !== 'string' || message.data === undefined) return undefined;
    const [channel, symbol] = message.topic.split('.');
    if (channel === 'orderBookL2_25') return this.changes(symbol, message);
    if (symbol !== undefined) return trades(symbol, listOf(message.data).map(derivativeTrade));
    const named = message.params?.symbol;
    if (typeof named !== 'string' || !isFields(message.data)) return undefined;
    const { data } = message;
    if (channel === 'trade') return trades(named, [{ i: data.v, T: data.t, p: data.p, v: data.q, S: data.m === true ? 'Buy' : 'Sell' }]);
    const book = channel === 'depth' ? { b: data.b, a: data.a } : { b: [[data.bidPrice, data.bidQty]], a: [[data.askPrice, data.askQty]] };
    return JSON.stringify({ topic: `orderbook.${channel === 'depth' ? 40 : 1}.${named}`, ts: data.t ?? data.time, type: 'snapshot', data: { s: named, ...book, u: 1 } });
  }

  private changes(symbol: string, { type, data, timestamp_e6: micros }: OlderMessage): string {
    const isSnapshot = type === 'snapshot';
    const fields = isFields(data) ? data : {};
    const changed = isSnapshot ? listOf(Array.isArray(data) ? data : fields.order_book) : [...listOf(fields.update), ...listOf(fields.insert)];
    const levels = [...listOf(fields.delete).map((level) => ({ ...level, size: '0' })), ...changed] as Fields[];
    const side = (name: string): string[][] => levels.filter((level) => level.side === name).map(({ price, size }) => [text(price), text(size)]);
    const count = isSnapshot ? 1 : (this.counts.get(symbol) ?? 1) + 1;
    this.counts.set(symbol, count);
    return JSON.stringify({ topic: `orderbook.25.${symbol}`, ts: Math.floor(Number(micros) / 1000), type: isSnapshot ? 'snapshot' : 'delta', data: { s: symbol, b: side('Buy'), a: side('Sell'), u: count } });
  }
}

function derivativeTrade({ trade_id: id, trade_time_ms: ms, timestamp, price, size, side }: Fields): Record<string, unknown> {
  const sentMs = ms === undefined ? Date.parse(text(timestamp)) : Number(ms);
  return { i: text(id), T: sentMs, p: text(price), v: text(size), S: side };
}

function trades(symbol: string, data: readonly Record<string, unknown>[]): string {
  return JSON.stringify({ topic: `publicTrade.${symbol}`, type: 'snapshot', data });
}
