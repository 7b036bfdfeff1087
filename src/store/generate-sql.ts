/** The DDL that follows from the record schema: a table and a materialized view per record type, and a view with names. */
import type { RecordDefinition } from '../record/define.js';
import { RECORDS } from '../record/schema.js';
import { CHUNK_COLUMNS, columnsOf, engineTimeField, SLOT_COLUMNS, snakeCase, type Column } from './columns.js';

const WARNING = '-- Generated from src/record/schema.ts by `npm run generate`. Do not edit.';
/** See migrations.ts: such a file is applied again whenever it changes, so every statement in it can be repeated. */
const REPEATABLE = '-- repeatable';

/** Where a table is not read by instrument and time. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  VenueStatus: ['venue'], Balance: ['venue', 'asset'], Pnl: ['pair'], HopLatency: ['hop'], SessionEvent: [],
  OrderCommand: ['order_id'], ExecutionReport: ['order_id'], Fill: ['order_id'], OrderUpdate: ['order_id'],
  Opportunity: ['strategy', 'opportunity_id'], OrderIntent: ['strategy', 'opportunity_id'],
};

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function timeColumn(record: RecordDefinition): string {
  return snakeCase(engineTimeField(record).name.replace(/Ns$/, ''));
}

function table(record: RecordDefinition): string {
  const columns = columnsOf(record);
  const time = timeColumn(record);
  const order = ['session', ...(ORDER[record.name] ?? ['instrument']), time, 'segment', 'ordinal'];
  const own = columns.map(({ name, type, codec, comment }) => `${name} ${type} COMMENT ${quote(comment)} CODEC(${codec})`);
  return [
    `CREATE TABLE IF NOT EXISTS ${record.table} (`,
    [
      'session UInt64 CODEC(ZSTD(1))', 'segment UInt32 CODEC(ZSTD(1))', 'ordinal UInt32 CODEC(Delta, ZSTD(1))',
      'flags UInt8 CODEC(ZSTD(1))', 'venue UInt16 CODEC(ZSTD(1))', 'instrument UInt16 CODEC(ZSTD(1))', ...own,
      'INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1',
    ].map((line) => `  ${line}`).join(',\n'),
    `) ENGINE = MergeTree PARTITION BY toDate(${time}) ORDER BY (${order.join(', ')})`,
    `COMMENT ${quote(record.doc)};`,
    '',
    `ALTER TABLE ${record.table}`,
    own.map((line) => `  ADD COLUMN IF NOT EXISTS ${line}`).join(',\n') + ';',
    '',
  ].join('\n');
}

function loader(record: RecordDefinition): string {
  const columns = columnsOf(record).map(({ expression, name }) => `  ${expression} AS ${name}`);
  return [
    `DROP VIEW IF EXISTS load_${record.table};`,
    '',
    `CREATE MATERIALIZED VIEW load_${record.table} TO ${record.table} AS SELECT`,
    `  session, segment, ordinal, flags, venue, instrument,\n${columns.join(',\n')}`,
    `FROM slots WHERE type = ${record.id};`,
    '',
  ].join('\n');
}

/** Tables and the views that fill them. */
function generateTables(): string {
  const slots = [...CHUNK_COLUMNS, ...SLOT_COLUMNS].map(({ name, type }) => `${name} ${type}`).join(', ');
  return [
    WARNING, REPEATABLE, '',
    '-- Journal slots pass through here and are kept nowhere: each table below takes its own type.',
    `CREATE TABLE IF NOT EXISTS slots (${slots}) ENGINE = Null;`, '',
    ...RECORDS.flatMap((record) => [table(record), loader(record)]),
  ].join('\n');
}

/** Exact: a scaled integer divided by a power of ten, as a decimal. */
function decimal(expression: string, scale: string): string {
  return `toDecimal128(${expression}, 18) / intExp10(${scale})`;
}

function namedColumn(column: Column, scales: string): string[] {
  const source = `t.${column.name}`;
  switch (column.kind) {
    case 'price': return [`${decimal(source, `${scales}.price_scale`)} AS ${column.name}`];
    case 'qty': return [`${decimal(source, `${scales}.qty_scale`)} AS ${column.name}`];
    case 'amount': return [`toDecimal128(${source}, 8) / 100000000 AS ${column.name}`];
    case 'code': {
      const entries = Object.entries(column.names!);
      // The number beside the name: codes have an order (hops follow each other).
      return [`${source} AS ${column.name}_code`, `transform(${source}, [${entries.map(([, value]) => value).join(', ')}], [${entries.map(([name]) => quote(name)).join(', ')}], toString(${source})) AS ${column.name}`];
    }
    default:
      if (column.name === 'sell_instrument') return ['s.venue_name AS sell_venue', 's.symbol AS sell_symbol'];
      if (column.name === 'fee_asset' || column.name === 'asset') return [`a.code AS ${column.name}`];
      if (column.name === 'pair') return [];
      return [`${source} AS ${column.name}`];
  }
}

/** The same rows as a person wants them: names for indices and codes, decimals for scaled integers. */
function namedView(record: RecordDefinition): string {
  const columns = columnsOf(record);
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  const byPair = record.name === 'Pnl';
  const scales = byPair ? 'p' : 'i';
  const sided = /SELL/.test(record.doc);
  const joins = [
    byPair ? 'LEFT ANY JOIN pairs AS p ON p.session = t.session AND p.pair_index = t.pair' : 'LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument',
    'LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue',
    ...(has('sell_instrument') ? ['LEFT ANY JOIN instruments AS s ON s.session = t.session AND s.instrument_index = t.sell_instrument'] : []),
    ...(has('fee_asset') ? ['LEFT ANY JOIN assets AS a ON a.session = t.session AND a.asset_index = t.fee_asset'] : []),
    ...(has('asset') ? ['LEFT ANY JOIN assets AS a ON a.session = t.session AND a.asset_index = t.asset'] : []),
  ];
  const selected = [
    't.session AS session', 't.segment AS segment', 't.ordinal AS ordinal', 't.flags AS flags', `t.${timeColumn(record)} AS at`,
    ...(byPair ? ['p.name AS pair', 'p.quote AS quote'] : ['v.name AS venue', 'i.symbol AS symbol', 'i.pair AS pair', 'i.base AS base', 'i.quote AS quote']),
    ...(sided ? ["if(bitTest(t.flags, 3), 'sell', 'buy') AS side"] : []),
    ...columns.filter(({ name }) => name !== timeColumn(record)).flatMap((column) => namedColumn(column, scales)),
  ];
  // The journal holds a trade as the gateway told it, perhaps again after a reconnect, and as the executor booked it.
  const once = has('trade_id') && has('order_id') ? '\nLIMIT 1 BY t.session, t.venue, t.trade_id, t.order_id' : '';
  return `CREATE OR REPLACE VIEW named_${record.table} AS SELECT\n${selected.map((line) => `  ${line}`).join(',\n')}\nFROM ${record.table} AS t\n${joins.join('\n')}${once};\n`;
}

function generateNamedViews(): string {
  return [WARNING, REPEATABLE, '', ...RECORDS.map(namedView)].join('\n');
}

/** File name below clickhouse/ → text. */
export const GENERATED: Readonly<Record<string, () => string>> = {
  '0002_records.sql': generateTables,
  '0003_named_views.sql': generateNamedViews,
};
