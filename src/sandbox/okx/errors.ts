/** A refusal in OKX's words: a code and a text, of a whole request or of one order of it. */
export class OkxError extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

export const refusals = {
  upgrading: (): OkxError => new OkxError('50001', 'Service temporarily unavailable. Try again later'),
  timeout: (): OkxError => new OkxError('50004', 'API endpoint request timeout (does not mean that the request was successful or failed, please check the request result).'),
  rate: (): OkxError => new OkxError('50011', 'Rate limit reached. Please refer to API documentation and throttle requests accordingly'),
  empty: (name: string): OkxError => new OkxError('50014', `Parameter ${name} can not be empty.`),
  system: (): OkxError => new OkxError('50026', 'System error. Try again later'),
  late: (): OkxError => new OkxError('50036', "The expTime can't be earlier than the current system time. Please adjust the expTime and try again."),
  accountRate: (): OkxError => new OkxError('50061', 'Order rate limit reached. Please refer to API documentation and throttle requests accordingly'),
  expired: (): OkxError => new OkxError('50102', 'Timestamp request expired'),
  passphrase: (): OkxError => new OkxError('50105', 'Request header OK-ACCESS-PASSPHRASE incorrect.'),
  key: (): OkxError => new OkxError('50111', 'Invalid OK-ACCESS-KEY'),
  timestamp: (): OkxError => new OkxError('50112', 'Invalid OK-ACCESS-TIMESTAMP'),
  sign: (): OkxError => new OkxError('50113', 'Invalid Sign'),
  param: (name: string): OkxError => new OkxError('51000', `Parameter ${name} error`),
  instrument: (): OkxError => new OkxError('51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist."),
  balance: (quote: string): OkxError => new OkxError('51008', `Order failed. Insufficient ${quote} balance in account.`),
  duplicate: (): OkxError => new OkxError('51016', 'Duplicated client order ID'),
  small: (): OkxError => new OkxError('51020', 'Your order should meet or exceed the minimum order amount.'),
  lot: (): OkxError => new OkxError('51121', 'Order quantity must be a multiple of the lot size.'),
  priceLimit: (isBuy: boolean): OkxError => new OkxError(isBuy ? '51137' : '51138', `The ${isBuy ? 'highest' : 'lowest'} price limit for ${isBuy ? 'buy' : 'sell'} orders is passed.`),
  openOrders: (): OkxError => new OkxError('51174', 'Order failed. The number of pending orders reached the upper limit of 500 (orders).'),
  liquidity: (): OkxError => new OkxError('51169', 'Order failed because there is no counterparty.'),
  notThere: (): OkxError => new OkxError('51400', 'Order cancellation failed as the order has been filled, canceled or does not exist.'),
  missing: (): OkxError => new OkxError('51603', 'Order does not exist'),
} as const;
