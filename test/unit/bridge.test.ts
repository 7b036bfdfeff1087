import { spawnSync } from 'node:child_process';
import t from 'tap';
import { indexDocument, parseIndexDocument } from '../../src/bridge/index-document.js';
import { PayloadWriter, PAYLOAD_BYTES, readPayload } from '../../src/bridge/payload.js';
import { lineOf, readable } from '../../src/bridge/readable.js';
import { SubjectTable } from '../../src/bridge/subjects.js';
import { Flag, NO_INSTRUMENT, OpportunityKind, OrderState, RejectReason, VenueReason, VenueState } from '../../src/record/codes.js';
import { BookDelta, Fill, Opportunity, OrderUpdate, TopOfBook, VenueStatus } from '../../src/record/records.js';
import { SlotViews } from '../../src/record/slot.js';
import { smallIndex } from '../fixtures/small-index.js';

const epochUnixNs = 1_795_000_000_123_456_789n;
const index = smallIndex();
const document = indexDocument({ session: 's1', mode: 'sandbox', epochUnixNs, strategies: ['cross-venue'] }, index);
const views = new SlotViews(new ArrayBuffer(256));
const AT = 128;
const payloads = new PayloadWriter(epochUnixNs);

t.test('subjects say session, kind, venue and pair; what has no place outside has no subject', (t) => {
  const subjects = new SubjectTable('s1', index);
  t.equal(subjects.of(TopOfBook.TYPE, 1, 1), 'ringside.s1.tob.kraken.BTC-USDT');
  t.equal(subjects.of(Opportunity.TYPE, 0, 2), 'ringside.s1.opportunity.ETH-USDT');
  t.equal(subjects.of(OrderUpdate.TYPE, 0, 0), 'ringside.s1.order.binance.BTC-USDT');
  t.equal(subjects.of(Fill.TYPE, 0, 0), 'ringside.s1.fill.binance.BTC-USDT');
  t.equal(subjects.of(VenueStatus.TYPE, 1, NO_INSTRUMENT), 'ringside.s1.venue.kraken');
  t.equal(subjects.of(BookDelta.TYPE, 0, 0), undefined);
  t.equal(subjects.of(TopOfBook.TYPE, 0, NO_INSTRUMENT), undefined);
  t.equal(subjects.of(TopOfBook.TYPE, 0, 99), undefined);
  for (const bad of ['a.b', '', 'a b', '*', '>']) t.throws(() => new SubjectTable(bad, index), { code: 'SESSION_NAME' });
  t.end();
});

t.test('a record comes out with names, exact decimals and Unix time', (t) => {
  const tob = new TopOfBook(views).begin(AT, Flag.IN_SYNC, 1, 1);
  Object.assign(tob, { bidPrice: 6_400_010, bidQty: 5000, askPrice: 6_400_020, askQty: 12_345, tsRecvNs: 1_000, tsVenueNs: 0, epoch: 3, frame: 9 });
  const record = readable(payloads.write(views, AT), document)!;
  t.match(record, { type: 'tob', session: 's1', venue: 'kraken', pair: 'BTC-USDT', symbol: 'BTC/USDT', inSync: true, bidPrice: '64000.10', bidQty: '0.5', askPrice: '64000.20', askQty: '1.2345', tsRecvNs: '1795000000123457789', tsVenueNs: '', frame: 9 });
  t.match(lineOf(record), /^\d\d:\d\d:40\.123457 {2}tob {10}kraken {6}BTC-USDT {4}0\.5 @ 64000\.10 {2}\| {2}64000\.20 @ 1\.2345$/);

  Object.assign(new Opportunity(views).begin(AT, 0, 0, 0), { sellInstrument: 1, opportunityId: 7, kind: OpportunityKind.TAKEN, strategy: 0, pair: 0, qty: 100, buyPrice: 6_400_000, sellPrice: 6_410_000, expectedProfit: 123_456_789n, tsCauseNs: 5 });
  const opportunity = readable(payloads.write(views, AT), document)!;
  t.match(opportunity, { type: 'opportunity', venue: 'binance', sellInstrument: 'kraken', kind: 'TAKEN', strategy: 'cross-venue', pair: 'BTC-USDT', qty: '0.01', expectedProfit: '1.23456789' });
  t.match(lineOf(opportunity), /TAKEN {4}buy binance 64000\.00, sell kraken 64100\.00, 0\.01, expect 1\.23456789$/);

  Object.assign(new OrderUpdate(views).begin(AT, Flag.SELL, 1, 1), { reason: RejectReason.RATE_LIMITED, orderId: 12, state: OrderState.REJECTED, price: 6_410_000, qty: 100, cumQty: 0, cumQuote: 0n, tif: 0, leg: 0, strategy: 0, basketId: 3, tsNs: 1 });
  const order = readable(payloads.write(views, AT), document)!;
  t.match(order, { type: 'order', side: 'sell', state: 'REJECTED', reason: 'RATE_LIMITED', tif: 'GTC', qty: '0.01', cumQty: '0' });
  t.match(lineOf(order), /REJECTED {2}#12 sell 0\/0\.01 @ 64100\.00 {2}RATE_LIMITED$/);

  Object.assign(new Fill(views).begin(AT, Flag.MAKER, 0, 0), { feeAsset: 0, orderId: 12, tradeId: 2 ** 40, price: 6_400_000, qty: 100, quoteAmount: 64_000_000_000n, fee: -1n, tsRecvNs: 1 });
  const fill = readable(payloads.write(views, AT), document)!;
  t.match(fill, { type: 'fill', side: 'buy', maker: true, feeAsset: index.assets[0].code, quoteAmount: '640', fee: '-0.00000001', tradeId: 2 ** 40 });

  Object.assign(new VenueStatus(views).begin(AT, 0, 1, NO_INSTRUMENT), { state: VenueState.DOWN, reason: VenueReason.STALL, channel: 1, tsNs: 1 });
  const status = readable(payloads.write(views, AT), document)!;
  t.match(status, { type: 'venue', venue: 'kraken', channel: 'GATEWAY', state: 'DOWN', reason: 'STALL' });
  t.notOk('pair' in status);
  t.match(lineOf(status), /venue {8}kraken {8}GATEWAY DOWN STALL$/);
  t.end();
});

t.test('bytes that are no payload are told apart, wherever they lie in memory', (t) => {
  new TopOfBook(views).begin(AT, 0, 0, 0);
  const good = payloads.write(views, AT);
  const shifted = new Uint8Array(PAYLOAD_BYTES + 3);
  shifted.set(good, 3);
  t.equal(readPayload(shifted.subarray(3))?.epochUnixNs, epochUnixNs, 'a payload need not be aligned');
  t.equal(readPayload(Buffer.from(shifted).subarray(3))?.epochUnixNs, epochUnixNs, 'nor is it changed by what a Buffer does otherwise');
  const changed = (at: number, value: number): Uint8Array => Uint8Array.from(good, (byte, i) => (i === at ? value : byte));
  for (const bad of [good.subarray(1), new Uint8Array(0), new Uint8Array(PAYLOAD_BYTES), changed(0, 0), changed(4, 2), changed(5, Fill.TYPE)]) t.equal(readPayload(bad), undefined);
  t.equal(readable(changed(6, 99), document), undefined, 'another version of the record');
  new BookDelta(views).begin(AT, 0, 0, 0);
  t.equal(readable(payloads.write(views, AT), document), undefined, 'a record type that does not leave the process');
  new TopOfBook(views).begin(AT, 0, 9, 9);
  t.match(readable(payloads.write(views, AT), document), { venue: '#9' }, 'an index that the document does not know');
  t.same(parseIndexDocument(JSON.stringify(document)), document);
  for (const bad of ['', '{}', 'null', '[]', JSON.stringify({ ...document, format: 2 })]) t.equal(parseIndexDocument(bad), undefined);
  t.end();
});

t.test('a payload is memory of its own', (t) => {
  const first = new TopOfBook(views).begin(AT, 0, 0, 0);
  first.bidPrice = 1;
  const kept = payloads.write(views, AT);
  first.bidPrice = 2;
  payloads.write(views, AT);
  t.match(readable(kept, document), { bidPrice: '0.01' });
  t.end();
});

const noPython = spawnSync('python3', ['--version']).error !== undefined && 'python3 is not in the PATH';
t.test('programs in other languages can read a payload from its documentation alone', { skip: noPython }, (t) => {
  const python = `import struct,sys
b=sys.stdin.buffer.read()
magic,fmt,typ,ver,epoch=struct.unpack_from('<4sBBBxQ',b,0)
print(magic.decode(),fmt,typ,ver,epoch,struct.unpack_from('<d',b,16+${offsetOfBid()})[0])`;
  Object.assign(new TopOfBook(views).begin(AT, 0, 0, 0), { bidPrice: 6_400_010 });
  const run = spawnSync('python3', ['-c', python], { input: payloads.write(views, AT), encoding: 'utf8' });
  t.equal(run.stdout.trim(), `RSD1 1 5 1 ${epochUnixNs} 6400010.0`);
  t.end();
});

function offsetOfBid(): number {
  const probe = new SlotViews(new ArrayBuffer(64));
  new TopOfBook(probe).wrap(0).bidPrice = 1;
  return probe.f64.indexOf(1) * 8;
}
