import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { coinbase } from '../../src/venue/coinbase/index.js';
import { CoinbaseSigner } from '../../src/venue/coinbase/signer.js';
import { KEY, readToken } from '../fixtures/coinbase.js';

const captures = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'captures');
const skip = existsSync(captures) ? false : 'captures folder is absent';

t.test('tokens are the venue’s: EdDSA to the last character, ES256 as 64 bytes', (t) => {
  const uri = 'POST api.coinbase.com/api/v3/brokerage/orders';
  t.equal(new CoinbaseSigner(KEY).tokenOf(uri, 1_795_000_000, '00112233445566778899aabbccddeeff'), 'eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6Im9yZ2FuaXphdGlvbnMvc2ltLW9yZy9hcGlLZXlzL3NpbS1rZXkiLCJub25jZSI6IjAwMTEyMjMzNDQ1NTY2Nzc4ODk5YWFiYmNjZGRlZWZmIn0.eyJzdWIiOiJvcmdhbml6YXRpb25zL3NpbS1vcmcvYXBpS2V5cy9zaW0ta2V5IiwiaXNzIjoiY2RwIiwibmJmIjoxNzk1MDAwMDAwLCJleHAiOjE3OTUwMDAxMjAsInVyaSI6IlBPU1QgYXBpLmNvaW5iYXNlLmNvbS9hcGkvdjMvYnJva2VyYWdlL29yZGVycyJ9.MhtTzH5MCKkNRI7axRjjtoLU7ZX8PbZCwxiwBsGTxFb5jM6_oTT-NaN-bYuDjGDV-d-gtIs8SJlWfel_yFpfAw');
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  for (const type of ['sec1', 'pkcs8'] as const) {
    const pem = pair.privateKey.export({ type, format: 'pem' }) as string;
    for (const privateKey of [pem, pem.replaceAll('\n', '\\n')]) {
      const token = new CoinbaseSigner({ apiKey: 'k', secret: '', privateKey }).tokenFor('GET', '/api/v3/brokerage/accounts', 1_795_000_000_999);
      const [header, claims, signature] = token.split('.');
      t.match(readToken(token), { header: { alg: 'ES256', typ: 'JWT', kid: 'k', nonce: /^[0-9a-f]{32}$/ }, claims: { sub: 'k', iss: 'cdp', nbf: 1_795_000_000, exp: 1_795_000_120, uri: 'GET api.coinbase.com/api/v3/brokerage/accounts' } });
      const bytes = Buffer.from(signature, 'base64url');
      t.equal(bytes.length, 64);
      t.ok(verify('sha256', Buffer.from(`${header}.${claims}`), { key: createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' })), dsaEncoding: 'ieee-p1363' }, bytes));
    }
  }
  const signer = new CoinbaseSigner(KEY);
  t.not(signer.tokenFor('GET', '/x', 0), signer.tokenFor('GET', '/x', 0), 'no token twice');
  t.match(readToken(signer.signed('GET', '/x?limit=5', 0).headers!.authorization).claims, { uri: 'GET api.coinbase.com/x' }, 'named without its query');
  for (const secret of ['', 'no key', '-----BEGIN PRIVATE KEY-----\nxx\n-----END PRIVATE KEY-----', generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string]) {
    t.throws(() => new CoinbaseSigner({ apiKey: 'k', secret }), { code: 'CREDENTIALS' });
  }
  t.end();
});

const PRODUCT = { product_id: 'BTC-USD', base_increment: '0.00000001', quote_increment: '0.01', price_increment: '0.05', base_min_size: '0.00001', base_max_size: '3400', quote_min_size: '1', status: 'online', product_type: 'SPOT', base_currency_id: 'BTC', quote_currency_id: 'USD', alias: '', alias_to: ['BTC-USDC'] };

t.test('products are asked for page by page, then what the account pays', (t) => {
  const { metadata } = coinbase;
  const open = { credentials: undefined, settings: {}, unixMs: 1_795_000_000_000 };
  const page = (products: object[], cursor?: string) => JSON.stringify({ products, num_products: products.length, pagination: cursor === undefined ? null : { has_next: true, next_cursor: cursor } });
  t.same(metadata.next([], open), { method: 'GET', path: '/api/v3/brokerage/market/products?product_type=SPOT' });
  t.match(metadata.next([page([PRODUCT], 'a b')], open), { path: '/api/v3/brokerage/market/products?product_type=SPOT&cursor=a%20b' });
  const answers = [page([PRODUCT], 'a b'), page([{ ...PRODUCT, product_id: 'BTC-USDC', quote_currency_id: 'USDC', alias: 'BTC-USD' }, { ...PRODUCT, product_id: 'BIT-28NOV25-CDE', product_type: 'FUTURE' }])];
  t.equal(metadata.next(answers, open), undefined);
  const signed = metadata.next(answers, { ...open, credentials: KEY })!;
  t.match([signed.path, readToken(signed.headers!.authorization).claims.uri], ['/api/v3/brokerage/transaction_summary?product_type=SPOT', 'GET api.coinbase.com/api/v3/brokerage/transaction_summary']);
  const fees = JSON.stringify({ fee_tier: { pricing_tier: 'Advanced 1', taker_fee_rate: '0.0006', maker_fee_rate: '0.0004' } });
  t.equal(metadata.next([...answers, fees], { ...open, credentials: KEY }), undefined);
  t.same(metadata.parse([...answers, fees]), [
    { symbol: 'BTC-USD', base: 'BTC', quote: 'USD', status: 'trading', tickSize: '0.05', stepSize: '0.00000001', minQty: '0.00001', minNotional: '1', maxQty: '3400', priceDecimals: 2, qtyDecimals: 8, takerFeePpm: 600, makerFeePpm: 400 },
    { symbol: 'BTC-USDC', base: 'BTC', quote: 'USDC', status: 'trading', tickSize: '0.05', stepSize: '0.00000001', minQty: '0.00001', minNotional: '1', maxQty: '3400', altSymbol: 'BTC-USD', priceDecimals: 2, qtyDecimals: 8, takerFeePpm: 600, makerFeePpm: 400 },
  ]);
  t.end();
});

t.test('states of a product are told apart, and what is no product is left out', (t) => {
  const { metadata } = coinbase;
  for (const [changes, status] of [
    [{}, 'trading'], [{ cancel_only: true }, 'cancel-only'], [{ post_only: true }, 'post-only'], [{ limit_only: true }, 'limit-only'], [{ trading_disabled: true }, 'halted'], [{ is_disabled: true, cancel_only: true }, 'halted'],
    [{ view_only: true }, 'halted'], [{ auction_mode: true }, 'halted'], [{ status: 'delisted' }, 'delisted'], [{ status: 'offline' }, 'halted'], [{ status: '' }, 'trading'],
  ] as const) t.equal(metadata.parse([JSON.stringify({ products: [{ ...PRODUCT, ...changes }] })])[0].status, status, JSON.stringify(changes));
  t.same(metadata.parse([JSON.stringify({ products: [{ ...PRODUCT, price_increment: '0' }, { ...PRODUCT, base_increment: 'x' }, { ...PRODUCT, base_currency_id: 5 }, null, {}] })]), []);
  for (const answers of [[], ['no JSON'], ['{}'], ['[1']]) t.throws(() => metadata.parse(answers), { code: 'VENUE_METADATA' });
  t.end();
});

t.test('recorded products of both dialects are read', { skip }, (t) => {
  const read = (path: string) => readFileSync(join(captures, path), 'utf8');
  const [usd, usdc] = coinbase.metadata.parse([read('nautilus/coinbase/http_products.json')]);
  t.match([usd, usdc], [{ symbol: 'BTC-USD', tickSize: '0.01', stepSize: '0.00000001', minNotional: '1' }, { symbol: 'BTC-USDC', quote: 'USDC', altSymbol: 'BTC-USD' }]);
  t.same(coinbase.metadata.parse([read('nautilus/coinbase/http_products_future.json')]), []);
  t.end();
});
