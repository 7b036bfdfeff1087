/** A payload as people and other programs read it: names for indices and codes, exact decimals, Unix time. */
import { AMOUNT_DECIMALS, formatScaled, formatTrimmed } from '../model/decimal.js';
import {
  BookState, Flag, NO_INSTRUMENT, OpportunityKind, OrderState, RejectReason, ResyncReason, TimeInForce, VenueChannel, VenueReason, VenueState, nameOf,
} from '../record/codes.js';
import { FIELD_BYTES, type Field, type RecordDefinition } from '../record/define.js';
import { RECORDS } from '../record/schema.js';
import type { SlotViews } from '../record/slot.js';
import type { IndexDocument } from './index-document.js';
import { readPayload } from './payload.js';
import { SUBJECT_KINDS } from './subjects.js';

/** `type`, `session`, `venue`, `pair`, `symbol`, then the record's fields. */
export type Readable = Record<string, string | number | boolean>;

const CODES: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> = {
  BookStatus: { state: BookState, reason: ResyncReason },
  VenueStatus: { state: VenueState, channel: VenueChannel, reason: VenueReason },
  Opportunity: { kind: OpportunityKind },
  OrderUpdate: { state: OrderState, reason: RejectReason, tif: TimeInForce },
};

/** Record types whose SELL flag says which side it is. */
const SIDED = new Set(['OrderUpdate', 'Fill']);

/** Undefined when the bytes are no payload of a record type that leaves the process. */
export function readable(bytes: Uint8Array, index: IndexDocument): Readable | undefined {
  const payload = readPayload(bytes);
  const kind = payload === undefined ? undefined : SUBJECT_KINDS.get(payload.type);
  const record = RECORDS.find(({ id }) => id === payload?.type);
  if (payload === undefined || record === undefined || kind === undefined || record.version !== payload.version) return undefined;
  const { views } = payload;
  const flags = views.u8[5];
  const instrument = views.u16[5] === NO_INSTRUMENT ? undefined : index.instruments[views.u16[5]];
  const pair = instrument === undefined ? undefined : index.pairs[instrument.pair];
  const venue = instrument?.venue ?? views.u16[4];
  const result: Readable = { type: kind, session: index.session, venue: index.venues[venue] ?? `#${venue}` };
  if (pair !== undefined && instrument !== undefined) Object.assign(result, { pair: pair.name, symbol: instrument.symbol });
  if (SIDED.has(record.name)) result.side = (flags & Flag.SELL) === 0 ? 'buy' : 'sell';
  if (record.name === 'Fill') result.maker = (flags & Flag.MAKER) !== 0;
  if (record.name === 'TopOfBook') result.inSync = (flags & Flag.IN_SYNC) !== 0;
  for (const field of record.fields) result[field.name] = text(record, field, valueOf(views, field), { index, pair, epochUnixNs: payload.epochUnixNs });
  return result;
}

interface Names {
  readonly index: IndexDocument;
  readonly pair: IndexDocument['pairs'][number] | undefined;
  readonly epochUnixNs: bigint;
}

function text(record: RecordDefinition, { name, unit }: Field, value: number | bigint, { index, pair, epochUnixNs }: Names): string | number {
  const codes = CODES[record.name]?.[name];
  const number = Number(value);
  if (codes !== undefined) return nameOf(codes, number);
  if (name === 'sellInstrument') return index.venues[index.instruments[number]?.venue ?? -1] ?? `#${number}`;
  if (name === 'pair') return index.pairs[number]?.name ?? `#${number}`;
  if (name === 'feeAsset') return index.assets[number] ?? `#${number}`;
  if (name === 'strategy') return index.strategies[number] ?? `#${number}`;
  if (unit.startsWith('price') && pair !== undefined) return formatScaled(value, pair.priceScale);
  if (unit.startsWith('base quantity') && pair !== undefined) return formatTrimmed(value, pair.qtyScale);
  if (unit.startsWith('10^-8')) return formatTrimmed(value, AMOUNT_DECIMALS);
  if (unit.startsWith('ns since')) return number === 0 ? '' : (epochUnixNs + BigInt(Math.round(number))).toString();
  return number;
}

function valueOf(views: SlotViews, { type, offset }: Field): number | bigint {
  const view = { u8: views.u8, u16: views.u16, u32: views.u32, f64: views.f64, i64: views.i64 }[type];
  return view[offset / FIELD_BYTES[type]];
}

/** One line for a terminal. */
export function lineOf(record: Readable): string {
  const { type, venue, pair } = record;
  const time = clockTime(String(record.tsRecvNs ?? record.tsNs ?? record.tsCauseNs ?? ''));
  const head = `${time}  ${String(type).padEnd(11)}  ${type === 'opportunity' ? '' : String(venue).padEnd(12)}${pair === undefined ? '' : String(pair).padEnd(10)}  `;
  switch (type) {
    case 'tob': return `${head}${String(record.bidQty)} @ ${String(record.bidPrice)}  |  ${String(record.askPrice)} @ ${String(record.askQty)}${record.inSync === true ? '' : '  NOT IN SYNC'}`;
    case 'opportunity': return `${head}${String(record.kind).padEnd(7)}  buy ${String(venue)} ${String(record.buyPrice)}, sell ${String(record.sellInstrument)} ${String(record.sellPrice)}, ${String(record.qty)}, expect ${String(record.expectedProfit)}`;
    case 'order': return `${head}${String(record.state)}  #${String(record.orderId)} ${String(record.side)} ${String(record.cumQty)}/${String(record.qty)} @ ${String(record.price)}${record.reason === 'NONE' ? '' : `  ${String(record.reason)}`}`;
    case 'fill': return `${head}#${String(record.orderId)} ${String(record.side)} ${String(record.qty)} @ ${String(record.price)}, fee ${String(record.fee)} ${String(record.feeAsset)}`;
    default: return `${head}${String(record.channel ?? '')} ${String(record.state)}${record.reason === 'NONE' ? '' : ` ${String(record.reason)}`}`.trimEnd();
  }
}

/** `1795000000123456789` → `13:46:40.123456`, UTC. */
function clockTime(unixNs: string): string {
  if (unixNs === '') return '--:--:--.------';
  const ns = BigInt(unixNs);
  return `${new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(11, 19)}.${(ns % 1_000_000_000n).toString().padStart(9, '0').slice(0, 6)}`;
}
