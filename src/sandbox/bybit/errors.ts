/** A refusal in Bybit's words: `retCode` and `retMsg`. */
export class BybitError extends Error {
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

export const refusals = {
  params: (what: string): BybitError => new BybitError(10001, `params error: ${what}`),
  clock: (): BybitError => new BybitError(10002, 'invalid request, please check your server timestamp or recv_window param'),
  key: (): BybitError => new BybitError(10003, 'API key is invalid.'),
  sign: (): BybitError => new BybitError(10004, 'error sign! Please check your signature generation algorithm.'),
  rate: (): BybitError => new BybitError(10006, 'Too many visits. Exceeded the API Rate Limit.'),
  server: (): BybitError => new BybitError(10016, 'Internal server error.'),
  timeout: (): BybitError => new BybitError(10000, 'Server Timeout'),
  symbol: (): BybitError => new BybitError(170121, 'Invalid symbol.'),
  balance: (): BybitError => new BybitError(170131, 'Insufficient balance.'),
  priceLimit: (isBuy: boolean): BybitError => new BybitError(isBuy ? 170193 : 170194, isBuy ? 'Buy order price cannot be higher than the limit.' : 'Sell order price cannot be lower than the limit.'),
  priceDecimals: (): BybitError => new BybitError(170134, 'Order price has too many decimals.'),
  qtyDecimals: (): BybitError => new BybitError(170137, 'Order volume decimal too long.'),
  value: (): BybitError => new BybitError(170140, 'Order value exceeded lower limit.'),
  duplicate: (): BybitError => new BybitError(170141, 'Duplicate clientOrderId'),
  missing: (): BybitError => new BybitError(170213, 'Order does not exist.'),
  openOrders: (): BybitError => new BybitError(170810, 'Cannot exceed maximum of 500 conditional, TP/SL and active orders.'),
  liquidity: (): BybitError => new BybitError(170210, 'New order rejected.'),
} as const;
