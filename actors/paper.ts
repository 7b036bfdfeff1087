/** The gateway session of paper mode: fills against the price cache in place of a venue. */
import { BookView, SharedBookReader } from '../src/book/shared-book.js';
import { PaperGateway } from '../src/execution/paper-gateway.js';
import { AMOUNT_DECIMALS, parseDecimal } from '../src/model/decimal.js';
import type { RecordSink } from '../src/record/slot.js';
import type { GatewaySession } from '../src/venue/contract.js';
import { venueById } from '../src/venue/registry.js';
import type { ActorEnvironment } from './environment.js';

export function createPaperSession({ index, spec }: ActorEnvironment, venueId: string, sink: RecordSink): GatewaySession {
  const reader = new SharedBookReader(spec.sharedBook);
  const view = new BookView();
  const assets = new Map(index.assets.map(({ code, index: number }) => [code, number]));
  const { latencyMs, balances } = spec.config.paper;
  return new PaperGateway({
    venueIndex: index.venues.find(({ id }) => id === venueId)!.index,
    instruments: index.instruments.filter(({ venue }) => venue.id === venueId),
    sink,
    depth: (instrument) => (reader.read(instrument, view) ? view : undefined),
    latencyNs: latencyMs * 1e6,
    feeInReceived: venueById(venueId).feeFrom === 'received',
    balances: index.assets.map(({ code }) => parseDecimal(balances[code] ?? '0', AMOUNT_DECIMALS)),
    assetIndex: (code) => assets.get(code),
  });
}
