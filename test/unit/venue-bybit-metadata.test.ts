import { createVerify, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { bybitMetadata } from '../../src/venue/bybit/metadata.js';
import { BybitSigner } from '../../src/venue/bybit/signer.js';

const credentials = { apiKey: 'sim-key-bybit', secret: 'sim-secret-bybit' };
const signed = { credentials, settings: {}, unixMs: 1_795_000_000_000 };
const open = { ...signed, credentials: undefined };

function answer(list: readonly unknown[], more: Record<string, unknown> = {}): string {
  return JSON.stringify({ retCode: 0, retMsg: 'OK', result: { category: 'spot', list, ...more }, retExtInfo: {}, time: 1_795_000_000_123 });
}

function instrument(symbol: string, changes: Record<string, unknown> = {}): unknown {
  return {
    symbol, baseCoin: symbol.slice(0, -4), quoteCoin: 'USDT', innovation: '0', status: 'Trading', marginTrading: 'utaOnly', stTag: '0',
    lotSizeFilter: { basePrecision: '0.000001', quotePrecision: '0.0000001', minOrderQty: '0.000011', maxOrderQty: '83', minOrderAmt: '5', maxOrderAmt: '8000000', maxLimitOrderQty: '83', maxMarketOrderQty: '41.5' },
    priceFilter: { tickSize: '0.1' }, riskParameters: { priceLimitRatioX: '0.01', priceLimitRatioY: '0.02' }, ...changes,
  };
}

t.test('the signatures of the protocol sheet, request by request', (t) => {
  const signer = new BybitSigner(credentials);
  const get = signer.get('/v5/market/tickers', 'category=spot&symbol=BTCUSDT', 1_795_000_000_000);
  t.same(get, {
    method: 'GET', path: '/v5/market/tickers?category=spot&symbol=BTCUSDT',
    headers: { 'X-BAPI-API-KEY': 'sim-key-bybit', 'X-BAPI-TIMESTAMP': '1795000000000', 'X-BAPI-RECV-WINDOW': '5000', 'X-BAPI-SIGN': 'ad762ac9e687c47cf4ee89f5ab0f410f04e40cad14df606d6662ffcf1d8881c7' },
  });
  const body = '{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.002","price":"64000","timeInForce":"IOC","orderLinkId":"arb-1"}';
  const post = signer.post('/v5/order/create', body, 1_795_000_000_000);
  t.match(post, { method: 'POST', body, headers: { 'content-type': 'application/json', 'X-BAPI-SIGN': '265fe763e23a5ce6fd30a62e1d4574485b10b0d76657a4b7fe743532ea8056da' } });
  t.same(JSON.parse(signer.logon('a1', 1_795_000_010_000)), {
    req_id: 'a1', op: 'auth', args: ['sim-key-bybit', 1_795_000_010_000, 'e4ae1e0c7892eccaaecb921848f4a33a40957a36b9a179b3b954ad3fce31d54c'],
  });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsa = new BybitSigner({ ...credentials, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string });
  t.ok(createVerify('RSA-SHA256').update('GET/realtime1').verify(publicKey, rsa.sign('GET/realtime1'), 'base64'), 'with a private key: RSA, in base64');
  t.throws(() => new BybitSigner({ ...credentials, privateKey: 'nonsense' }), { code: 'CREDENTIALS' });
  t.end();
});

t.test('markets come page by page, then the fees of the account, and nothing that needs a key without one', (t) => {
  t.equal(bybitMetadata.next([], open)?.path, '/v5/market/instruments-info?category=spot&limit=1000');
  const first = answer([instrument('BTCUSDT')], { nextPageCursor: 'a=b' });
  const second = answer([instrument('ETHUSDT', { priceFilter: { tickSize: '0.01' } })], { nextPageCursor: '' });
  const fees = answer([{ symbol: 'BTCUSDT', takerFeeRate: '0.001', makerFeeRate: '-0.00005' }]);
  t.equal(bybitMetadata.next([first], signed)?.path, '/v5/market/instruments-info?category=spot&limit=1000&cursor=a%3Db');
  t.equal(bybitMetadata.next([first, second], open), undefined);
  t.match(bybitMetadata.next([first, second], signed), { path: '/v5/account/fee-rate?category=spot', headers: { 'X-BAPI-API-KEY': 'sim-key-bybit' } });
  t.equal(bybitMetadata.next([first, second, fees], signed), undefined);
  t.same(bybitMetadata.parse([first, second, fees]), [
    { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', tickSize: '0.1', stepSize: '0.000001', status: 'trading', minQty: '0.000001', minNotional: '5', maxQty: '83', priceDecimals: 1, qtyDecimals: 6, takerFeePpm: 1000, makerFeePpm: -50 },
    { symbol: 'ETHUSDT', base: 'ETH', quote: 'USDT', tickSize: '0.01', stepSize: '0.000001', status: 'trading', minQty: '0.000001', minNotional: '5', maxQty: '83', priceDecimals: 2, qtyDecimals: 6 },
  ]);
  t.end();
});

t.test('a key without the right to ask for fees costs no market, and an account that is refused asks no more', (t) => {
  const markets = answer([instrument('BTCUSDT')]);
  const refused = JSON.stringify({ retCode: 10005, retMsg: 'Permission denied', result: {}, retExtInfo: {}, time: 1 });
  t.equal(bybitMetadata.next([markets, refused], signed), undefined);
  t.match(bybitMetadata.parse([markets, refused]), [{ symbol: 'BTCUSDT', takerFeePpm: undefined }]);
  t.equal(bybitMetadata.next([answer([])], signed), undefined);
  t.end();
});

t.test('only what trades is traded: states, and numbers that are none', (t) => {
  const statuses = [['Trading', 'trading'], ['PreLaunch', 'halted'], ['Closed', 'delisted'], ['Delivering', 'delisted'], ['Novel', 'halted'], [undefined, 'halted']] as const;
  for (const [status, expected] of statuses) t.equal(bybitMetadata.parse([answer([instrument('BTCUSDT', { status })])])[0].status, expected);
  const bad = [{ priceFilter: {} }, { priceFilter: { tickSize: '0' } }, { priceFilter: { tickSize: 'x' } }, { lotSizeFilter: {} }, { baseCoin: '' }, { lotSizeFilter: null }];
  t.same(bybitMetadata.parse([answer([...bad.map((changes) => instrument('BADUSDT', changes)), null, 5, instrument('BTCUSDT')])]).map(({ symbol }) => symbol), ['BTCUSDT']);
  for (const body of ['', '[]', '{"retCode":10016,"retMsg":"Server error"}', '{"retCode":0}']) t.throws(() => bybitMetadata.parse([body]), { code: 'VENUE_METADATA' });
  t.throws(() => bybitMetadata.next(['<html>'], open), { code: 'VENUE_METADATA' });
  t.end();
});

const recorded = (() => {
  try {
    return readFileSync('../shared/captures/nautilus/bybit/http_get_instruments_spot.json', 'utf8');
  } catch {
    return undefined;
  }
})();

t.test('a recorded answer of the venue', { skip: recorded === undefined ? 'captures folder is absent' : false }, (t) => {
  t.match(bybitMetadata.parse([recorded!]), [
    { symbol: 'BTCUSDT', tickSize: '0.1', stepSize: '0.0001', minNotional: '10', priceDecimals: 1, qtyDecimals: 4, status: 'trading' },
    { symbol: 'ETHUSDT', tickSize: '0.01', stepSize: '0.00001' },
  ]);
  t.end();
});
