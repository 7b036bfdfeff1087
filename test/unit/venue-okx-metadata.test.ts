import t from 'tap';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { okxMetadata } from '../../src/venue/okx/metadata.js';
import { OkxSigner } from '../../src/venue/okx/signer.js';

const credentials = { apiKey: 'sim-key-okx', secret: 'sim-secret-okx', passphrase: 'sim-pass' };
const CAPTURES = '../shared/captures';

function instrument(instId: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const [baseCcy, quoteCcy] = instId.split('-');
  return { instType: 'SPOT', instId, instIdCode: 10459, baseCcy, quoteCcy, tickSz: '0.1', lotSz: '0.00000001', minSz: '0.00001', maxLmtSz: '9999999999', state: 'live', groupId: '1', ...changes };
}

function answer(...data: unknown[]): string {
  return JSON.stringify({ code: '0', msg: '', data });
}

t.test("the signatures are those of the protocol sheet's worked examples", (t) => {
  const signer = new OkxSigner(credentials);
  const body = '{"instId":"BTC-USDT","tdMode":"cash","clOrdId":"arb1","side":"buy","ordType":"ioc","px":"64000","sz":"0.002"}';
  const request = signer.request('POST', '/api/v5/trade/order', Date.UTC(2026, 10, 18, 10, 13, 20), body);
  t.same(request.headers, {
    'content-type': 'application/json', 'ok-access-key': 'sim-key-okx', 'ok-access-sign': 'ES2/NiiigKNqdP+zYlmKLkjcB8wEiSS1433wqg0/tgo=',
    'ok-access-timestamp': '2026-11-18T10:13:20.000Z', 'ok-access-passphrase': 'sim-pass',
  });
  t.same(JSON.parse(signer.login(1_795_000_000_999)), { op: 'login', args: [{ apiKey: 'sim-key-okx', passphrase: 'sim-pass', timestamp: '1795000000', sign: 'pRgYq+hmd76IRvmGCDW8aeY7ULpYT8OwP6ViIaki708=' }] });
  t.throws(() => new OkxSigner({ apiKey: 'k', secret: 's' }), { code: 'CREDENTIALS' });
  t.end();
});

t.test('markets come with the number that orders name them by, their states, and the fees of their group where keys are at hand', (t) => {
  const context = { credentials: undefined, settings: {}, unixMs: 1_795_000_000_000 };
  t.same(okxMetadata.next([], context), { method: 'GET', path: '/api/v5/public/instruments?instType=SPOT' });
  t.equal(okxMetadata.next(['{}'], context), undefined);
  t.match(okxMetadata.next(['{}'], { ...context, credentials }), { path: '/api/v5/account/trade-fee?instType=SPOT', headers: { 'ok-access-timestamp': '2026-11-18T11:06:40.000Z' } });
  const instruments = answer(
    instrument('BTC-USDT'), instrument('ETH-USDT', { state: 'suspend', groupId: '2', instIdCode: 7 }), instrument('NEW-USDT', { state: 'preopen', tickSz: '' }),
    instrument('BTC-USD-SWAP', { instType: 'SWAP' }), instrument('OLD-USDT', { instIdCode: undefined, groupId: '9', state: 'whatever' }),
  );
  const fees = answer({ maker: '-0.0008', taker: '-0.001', feeGroup: [{ groupId: '2', maker: '0.0001', taker: '-0.0005' }] });
  t.same(okxMetadata.parse([instruments, fees]), [
    { symbol: 'BTC-USDT', base: 'BTC', quote: 'USDT', status: 'trading', tickSize: '0.1', stepSize: '0.00000001', minQty: '0.00001', minNotional: '0', maxQty: '9999999999', takerFeePpm: 1000, makerFeePpm: 800, venueNumber: 10459, priceDecimals: 1, qtyDecimals: 8 },
    { symbol: 'ETH-USDT', base: 'ETH', quote: 'USDT', status: 'halted', tickSize: '0.1', stepSize: '0.00000001', minQty: '0.00001', minNotional: '0', maxQty: '9999999999', takerFeePpm: 500, makerFeePpm: -100, venueNumber: 7, priceDecimals: 1, qtyDecimals: 8 },
    { symbol: 'OLD-USDT', base: 'OLD', quote: 'USDT', status: 'halted', tickSize: '0.1', stepSize: '0.00000001', minQty: '0.00001', minNotional: '0', maxQty: '9999999999', takerFeePpm: 1000, makerFeePpm: 800, priceDecimals: 1, qtyDecimals: 8 },
  ]);
  t.equal(okxMetadata.parse([instruments, '{"code":"50111","msg":"Invalid OK-ACCESS-KEY","data":[]}'])[0].takerFeePpm, undefined, 'keys without permission cost the fees, not the markets');
  for (const bad of ['', '[]', 'x', '{"code":"50011","msg":"Too Many Requests","data":[]}', '{"code":"0"}']) t.throws(() => okxMetadata.parse([bad]), { code: 'VENUE_METADATA' });
  t.end();
});

t.test('recorded answers of the venue are read', { skip: existsSync(`${CAPTURES}/cryptofeed/okx`) ? false : 'captures folder is absent' }, (t) => {
  const lines = gunzipSync(readFileSync(`${CAPTURES}/cryptofeed/okx/instruments_spot.rest.jsonl.gz`)).toString().trim().split('\n');
  const markets = okxMetadata.parse([(JSON.parse(lines[0]) as { raw: string }).raw]);
  t.ok(markets.length > 300, `${markets.length} markets`);
  t.match(markets.find(({ symbol }) => symbol === 'BTC-USDT'), { tickSize: '0.1', stepSize: '0.00000001', minQty: '0.00001', status: 'trading' });
  t.match(okxMetadata.parse([readFileSync(`${CAPTURES}/nautilus/okx/http_get_instruments_spot.json`, 'utf8')])[0], { symbol: 'BTC-USD', quote: 'USD' });
  t.end();
});
