/**
 * What Coinbase trades: the public list of spot products, and with credentials the account's own fees. Transcripts may
 * hold the older Exchange's list, whose products are the same.
 * Sources: docs.cdp.coinbase.com, "List public products", "Get transaction summary", "Get all known trading pairs".
 */
import { decimalsOf } from '../../model/decimal.js';
import { RingsideError } from '../../model/errors.js';
import type { InstrumentStatus, MarketMetadata } from '../../model/instrument.js';
import type { HttpRequest, MetadataCodec, MetadataContext } from '../contract.js';
import { CoinbaseSigner } from './signer.js';

const PRODUCTS_PATH = '/api/v3/brokerage/market/products?product_type=SPOT';
const FEES_PATH = '/api/v3/brokerage/transaction_summary?product_type=SPOT';
/** Pages of a list that does not end are not asked for for ever. */
const PAGES_MAX = 100;

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function metadataError(what: string, cause?: unknown): RingsideError {
  return new RingsideError('VENUE_METADATA', `Coinbase: ${what}`, { where: 'coinbase', fix: 'Check that the REST address is that of Coinbase Advanced Trade, then try again.', ...(cause === undefined ? {} : { cause }) });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw metadataError('an answer is no JSON', cause);
  }
}

/** Whether a product in this state, by the venue's word for it, matches orders. */
export function isTradable(status: string): boolean {
  return status === 'online';
}

/** The events of a status frame: which product is in which state. What is none is left out. */
export function productStates(events: string): { readonly id: string; readonly status: string }[] {
  const states: { id: string; status: string }[] = [];
  for (const event of listOf(events)) {
    for (const { id, status } of isFields(event) && Array.isArray(event.products) ? (event.products as unknown[]).filter(isFields) : []) {
      if (typeof id === 'string' && typeof status === 'string') states.push({ id, status });
    }
  }
  return states;
}

function listOf(body: string): unknown[] {
  try {
    const list: unknown = JSON.parse(body);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function statusOf(product: Fields): InstrumentStatus {
  if (product.status === 'delisted') return 'delisted';
  const isOff = product.is_disabled === true || product.trading_disabled === true || product.view_only === true || product.auction_mode === true;
  if (isOff || (typeof product.status === 'string' && product.status !== '' && !isTradable(product.status))) return 'halted';
  if (product.cancel_only === true) return 'cancel-only';
  if (product.post_only === true) return 'post-only';
  return product.limit_only === true ? 'limit-only' : 'trading';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** One product of either list; undefined for what is no spot market or has numbers that are none. */
export function readProduct(product: Fields): MarketMetadata | undefined {
  const symbol = text(product.product_id ?? product.id);
  const base = text(product.base_currency_id ?? product.base_currency);
  const quote = text(product.quote_currency_id ?? product.quote_currency);
  const tickSize = text(product.price_increment) ?? text(product.quote_increment);
  const stepSize = text(product.base_increment);
  const isSpot = product.product_type === undefined || product.product_type === 'SPOT';
  if (!isSpot || symbol === undefined || base === undefined || quote === undefined || tickSize === undefined || stepSize === undefined) return undefined;
  const minQty = text(product.base_min_size) ?? stepSize;
  const minNotional = text(product.quote_min_size) ?? text(product.min_market_funds) ?? '0';
  const maxQty = text(product.base_max_size);
  const alias = text(product.alias);
  try {
    for (const number of [minQty, minNotional]) decimalsOf(number);
    if (!(Number(tickSize) > 0) || !(Number(stepSize) > 0)) return undefined;
    return {
      symbol, base, quote, status: statusOf(product), tickSize, stepSize, minQty, minNotional,
      ...(maxQty === undefined ? {} : { maxQty }),
      ...(alias === undefined ? {} : { altSymbol: alias }),
      priceDecimals: decimalsOf(tickSize), qtyDecimals: decimalsOf(stepSize),
    };
  } catch {
    return undefined;
  }
}

/** The products of one answer of either list, undefined where it is none. */
export function productsOf(answer: unknown): Fields[] | undefined {
  const list: unknown = isFields(answer) ? answer.products : answer;
  return Array.isArray(list) ? (list as unknown[]).filter(isFields) : undefined;
}

/** Cursor of the page after this one, undefined where it is the last. */
function nextCursor(answer: unknown): string | undefined {
  const pagination = isFields(answer) && isFields(answer.pagination) ? answer.pagination : {};
  return pagination.has_next === true ? text(pagination.next_cursor) : undefined;
}

/** 0.006 → 6000. */
function ppmOf(rate: unknown): number | undefined {
  const value = text(rate) === undefined ? NaN : Number(rate);
  return Number.isFinite(value) ? Math.round(value * 1e6) : undefined;
}

function feesOf(answer: unknown): Pick<MarketMetadata, 'takerFeePpm' | 'makerFeePpm'> {
  const tier = isFields(answer) && isFields(answer.fee_tier) ? answer.fee_tier : {};
  const takerFeePpm = ppmOf(tier.taker_fee_rate);
  const makerFeePpm = ppmOf(tier.maker_fee_rate);
  return { ...(takerFeePpm === undefined ? {} : { takerFeePpm }), ...(makerFeePpm === undefined ? {} : { makerFeePpm }) };
}

export const coinbaseMetadata: MetadataCodec = {
  next(answers: readonly string[], { credentials, unixMs }: MetadataContext): HttpRequest | undefined {
    const last = answers.at(-1);
    if (last === undefined) return { method: 'GET', path: PRODUCTS_PATH };
    const answer = parse(last);
    if (productsOf(answer) === undefined) return undefined;
    const cursor = nextCursor(answer);
    if (cursor !== undefined && answers.length < PAGES_MAX) return { method: 'GET', path: `${PRODUCTS_PATH}&cursor=${encodeURIComponent(cursor)}` };
    return credentials === undefined ? undefined : new CoinbaseSigner(credentials).signed('GET', FEES_PATH, unixMs);
  },

  parse(answers: readonly string[]): MarketMetadata[] {
    const markets = new Map<string, MarketMetadata>();
    let fees = {};
    let lists = 0;
    for (const body of answers) {
      const answer = parse(body);
      const products = productsOf(answer);
      if (products === undefined) {
        fees = feesOf(answer);
        continue;
      }
      lists++;
      for (const product of products) {
        const market = readProduct(product);
        if (market !== undefined) markets.set(market.symbol, market);
      }
    }
    if (lists === 0) throw metadataError('the answer has no products');
    return [...markets.values()].map((market) => ({ ...market, ...fees }));
  },
};
