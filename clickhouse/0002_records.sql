-- Generated from src/record/schema.ts by `npm run generate`. Do not edit.
-- repeatable

-- Journal slots pass through here and are kept nowhere: each table below takes its own type.
CREATE TABLE IF NOT EXISTS slots (session UInt64, segment UInt32, epoch_ns Int64, ordinal UInt32, type UInt8, flags UInt8, w6 UInt16, venue UInt16, instrument UInt16, w12 UInt32, w16 UInt64, w24 UInt64, w32 UInt64, w40 UInt64, w48 UInt64, w56 UInt64) ENGINE = Null;

CREATE TABLE IF NOT EXISTS book_deltas (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  price Int64 COMMENT 'Level. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  qty Int64 COMMENT 'New absolute quantity; 0 deletes the level. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  venue_seq Int64 COMMENT 'Last update id of the frame (Binance u), checksum (Kraken) or 0. venue\'s sequence' CODEC(Delta, ZSTD(1)),
  ts_venue DateTime64(9) COMMENT 'Venue\'s event time; may precede the epoch or follow tsRecvNs: venue clocks differ' CODEC(Delta, ZSTD(1)),
  ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_recv) ORDER BY (session, instrument, ts_recv, segment, ordinal)
COMMENT 'One price level of one venue set to an absolute quantity. Flags: SELL = ask side, SNAPSHOT = part of a full book, FIRST/LAST = bounds of one venue frame.';

ALTER TABLE book_deltas
  ADD COLUMN IF NOT EXISTS epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS price Int64 COMMENT 'Level. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS qty Int64 COMMENT 'New absolute quantity; 0 deletes the level. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS venue_seq Int64 COMMENT 'Last update id of the frame (Binance u), checksum (Kraken) or 0. venue\'s sequence' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_venue DateTime64(9) COMMENT 'Venue\'s event time; may precede the epoch or follow tsRecvNs: venue clocks differ' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_book_deltas;

CREATE MATERIALIZED VIEW load_book_deltas TO book_deltas AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS epoch,
  w12 AS frame,
  toInt64(ifNotFinite(reinterpretAsFloat64(w16), 0)) AS price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS qty,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS venue_seq,
  fromUnixTimestamp64Nano(if(toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0)) = 0, toInt64(0), epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0)))) AS ts_venue,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0))) AS ts_recv
FROM slots WHERE type = 1;

CREATE TABLE IF NOT EXISTS trades (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  price Int64 COMMENT 'Traded at. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  qty Int64 COMMENT 'Traded. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  trade_id Int64 COMMENT 'Trade id. venue\'s id' CODEC(Delta, ZSTD(1)),
  ts_venue DateTime64(9) COMMENT 'Venue\'s trade time' CODEC(Delta, ZSTD(1)),
  ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_recv) ORDER BY (session, instrument, ts_recv, segment, ordinal)
COMMENT 'A public trade. Flag SELL = the taker sold.';

ALTER TABLE trades
  ADD COLUMN IF NOT EXISTS epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS price Int64 COMMENT 'Traded at. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS qty Int64 COMMENT 'Traded. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS trade_id Int64 COMMENT 'Trade id. venue\'s id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_venue DateTime64(9) COMMENT 'Venue\'s trade time' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_trades;

CREATE MATERIALIZED VIEW load_trades TO trades AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS epoch,
  w12 AS frame,
  toInt64(ifNotFinite(reinterpretAsFloat64(w16), 0)) AS price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS qty,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS trade_id,
  fromUnixTimestamp64Nano(if(toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0)) = 0, toInt64(0), epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0)))) AS ts_venue,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0))) AS ts_recv
FROM slots WHERE type = 2;

CREATE TABLE IF NOT EXISTS book_status (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  state UInt8 COMMENT 'BookState. code' CODEC(ZSTD(1)),
  reason UInt8 COMMENT 'ResyncReason. code' CODEC(ZSTD(1)),
  ts_recv DateTime64(9) COMMENT 'Noticed' CODEC(Delta, ZSTD(1)),
  expected_seq Int64 COMMENT 'What should have come. venue\'s sequence' CODEC(Delta, ZSTD(1)),
  actual_seq Int64 COMMENT 'What came. venue\'s sequence' CODEC(Delta, ZSTD(1)),
  resyncs Float64 COMMENT 'Resyncs of this book in this session so far. count' CODEC(ZSTD(1)),
  frames Float64 COMMENT 'Frames applied to this book in this session so far. count' CODEC(ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_recv) ORDER BY (session, instrument, ts_recv, segment, ordinal)
COMMENT 'A feed\'s word on one book: in sync or not, and why. A book that is not in sync never produces an opportunity.';

ALTER TABLE book_status
  ADD COLUMN IF NOT EXISTS epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS state UInt8 COMMENT 'BookState. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS reason UInt8 COMMENT 'ResyncReason. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_recv DateTime64(9) COMMENT 'Noticed' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS expected_seq Int64 COMMENT 'What should have come. venue\'s sequence' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS actual_seq Int64 COMMENT 'What came. venue\'s sequence' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS resyncs Float64 COMMENT 'Resyncs of this book in this session so far. count' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS frames Float64 COMMENT 'Frames applied to this book in this session so far. count' CODEC(ZSTD(1));

DROP VIEW IF EXISTS load_book_status;

CREATE MATERIALIZED VIEW load_book_status TO book_status AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS epoch,
  toUInt8(bitAnd(w12, 255)) AS state,
  toUInt8(bitAnd(bitShiftRight(w12, 8), 255)) AS reason,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w16), 0))) AS ts_recv,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS expected_seq,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS actual_seq,
  ifNotFinite(reinterpretAsFloat64(w40), 0) AS resyncs,
  ifNotFinite(reinterpretAsFloat64(w48), 0) AS frames
FROM slots WHERE type = 3;

CREATE TABLE IF NOT EXISTS venue_status (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  state UInt8 COMMENT 'VenueState. code' CODEC(ZSTD(1)),
  channel UInt8 COMMENT 'VenueChannel. code' CODEC(ZSTD(1)),
  reason UInt16 COMMENT 'VenueReason. index' CODEC(ZSTD(1)),
  ts DateTime64(9) COMMENT 'Noticed' CODEC(Delta, ZSTD(1)),
  attempts Float64 COMMENT 'Connection attempts in a row. count' CODEC(ZSTD(1)),
  backoff_ns Float64 COMMENT 'Wait before the next attempt. ns' CODEC(ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (session, venue, ts, segment, ordinal)
COMMENT 'A feed\'s or gateway\'s connection changed state.';

ALTER TABLE venue_status
  ADD COLUMN IF NOT EXISTS epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS state UInt8 COMMENT 'VenueState. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS channel UInt8 COMMENT 'VenueChannel. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS reason UInt16 COMMENT 'VenueReason. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts DateTime64(9) COMMENT 'Noticed' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS attempts Float64 COMMENT 'Connection attempts in a row. count' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS backoff_ns Float64 COMMENT 'Wait before the next attempt. ns' CODEC(ZSTD(1));

DROP VIEW IF EXISTS load_venue_status;

CREATE MATERIALIZED VIEW load_venue_status TO venue_status AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS epoch,
  toUInt8(bitAnd(w12, 255)) AS state,
  toUInt8(bitAnd(bitShiftRight(w12, 8), 255)) AS channel,
  toUInt16(bitAnd(bitShiftRight(w12, 16), 65535)) AS reason,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w16), 0))) AS ts,
  ifNotFinite(reinterpretAsFloat64(w24), 0) AS attempts,
  ifNotFinite(reinterpretAsFloat64(w32), 0) AS backoff_ns
FROM slots WHERE type = 4;

CREATE TABLE IF NOT EXISTS ticks (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  bid_price Int64 COMMENT 'Best bid. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  bid_qty Int64 COMMENT 'At the best bid. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ask_price Int64 COMMENT 'Best ask. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ask_qty Int64 COMMENT 'At the best ask. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ts_venue DateTime64(9) COMMENT 'Venue\'s event time' CODEC(Delta, ZSTD(1)),
  ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_recv) ORDER BY (session, instrument, ts_recv, segment, ordinal)
COMMENT 'Best bid and ask of one venue changed. A missing side has price and quantity 0. Flag IN_SYNC = the book may be traded on.';

ALTER TABLE ticks
  ADD COLUMN IF NOT EXISTS epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS bid_price Int64 COMMENT 'Best bid. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS bid_qty Int64 COMMENT 'At the best bid. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ask_price Int64 COMMENT 'Best ask. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ask_qty Int64 COMMENT 'At the best ask. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_venue DateTime64(9) COMMENT 'Venue\'s event time' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_ticks;

CREATE MATERIALIZED VIEW load_ticks TO ticks AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS epoch,
  w12 AS frame,
  toInt64(ifNotFinite(reinterpretAsFloat64(w16), 0)) AS bid_price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS bid_qty,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS ask_price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0)) AS ask_qty,
  fromUnixTimestamp64Nano(if(toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0)) = 0, toInt64(0), epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0)))) AS ts_venue,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w56), 0))) AS ts_recv
FROM slots WHERE type = 5;

CREATE TABLE IF NOT EXISTS crossed_markets (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  sell_instrument UInt16 COMMENT 'Instrument to sell on. index' CODEC(ZSTD(1)),
  frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  ask_price Int64 COMMENT 'Best ask where to buy. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  bid_price Int64 COMMENT 'Best bid where to sell. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  levels UInt16 COMMENT 'Number of CrossedLevel records that follow. index' CODEC(ZSTD(1)),
  pair UInt16 COMMENT 'Pair. index' CODEC(ZSTD(1)),
  ts_recv DateTime64(9) COMMENT 'Received: the frame that caused it' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_recv) ORDER BY (session, instrument, ts_recv, segment, ordinal)
COMMENT 'Two venues of one pair cross (bid of one above ask of the other) or have just stopped to (levels = 0). Header instrument = where to buy. Followed by `levels` CrossedLevel records, the last one flagged LAST.';

ALTER TABLE crossed_markets
  ADD COLUMN IF NOT EXISTS sell_instrument UInt16 COMMENT 'Instrument to sell on. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ask_price Int64 COMMENT 'Best ask where to buy. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS bid_price Int64 COMMENT 'Best bid where to sell. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS levels UInt16 COMMENT 'Number of CrossedLevel records that follow. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS pair UInt16 COMMENT 'Pair. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_recv DateTime64(9) COMMENT 'Received: the frame that caused it' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_crossed_markets;

CREATE MATERIALIZED VIEW load_crossed_markets TO crossed_markets AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS sell_instrument,
  w12 AS frame,
  toInt64(ifNotFinite(reinterpretAsFloat64(w16), 0)) AS ask_price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS bid_price,
  toUInt16(bitAnd(w32, 65535)) AS levels,
  toUInt16(bitAnd(bitShiftRight(w32, 16), 65535)) AS pair,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0))) AS ts_recv
FROM slots WHERE type = 6;

CREATE TABLE IF NOT EXISTS crossed_levels (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  depth UInt16 COMMENT '0 = best. index' CODEC(ZSTD(1)),
  frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  price Int64 COMMENT 'Level. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  qty Int64 COMMENT 'At the level. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_recv) ORDER BY (session, instrument, ts_recv, segment, ordinal)
COMMENT 'One level of a crossed market, best first. Flag SELL = an ask (to buy from), else a bid (to sell to).';

ALTER TABLE crossed_levels
  ADD COLUMN IF NOT EXISTS depth UInt16 COMMENT '0 = best. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS price Int64 COMMENT 'Level. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS qty Int64 COMMENT 'At the level. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_crossed_levels;

CREATE MATERIALIZED VIEW load_crossed_levels TO crossed_levels AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS depth,
  w12 AS frame,
  toInt64(ifNotFinite(reinterpretAsFloat64(w16), 0)) AS price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS qty,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0))) AS ts_recv
FROM slots WHERE type = 7;

CREATE TABLE IF NOT EXISTS opportunities (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  sell_instrument UInt16 COMMENT 'Instrument to sell on. index' CODEC(ZSTD(1)),
  opportunity_id UInt32 COMMENT 'Counts up per strategy and session. id' CODEC(Delta, ZSTD(1)),
  kind UInt8 COMMENT 'OpportunityKind. code' CODEC(ZSTD(1)),
  strategy UInt8 COMMENT 'Strategy index. code' CODEC(ZSTD(1)),
  pair UInt16 COMMENT 'Pair. index' CODEC(ZSTD(1)),
  frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  qty Int64 COMMENT 'Best size. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  buy_price Int64 COMMENT 'Worst price to buy at. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  sell_price Int64 COMMENT 'Worst price to sell at. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  expected_profit Int64 COMMENT 'Expected profit in quote, net of fees. 10^-8 of the asset' CODEC(ZSTD(1)),
  ts_cause DateTime64(9) COMMENT 'Received: the frame that caused it' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_cause) ORDER BY (session, strategy, opportunity_id, ts_cause, segment, ordinal)
COMMENT 'A strategy saw a profit net of fees open, change or close. Header instrument = where to buy.';

ALTER TABLE opportunities
  ADD COLUMN IF NOT EXISTS sell_instrument UInt16 COMMENT 'Instrument to sell on. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS opportunity_id UInt32 COMMENT 'Counts up per strategy and session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS kind UInt8 COMMENT 'OpportunityKind. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS strategy UInt8 COMMENT 'Strategy index. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS pair UInt16 COMMENT 'Pair. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS qty Int64 COMMENT 'Best size. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS buy_price Int64 COMMENT 'Worst price to buy at. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS sell_price Int64 COMMENT 'Worst price to sell at. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS expected_profit Int64 COMMENT 'Expected profit in quote, net of fees. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_cause DateTime64(9) COMMENT 'Received: the frame that caused it' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_opportunities;

CREATE MATERIALIZED VIEW load_opportunities TO opportunities AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS sell_instrument,
  w12 AS opportunity_id,
  toUInt8(bitAnd(w16, 255)) AS kind,
  toUInt8(bitAnd(bitShiftRight(w16, 8), 255)) AS strategy,
  toUInt16(bitAnd(bitShiftRight(w16, 16), 65535)) AS pair,
  toUInt32(bitAnd(bitShiftRight(w16, 32), 4294967295)) AS frame,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS qty,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS buy_price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0)) AS sell_price,
  reinterpretAsInt64(w48) AS expected_profit,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w56), 0))) AS ts_cause
FROM slots WHERE type = 8;

CREATE TABLE IF NOT EXISTS order_intents (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  strategy UInt8 COMMENT 'Strategy index. code' CODEC(ZSTD(1)),
  leg UInt8 COMMENT '0, 1, …. code' CODEC(ZSTD(1)),
  opportunity_id UInt32 COMMENT 'Why. id' CODEC(Delta, ZSTD(1)),
  legs UInt8 COMMENT 'Legs in the basket. code' CODEC(ZSTD(1)),
  tif UInt8 COMMENT 'TimeInForce. code' CODEC(ZSTD(1)),
  pair UInt16 COMMENT 'Pair. index' CODEC(ZSTD(1)),
  frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  price Int64 COMMENT 'Limit. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  qty Int64 COMMENT 'Quantity. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  expected_profit Int64 COMMENT 'Of the whole basket, in quote. 10^-8 of the asset' CODEC(ZSTD(1)),
  ts_cause DateTime64(9) COMMENT 'Received: the frame that caused it' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_cause) ORDER BY (session, strategy, opportunity_id, ts_cause, segment, ordinal)
COMMENT 'One leg that a strategy wants. Legs of a basket are bounded by FIRST/LAST. Flag SELL = sell. Not an order: risk has not seen it.';

ALTER TABLE order_intents
  ADD COLUMN IF NOT EXISTS strategy UInt8 COMMENT 'Strategy index. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS leg UInt8 COMMENT '0, 1, …. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS opportunity_id UInt32 COMMENT 'Why. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS legs UInt8 COMMENT 'Legs in the basket. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS tif UInt8 COMMENT 'TimeInForce. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS pair UInt16 COMMENT 'Pair. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS price Int64 COMMENT 'Limit. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS qty Int64 COMMENT 'Quantity. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS expected_profit Int64 COMMENT 'Of the whole basket, in quote. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_cause DateTime64(9) COMMENT 'Received: the frame that caused it' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_order_intents;

CREATE MATERIALIZED VIEW load_order_intents TO order_intents AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  toUInt8(bitAnd(w6, 255)) AS strategy,
  toUInt8(bitAnd(bitShiftRight(w6, 8), 255)) AS leg,
  w12 AS opportunity_id,
  toUInt8(bitAnd(w16, 255)) AS legs,
  toUInt8(bitAnd(bitShiftRight(w16, 8), 255)) AS tif,
  toUInt16(bitAnd(bitShiftRight(w16, 16), 65535)) AS pair,
  toUInt32(bitAnd(bitShiftRight(w16, 32), 4294967295)) AS frame,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS qty,
  reinterpretAsInt64(w40) AS expected_profit,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0))) AS ts_cause
FROM slots WHERE type = 9;

CREATE TABLE IF NOT EXISTS order_commands (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  action UInt8 COMMENT 'OrderAction. code' CODEC(ZSTD(1)),
  tif UInt8 COMMENT 'TimeInForce. code' CODEC(ZSTD(1)),
  order_id UInt32 COMMENT 'Engine order id, counts up per session. id' CODEC(Delta, ZSTD(1)),
  basket_id UInt32 COMMENT 'Basket. id' CODEC(Delta, ZSTD(1)),
  frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  price Int64 COMMENT 'Limit. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  qty Int64 COMMENT 'Quantity. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ts_cause DateTime64(9) COMMENT 'Received: the frame that caused it' CODEC(Delta, ZSTD(1)),
  ts_decided DateTime64(9) COMMENT 'Approved by risk' CODEC(Delta, ZSTD(1)),
  venue_order_id Int64 COMMENT 'For cancel and query, where numeric; else 0. venue\'s id' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_cause) ORDER BY (session, order_id, ts_cause, segment, ordinal)
COMMENT 'What the executor tells a gateway: it passed risk. Flag SELL = sell.';

ALTER TABLE order_commands
  ADD COLUMN IF NOT EXISTS action UInt8 COMMENT 'OrderAction. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS tif UInt8 COMMENT 'TimeInForce. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS order_id UInt32 COMMENT 'Engine order id, counts up per session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS basket_id UInt32 COMMENT 'Basket. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS price Int64 COMMENT 'Limit. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS qty Int64 COMMENT 'Quantity. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_cause DateTime64(9) COMMENT 'Received: the frame that caused it' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_decided DateTime64(9) COMMENT 'Approved by risk' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS venue_order_id Int64 COMMENT 'For cancel and query, where numeric; else 0. venue\'s id' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_order_commands;

CREATE MATERIALIZED VIEW load_order_commands TO order_commands AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  toUInt8(bitAnd(w6, 255)) AS action,
  toUInt8(bitAnd(bitShiftRight(w6, 8), 255)) AS tif,
  w12 AS order_id,
  toUInt32(bitAnd(w16, 4294967295)) AS basket_id,
  toUInt32(bitAnd(bitShiftRight(w16, 32), 4294967295)) AS frame,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS qty,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0))) AS ts_cause,
  fromUnixTimestamp64Nano(if(toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0)) = 0, toInt64(0), epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0)))) AS ts_decided,
  toInt64(ifNotFinite(reinterpretAsFloat64(w56), 0)) AS venue_order_id
FROM slots WHERE type = 10;

CREATE TABLE IF NOT EXISTS execution_reports (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  reason UInt16 COMMENT 'RejectReason. index' CODEC(ZSTD(1)),
  order_id UInt32 COMMENT 'Engine order id. id' CODEC(Delta, ZSTD(1)),
  kind UInt8 COMMENT 'ReportKind. code' CODEC(ZSTD(1)),
  attempt UInt32 COMMENT 'Send attempts. id' CODEC(Delta, ZSTD(1)),
  cum_qty Int64 COMMENT 'Filled in total as the venue says; 0 where it does not say. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  venue_order_id Int64 COMMENT '0 where the venue uses text ids. venue\'s id' CODEC(Delta, ZSTD(1)),
  ts_sent DateTime64(9) COMMENT 'Written to the socket (acks) or 0' CODEC(Delta, ZSTD(1)),
  ts_venue DateTime64(9) COMMENT 'Venue\'s time' CODEC(Delta, ZSTD(1)),
  ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_recv) ORDER BY (session, order_id, ts_recv, segment, ordinal)
COMMENT 'What a venue said of an order. Fills come as Fill records. A timeout or a disconnect is kind UNKNOWN, never a rejection.';

ALTER TABLE execution_reports
  ADD COLUMN IF NOT EXISTS reason UInt16 COMMENT 'RejectReason. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS order_id UInt32 COMMENT 'Engine order id. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS kind UInt8 COMMENT 'ReportKind. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS attempt UInt32 COMMENT 'Send attempts. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS cum_qty Int64 COMMENT 'Filled in total as the venue says; 0 where it does not say. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS venue_order_id Int64 COMMENT '0 where the venue uses text ids. venue\'s id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_sent DateTime64(9) COMMENT 'Written to the socket (acks) or 0' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_venue DateTime64(9) COMMENT 'Venue\'s time' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_execution_reports;

CREATE MATERIALIZED VIEW load_execution_reports TO execution_reports AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS reason,
  w12 AS order_id,
  toUInt8(bitAnd(w16, 255)) AS kind,
  toUInt32(bitAnd(bitShiftRight(w16, 32), 4294967295)) AS attempt,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS cum_qty,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS venue_order_id,
  fromUnixTimestamp64Nano(if(toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0)) = 0, toInt64(0), epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0)))) AS ts_sent,
  fromUnixTimestamp64Nano(if(toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0)) = 0, toInt64(0), epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0)))) AS ts_venue,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w56), 0))) AS ts_recv
FROM slots WHERE type = 11;

CREATE TABLE IF NOT EXISTS fills (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  fee_asset UInt16 COMMENT 'Asset. index' CODEC(ZSTD(1)),
  order_id UInt32 COMMENT 'Engine order id. id' CODEC(Delta, ZSTD(1)),
  trade_id Int64 COMMENT 'Trade id. venue\'s id' CODEC(Delta, ZSTD(1)),
  price Int64 COMMENT 'Traded at. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  qty Int64 COMMENT 'Traded. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  quote_amount Int64 COMMENT 'Quote paid or received, before fees. 10^-8 of the asset' CODEC(ZSTD(1)),
  fee Int64 COMMENT 'Fee in feeAsset; negative = rebate. 10^-8 of the asset' CODEC(ZSTD(1)),
  ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_recv) ORDER BY (session, order_id, ts_recv, segment, ordinal)
COMMENT 'A trade of ours, told by the gateway and, once it is booked, by the executor: (venue, tradeId, orderId) names it. Flags: SELL, MAKER.';

ALTER TABLE fills
  ADD COLUMN IF NOT EXISTS fee_asset UInt16 COMMENT 'Asset. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS order_id UInt32 COMMENT 'Engine order id. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS trade_id Int64 COMMENT 'Trade id. venue\'s id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS price Int64 COMMENT 'Traded at. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS qty Int64 COMMENT 'Traded. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS quote_amount Int64 COMMENT 'Quote paid or received, before fees. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS fee Int64 COMMENT 'Fee in feeAsset; negative = rebate. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_recv DateTime64(9) COMMENT 'Received' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_fills;

CREATE MATERIALIZED VIEW load_fills TO fills AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS fee_asset,
  w12 AS order_id,
  toInt64(ifNotFinite(reinterpretAsFloat64(w16), 0)) AS trade_id,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS qty,
  reinterpretAsInt64(w40) AS quote_amount,
  reinterpretAsInt64(w48) AS fee,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w56), 0))) AS ts_recv
FROM slots WHERE type = 12;

CREATE TABLE IF NOT EXISTS orders (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  reason UInt16 COMMENT 'RejectReason. index' CODEC(ZSTD(1)),
  order_id UInt32 COMMENT 'Engine order id. id' CODEC(Delta, ZSTD(1)),
  basket_id UInt32 COMMENT 'Basket. id' CODEC(Delta, ZSTD(1)),
  state UInt8 COMMENT 'OrderState. code' CODEC(ZSTD(1)),
  tif UInt8 COMMENT 'TimeInForce. code' CODEC(ZSTD(1)),
  leg UInt8 COMMENT '0, 1, …. code' CODEC(ZSTD(1)),
  strategy UInt8 COMMENT 'Strategy index. code' CODEC(ZSTD(1)),
  price Int64 COMMENT 'Limit. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  qty Int64 COMMENT 'Ordered. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  cum_qty Int64 COMMENT 'Filled. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  cum_quote Int64 COMMENT 'Quote of the fills. 10^-8 of the asset' CODEC(ZSTD(1)),
  ts DateTime64(9) COMMENT 'Moved' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (session, order_id, ts, segment, ordinal)
COMMENT 'The order state machine moved. Flag SELL = sell.';

ALTER TABLE orders
  ADD COLUMN IF NOT EXISTS reason UInt16 COMMENT 'RejectReason. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS order_id UInt32 COMMENT 'Engine order id. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS basket_id UInt32 COMMENT 'Basket. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS state UInt8 COMMENT 'OrderState. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS tif UInt8 COMMENT 'TimeInForce. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS leg UInt8 COMMENT '0, 1, …. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS strategy UInt8 COMMENT 'Strategy index. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS price Int64 COMMENT 'Limit. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS qty Int64 COMMENT 'Ordered. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS cum_qty Int64 COMMENT 'Filled. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS cum_quote Int64 COMMENT 'Quote of the fills. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts DateTime64(9) COMMENT 'Moved' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_orders;

CREATE MATERIALIZED VIEW load_orders TO orders AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS reason,
  w12 AS order_id,
  toUInt32(bitAnd(w16, 4294967295)) AS basket_id,
  toUInt8(bitAnd(bitShiftRight(w16, 32), 255)) AS state,
  toUInt8(bitAnd(bitShiftRight(w16, 40), 255)) AS tif,
  toUInt8(bitAnd(bitShiftRight(w16, 48), 255)) AS leg,
  toUInt8(bitAnd(bitShiftRight(w16, 56), 255)) AS strategy,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS qty,
  toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0)) AS cum_qty,
  reinterpretAsInt64(w48) AS cum_quote,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w56), 0))) AS ts
FROM slots WHERE type = 13;

CREATE TABLE IF NOT EXISTS balances (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  asset UInt16 COMMENT 'Asset. index' CODEC(ZSTD(1)),
  kind UInt8 COMMENT 'BalanceKind. code' CODEC(ZSTD(1)),
  total Int64 COMMENT 'By the engine: opening balance plus fills. 10^-8 of the asset' CODEC(ZSTD(1)),
  venue_total Int64 COMMENT 'By the venue, where kind is VENUE. 10^-8 of the asset' CODEC(ZSTD(1)),
  held Int64 COMMENT 'In open orders. 10^-8 of the asset' CODEC(ZSTD(1)),
  ts DateTime64(9) COMMENT 'As of' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (session, venue, asset, ts, segment, ordinal)
COMMENT 'A position: what the engine holds of an asset on a venue, and what the venue says where it was asked.';

ALTER TABLE balances
  ADD COLUMN IF NOT EXISTS asset UInt16 COMMENT 'Asset. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS kind UInt8 COMMENT 'BalanceKind. code' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS total Int64 COMMENT 'By the engine: opening balance plus fills. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS venue_total Int64 COMMENT 'By the venue, where kind is VENUE. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS held Int64 COMMENT 'In open orders. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts DateTime64(9) COMMENT 'As of' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_balances;

CREATE MATERIALIZED VIEW load_balances TO balances AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS asset,
  toUInt8(bitAnd(w12, 255)) AS kind,
  reinterpretAsInt64(w16) AS total,
  reinterpretAsInt64(w24) AS venue_total,
  reinterpretAsInt64(w32) AS held,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0))) AS ts
FROM slots WHERE type = 14;

CREATE TABLE IF NOT EXISTS pnl (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  pair UInt16 COMMENT 'Pair. index' CODEC(ZSTD(1)),
  baskets UInt32 COMMENT 'Baskets finished. id' CODEC(Delta, ZSTD(1)),
  realised Int64 COMMENT 'Realised, net of fees. 10^-8 of the asset' CODEC(ZSTD(1)),
  unrealised Int64 COMMENT 'Open base inventory change at the mid, net of cost. 10^-8 of the asset' CODEC(ZSTD(1)),
  fees Int64 COMMENT 'Fees paid, in quote. 10^-8 of the asset' CODEC(ZSTD(1)),
  expected Int64 COMMENT 'What the strategies expected of those baskets. 10^-8 of the asset' CODEC(ZSTD(1)),
  ts DateTime64(9) COMMENT 'As of' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (session, pair, ts, segment, ordinal)
COMMENT 'Profit and loss of a pair since the start of the session, in its quote asset.';

ALTER TABLE pnl
  ADD COLUMN IF NOT EXISTS pair UInt16 COMMENT 'Pair. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS baskets UInt32 COMMENT 'Baskets finished. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS realised Int64 COMMENT 'Realised, net of fees. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS unrealised Int64 COMMENT 'Open base inventory change at the mid, net of cost. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS fees Int64 COMMENT 'Fees paid, in quote. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS expected Int64 COMMENT 'What the strategies expected of those baskets. 10^-8 of the asset' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts DateTime64(9) COMMENT 'As of' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_pnl;

CREATE MATERIALIZED VIEW load_pnl TO pnl AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS pair,
  w12 AS baskets,
  reinterpretAsInt64(w16) AS realised,
  reinterpretAsInt64(w24) AS unrealised,
  reinterpretAsInt64(w32) AS fees,
  reinterpretAsInt64(w40) AS expected,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0))) AS ts
FROM slots WHERE type = 15;

CREATE TABLE IF NOT EXISTS hop_latency (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  hop UInt16 COMMENT 'Hop. index' CODEC(ZSTD(1)),
  count UInt32 COMMENT 'Samples. id' CODEC(Delta, ZSTD(1)),
  p50_ns Float64 COMMENT '50th percentile. ns' CODEC(ZSTD(1)),
  p90_ns Float64 COMMENT '90th percentile. ns' CODEC(ZSTD(1)),
  p99_ns Float64 COMMENT '99th percentile. ns' CODEC(ZSTD(1)),
  p999_ns Float64 COMMENT '99.9th percentile. ns' CODEC(ZSTD(1)),
  max_ns Float64 COMMENT 'Largest. ns' CODEC(ZSTD(1)),
  ts DateTime64(9) COMMENT 'End of the interval' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (session, hop, ts, segment, ordinal)
COMMENT 'Percentiles of one hop over the last interval.';

ALTER TABLE hop_latency
  ADD COLUMN IF NOT EXISTS hop UInt16 COMMENT 'Hop. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS count UInt32 COMMENT 'Samples. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS p50_ns Float64 COMMENT '50th percentile. ns' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS p90_ns Float64 COMMENT '90th percentile. ns' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS p99_ns Float64 COMMENT '99th percentile. ns' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS p999_ns Float64 COMMENT '99.9th percentile. ns' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS max_ns Float64 COMMENT 'Largest. ns' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts DateTime64(9) COMMENT 'End of the interval' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_hop_latency;

CREATE MATERIALIZED VIEW load_hop_latency TO hop_latency AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS hop,
  w12 AS count,
  ifNotFinite(reinterpretAsFloat64(w16), 0) AS p50_ns,
  ifNotFinite(reinterpretAsFloat64(w24), 0) AS p90_ns,
  ifNotFinite(reinterpretAsFloat64(w32), 0) AS p99_ns,
  ifNotFinite(reinterpretAsFloat64(w40), 0) AS p999_ns,
  ifNotFinite(reinterpretAsFloat64(w48), 0) AS max_ns,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w56), 0))) AS ts
FROM slots WHERE type = 16;

CREATE TABLE IF NOT EXISTS session_events (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  kind UInt16 COMMENT 'SessionEventKind. index' CODEC(ZSTD(1)),
  actor UInt32 COMMENT 'Actor index. id' CODEC(Delta, ZSTD(1)),
  detail Float64 COMMENT 'Depends on kind. count' CODEC(ZSTD(1)),
  ts DateTime64(9) COMMENT 'When' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (session, ts, segment, ordinal)
COMMENT 'Something happened to the engine itself.';

ALTER TABLE session_events
  ADD COLUMN IF NOT EXISTS kind UInt16 COMMENT 'SessionEventKind. index' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS actor UInt32 COMMENT 'Actor index. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS detail Float64 COMMENT 'Depends on kind. count' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts DateTime64(9) COMMENT 'When' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_session_events;

CREATE MATERIALIZED VIEW load_session_events TO session_events AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS kind,
  w12 AS actor,
  ifNotFinite(reinterpretAsFloat64(w16), 0) AS detail,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0))) AS ts
FROM slots WHERE type = 17;

CREATE TABLE IF NOT EXISTS quotes (
  session UInt64 CODEC(ZSTD(1)),
  segment UInt32 CODEC(ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  venue UInt16 CODEC(ZSTD(1)),
  instrument UInt16 CODEC(ZSTD(1)),
  epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  bid_price Int64 COMMENT 'Best bid. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  bid_qty Int64 COMMENT 'At the best bid. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ask_price Int64 COMMENT 'Best ask. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ask_qty Int64 COMMENT 'At the best ask. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  venue_seq Int64 COMMENT 'Update id (Binance u) or 0. venue\'s sequence' CODEC(Delta, ZSTD(1)),
  ts_venue DateTime64(9) COMMENT 'Venue\'s event time; 0 where it sends none' CODEC(Delta, ZSTD(1)),
  INDEX by_place (segment, ordinal) TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(ts_venue) ORDER BY (session, instrument, ts_venue, segment, ordinal)
COMMENT 'A venue\'s own word on its best bid and ask (Binance bookTicker, Kraken ticker), beside its book. A missing side has price and quantity 0. The book\'s TopOfBook is the merger\'s.';

ALTER TABLE quotes
  ADD COLUMN IF NOT EXISTS epoch UInt16 COMMENT 'The feed\'s life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. count, wraps' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS frame UInt32 COMMENT 'Number of the venue frame that caused this, per feed and session. id' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS bid_price Int64 COMMENT 'Best bid. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS bid_qty Int64 COMMENT 'At the best bid. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ask_price Int64 COMMENT 'Best ask. price, integer at the pair\'s price scale' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ask_qty Int64 COMMENT 'At the best ask. base quantity, integer at the pair\'s quantity scale' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS venue_seq Int64 COMMENT 'Update id (Binance u) or 0. venue\'s sequence' CODEC(Delta, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS ts_venue DateTime64(9) COMMENT 'Venue\'s event time; 0 where it sends none' CODEC(Delta, ZSTD(1));

DROP VIEW IF EXISTS load_quotes;

CREATE MATERIALIZED VIEW load_quotes TO quotes AS SELECT
  session, segment, ordinal, flags, venue, instrument,
  w6 AS epoch,
  w12 AS frame,
  toInt64(ifNotFinite(reinterpretAsFloat64(w16), 0)) AS bid_price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w24), 0)) AS bid_qty,
  toInt64(ifNotFinite(reinterpretAsFloat64(w32), 0)) AS ask_price,
  toInt64(ifNotFinite(reinterpretAsFloat64(w40), 0)) AS ask_qty,
  toInt64(ifNotFinite(reinterpretAsFloat64(w48), 0)) AS venue_seq,
  fromUnixTimestamp64Nano(epoch_ns + toInt64(ifNotFinite(reinterpretAsFloat64(w56), 0))) AS ts_venue
FROM slots WHERE type = 18;
