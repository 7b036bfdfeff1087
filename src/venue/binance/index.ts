/** Binance spot, and its two futures markets for market data. */
import type { Venue } from '../contract.js';
import { BinanceFeed } from './feed.js';
import { BinanceGateway } from './gateway.js';
import { COIN_M, marketOf, SPOT, USD_M, type BinanceMarket } from './market.js';
import { BinanceMetadata } from './metadata.js';
import { BinanceSurvey } from './survey.js';

function marketData(market: BinanceMarket, takerFeePpm: number, makerFeePpm: number): Venue {
  return {
    id: market.id,
    name: market.name,
    endpoints: market.endpoints,
    metadata: new BinanceMetadata(market),
    defaultTakerFeePpm: takerFeePpm,
    defaultMakerFeePpm: makerFeePpm,
    feeFrom: 'quote',
    createFeed: (options) => new BinanceFeed(market, options),
    createSurvey: () => new BinanceSurvey(market),
    recognises: (frame) => marketOf(frame) === market,
  };
}

export const binance: Venue = { ...marketData(SPOT, 1000, 1000), feeFrom: 'received', createGateway: (options) => new BinanceGateway(options) };
export const binanceUsdM: Venue = marketData(USD_M, 500, 200);
export const binanceCoinM: Venue = marketData(COIN_M, 500, 200);
