/** exchangeInfo → markets; with credentials also the account's own fees. */
import { decimalsOf, unitAt } from '../../model/decimal.js';
import { RingsideError } from '../../model/errors.js';
import type { InstrumentStatus, MarketMetadata } from '../../model/instrument.js';
import type { HttpRequest, MetadataCodec, MetadataContext } from '../contract.js';
import type { BinanceMarket } from './market.js';
import { BinanceSigner } from './signer.js';

interface Filter {
  readonly filterType: string;
  readonly tickSize?: string;
  readonly stepSize?: string;
  readonly minQty?: string;
  readonly maxQty?: string;
  readonly minNotional?: string;
  readonly notional?: string;
}

interface SymbolInfo {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly status?: string;
  readonly contractStatus?: string;
  readonly contractSize?: number;
  readonly quotePrecision?: number;
  readonly pricePrecision?: number;
  readonly filters: readonly Filter[];
}

interface AccountInfo {
  readonly commissionRates?: { readonly maker: string; readonly taker: string };
}

/** `TRADING`, `END_OF_DAY`, `HALT`, `BREAK`, `CANCEL_ONLY`; futures also `PENDING_TRADING`, `SETTLING`, `CLOSE`, … */
const STATUS: Readonly<Record<string, InstrumentStatus>> = { TRADING: 'trading', CANCEL_ONLY: 'cancel-only', CLOSE: 'delisted', DELIVERED: 'delisted' };

/** Contracts convert to base quantities of this step. */
const CONVERTED_STEP = '0.00000001';

export class BinanceMetadata implements MetadataCodec {
  constructor(private readonly market: BinanceMarket) {}

  next(answers: readonly string[], { credentials, unixMs }: MetadataContext): HttpRequest | undefined {
    if (answers.length === 0) return { method: 'GET', path: `${this.market.api}/exchangeInfo` };
    if (answers.length > 1 || credentials === undefined || this.market.id !== 'binance') return undefined;
    const signer = new BinanceSigner(credentials);
    const query = signer.signQuery({ omitZeroBalances: 'true', recvWindow: 5000, timestamp: unixMs });
    return { method: 'GET', path: `${this.market.api}/account?${query}`, headers: { 'X-MBX-APIKEY': credentials.apiKey } };
  }

  parse(answers: readonly string[]): MarketMetadata[] {
    const [info, account] = answers.map((body) => this.json(body));
    const symbols = (info as { symbols?: unknown } | undefined)?.symbols;
    if (!Array.isArray(symbols)) throw this.unexpected('exchangeInfo has no symbols');
    const rates = (account as AccountInfo | undefined)?.commissionRates;
    const fees = rates === undefined ? {} : { takerFeePpm: ppm(rates.taker), makerFeePpm: ppm(rates.maker) };
    return (symbols as SymbolInfo[]).flatMap((symbol) => {
      const market = this.toMarket(symbol);
      return market === undefined ? [] : [{ ...market, ...fees }];
    });
  }

  /** Undefined for what cannot be traded by price and quantity (options, index symbols without the usual filters). */
  private toMarket(info: SymbolInfo): MarketMetadata | undefined {
    if (typeof info.symbol !== 'string' || !Array.isArray(info.filters)) throw this.unexpected('a symbol without name or filters');
    const filter = (...types: string[]): Filter | undefined => info.filters.find(({ filterType }) => types.includes(filterType));
    const price = filter('PRICE_FILTER');
    const lot = filter('LOT_SIZE');
    if (price?.tickSize === undefined || lot?.stepSize === undefined || lot.minQty === undefined) return undefined;
    const notional = filter('NOTIONAL', 'MIN_NOTIONAL');
    const tickSize = Number(price.tickSize) > 0 ? price.tickSize : unitAt(info.pricePrecision ?? info.quotePrecision ?? 8);
    const isInverse = info.contractSize !== undefined && this.market.id === 'binance-coinm';
    const stepSize = isInverse ? CONVERTED_STEP : Number(lot.stepSize) > 0 ? lot.stepSize : unitAt(8);
    return {
      symbol: info.symbol,
      base: info.baseAsset,
      quote: info.quoteAsset,
      status: STATUS[info.status ?? info.contractStatus ?? ''] ?? 'halted',
      tickSize,
      stepSize,
      minQty: isInverse ? CONVERTED_STEP : lot.minQty,
      minNotional: notional?.minNotional ?? notional?.notional ?? '0',
      ...(lot.maxQty === undefined || isInverse ? {} : { maxQty: lot.maxQty }),
      ...(isInverse ? { contractSizeQuote: info.contractSize } : {}),
      altSymbol: info.symbol.toLowerCase(),
      priceDecimals: decimalsOf(tickSize),
      qtyDecimals: decimalsOf(stepSize),
    };
  }

  private json(body: string): unknown {
    try {
      return JSON.parse(body);
    } catch (cause) {
      throw this.unexpected('an answer is no JSON', cause);
    }
  }

  private unexpected(what: string, cause?: unknown): RingsideError {
    return new RingsideError('VENUE_METADATA', `${this.market.name}: ${what}`, { where: this.market.id, fix: 'Check that the REST address is the venue’s; it may also have changed its answers.', cause });
  }
}

/** `0.00100000` → 1000. */
function ppm(rate: string): number {
  return Math.round(Number(rate) * 1e6);
}
