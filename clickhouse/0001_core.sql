-- What is not a record: sessions, the names behind their indices, and how far the recorder got.

CREATE TABLE IF NOT EXISTS sessions (
  session UInt64 COMMENT 'Unix time of the epoch, ms',
  started DateTime64(9) COMMENT 'The epoch that record times count from',
  mode LowCardinality(String) COMMENT 'sandbox, paper, live, replay, backtest',
  version LowCardinality(String),
  config_digest String
) ENGINE = ReplacingMergeTree ORDER BY session;

CREATE TABLE IF NOT EXISTS venues (session UInt64, venue_index UInt16, name LowCardinality(String))
ENGINE = ReplacingMergeTree ORDER BY (session, venue_index);

CREATE TABLE IF NOT EXISTS assets (session UInt64, asset_index UInt16, code LowCardinality(String))
ENGINE = ReplacingMergeTree ORDER BY (session, asset_index);

CREATE TABLE IF NOT EXISTS pairs (
  session UInt64, pair_index UInt16, name LowCardinality(String), base LowCardinality(String), quote LowCardinality(String), price_scale UInt8, qty_scale UInt8
) ENGINE = ReplacingMergeTree ORDER BY (session, pair_index);

CREATE TABLE IF NOT EXISTS instruments (
  session UInt64, instrument_index UInt16,
  venue_index UInt16, venue_name LowCardinality(String), symbol LowCardinality(String),
  pair LowCardinality(String), base LowCardinality(String), quote LowCardinality(String) COMMENT 'Quote of the pair',
  venue_quote LowCardinality(String) COMMENT 'What is really paid on this venue; differs where quotes are mapped',
  price_scale UInt8, qty_scale UInt8, taker_fee_ppm Int32, maker_fee_ppm Int32, quote_rate_ppm UInt32
) ENGINE = ReplacingMergeTree ORDER BY (session, instrument_index);

-- Written after a chunk of the journal is in: everything of the session before (segment, ordinal) is stored, once.
CREATE TABLE IF NOT EXISTS store_progress (session UInt64, segment UInt32, ordinal UInt32, records UInt64, stored DateTime64(3) DEFAULT now64(3))
ENGINE = MergeTree ORDER BY (session, segment, ordinal);
