-- Generated from src/record/schema.ts by `npm run generate`. Do not edit.
-- repeatable

CREATE OR REPLACE VIEW named_book_deltas AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_recv AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  if(bitTest(t.flags, 3), 'sell', 'buy') AS side,
  t.epoch AS epoch,
  t.frame AS frame,
  toDecimal128(t.price, 18) / intExp10(i.price_scale) AS price,
  toDecimal128(t.qty, 18) / intExp10(i.qty_scale) AS qty,
  t.venue_seq AS venue_seq,
  t.ts_venue AS ts_venue
FROM book_deltas AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_trades AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_recv AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  if(bitTest(t.flags, 3), 'sell', 'buy') AS side,
  t.epoch AS epoch,
  t.frame AS frame,
  toDecimal128(t.price, 18) / intExp10(i.price_scale) AS price,
  toDecimal128(t.qty, 18) / intExp10(i.qty_scale) AS qty,
  t.trade_id AS trade_id,
  t.ts_venue AS ts_venue
FROM trades AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_book_status AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_recv AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  t.epoch AS epoch,
  t.state AS state_code,
  transform(t.state, [0, 1, 2, 3], ['OUT_OF_SYNC', 'SYNCING', 'IN_SYNC', 'HALTED'], toString(t.state)) AS state,
  t.reason AS reason_code,
  transform(t.reason, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], ['NONE', 'START', 'GAP', 'CHECKSUM', 'STALL', 'RECONNECT', 'SNAPSHOT_TOO_OLD', 'MALFORMED', 'RING_FULL', 'REJECTED', 'OUT_OF_RANGE', 'DUPLICATE', 'CROSSED', 'HALTED'], toString(t.reason)) AS reason,
  t.expected_seq AS expected_seq,
  t.actual_seq AS actual_seq,
  t.resyncs AS resyncs,
  t.frames AS frames
FROM book_status AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_venue_status AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  t.epoch AS epoch,
  t.state AS state_code,
  transform(t.state, [0, 1, 2, 3, 4], ['DOWN', 'CONNECTING', 'UP', 'MAINTENANCE', 'STOPPED'], toString(t.state)) AS state,
  t.channel AS channel_code,
  transform(t.channel, [0, 1], ['FEED', 'GATEWAY'], toString(t.channel)) AS channel,
  t.reason AS reason_code,
  transform(t.reason, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], ['NONE', 'START', 'CLOSED', 'ERROR', 'STALL', 'AGE', 'SHUTDOWN_ANNOUNCED', 'RATE_LIMITED', 'AUTH', 'METADATA', 'PROTOCOL'], toString(t.reason)) AS reason,
  t.attempts AS attempts,
  t.backoff_ns AS backoff_ns
FROM venue_status AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_ticks AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_recv AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  t.epoch AS epoch,
  t.frame AS frame,
  toDecimal128(t.bid_price, 18) / intExp10(i.price_scale) AS bid_price,
  toDecimal128(t.bid_qty, 18) / intExp10(i.qty_scale) AS bid_qty,
  toDecimal128(t.ask_price, 18) / intExp10(i.price_scale) AS ask_price,
  toDecimal128(t.ask_qty, 18) / intExp10(i.qty_scale) AS ask_qty,
  t.ts_venue AS ts_venue
FROM ticks AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_crossed_markets AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_recv AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  s.venue_name AS sell_venue,
  s.symbol AS sell_symbol,
  t.frame AS frame,
  toDecimal128(t.ask_price, 18) / intExp10(i.price_scale) AS ask_price,
  toDecimal128(t.bid_price, 18) / intExp10(i.price_scale) AS bid_price,
  t.levels AS levels
FROM crossed_markets AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue
LEFT ANY JOIN instruments AS s ON s.session = t.session AND s.instrument_index = t.sell_instrument;

CREATE OR REPLACE VIEW named_crossed_levels AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_recv AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  if(bitTest(t.flags, 3), 'sell', 'buy') AS side,
  t.depth AS depth,
  t.frame AS frame,
  toDecimal128(t.price, 18) / intExp10(i.price_scale) AS price,
  toDecimal128(t.qty, 18) / intExp10(i.qty_scale) AS qty
FROM crossed_levels AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_opportunities AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_cause AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  s.venue_name AS sell_venue,
  s.symbol AS sell_symbol,
  t.opportunity_id AS opportunity_id,
  t.kind AS kind_code,
  transform(t.kind, [0, 1, 2, 3], ['OPENED', 'CHANGED', 'CLOSED', 'TAKEN'], toString(t.kind)) AS kind,
  t.strategy AS strategy,
  t.frame AS frame,
  toDecimal128(t.qty, 18) / intExp10(i.qty_scale) AS qty,
  toDecimal128(t.buy_price, 18) / intExp10(i.price_scale) AS buy_price,
  toDecimal128(t.sell_price, 18) / intExp10(i.price_scale) AS sell_price,
  toDecimal128(t.expected_profit, 8) / 100000000 AS expected_profit
FROM opportunities AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue
LEFT ANY JOIN instruments AS s ON s.session = t.session AND s.instrument_index = t.sell_instrument;

CREATE OR REPLACE VIEW named_order_intents AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_cause AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  if(bitTest(t.flags, 3), 'sell', 'buy') AS side,
  t.strategy AS strategy,
  t.leg AS leg,
  t.opportunity_id AS opportunity_id,
  t.legs AS legs,
  t.tif AS tif_code,
  transform(t.tif, [0, 1, 2], ['GTC', 'IOC', 'FOK'], toString(t.tif)) AS tif,
  t.frame AS frame,
  toDecimal128(t.price, 18) / intExp10(i.price_scale) AS price,
  toDecimal128(t.qty, 18) / intExp10(i.qty_scale) AS qty,
  toDecimal128(t.expected_profit, 8) / 100000000 AS expected_profit
FROM order_intents AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_order_commands AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_cause AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  if(bitTest(t.flags, 3), 'sell', 'buy') AS side,
  t.action AS action_code,
  transform(t.action, [0, 1, 2, 3, 4], ['NEW', 'CANCEL', 'QUERY', 'CANCEL_ALL', 'BALANCES'], toString(t.action)) AS action,
  t.tif AS tif_code,
  transform(t.tif, [0, 1, 2], ['GTC', 'IOC', 'FOK'], toString(t.tif)) AS tif,
  t.order_id AS order_id,
  t.basket_id AS basket_id,
  t.frame AS frame,
  toDecimal128(t.price, 18) / intExp10(i.price_scale) AS price,
  toDecimal128(t.qty, 18) / intExp10(i.qty_scale) AS qty,
  t.ts_decided AS ts_decided,
  t.venue_order_id AS venue_order_id
FROM order_commands AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_execution_reports AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_recv AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  t.reason AS reason_code,
  transform(t.reason, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 80, 81], ['NONE', 'INSUFFICIENT_FUNDS', 'BAD_PRICE', 'BAD_QTY', 'BAD_NOTIONAL', 'RATE_LIMITED', 'DUPLICATE_ID', 'UNKNOWN_SYMBOL', 'MARKET_CLOSED', 'AUTH', 'CLOCK', 'VENUE_OTHER', 'WOULD_MATCH', 'UNKNOWN_ORDER', 'RISK_MAX_ORDER', 'RISK_MAX_POSITION', 'RISK_BALANCE', 'RISK_NOT_IN_SYNC', 'RISK_STALE', 'RISK_RATE', 'RISK_KILLED', 'RISK_MIN_NOTIONAL', 'RISK_MAX_LOSS', 'RISK_OPEN_ORDERS', 'RISK_GATEWAY_DOWN', 'RISK_JOURNAL_DOWN', 'RISK_LEG_IN_FLIGHT', 'RISK_PRICE_COLLAR', 'RISK_STEP', 'RISK_TICK', 'RISK_NOT_READY', 'RISK_MALFORMED', 'NOT_SENT', 'NEVER_ARRIVED'], toString(t.reason)) AS reason,
  t.order_id AS order_id,
  t.kind AS kind_code,
  transform(t.kind, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], ['ACK', 'REJECTED', 'CANCELLED', 'EXPIRED', 'FILLED', 'PARTIAL', 'UNKNOWN', 'NOT_FOUND', 'OPEN', 'CANCEL_REJECTED'], toString(t.kind)) AS kind,
  t.attempt AS attempt,
  toDecimal128(t.cum_qty, 18) / intExp10(i.qty_scale) AS cum_qty,
  t.venue_order_id AS venue_order_id,
  t.ts_sent AS ts_sent,
  t.ts_venue AS ts_venue
FROM execution_reports AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_fills AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_recv AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  if(bitTest(t.flags, 3), 'sell', 'buy') AS side,
  a.code AS fee_asset,
  t.order_id AS order_id,
  t.trade_id AS trade_id,
  toDecimal128(t.price, 18) / intExp10(i.price_scale) AS price,
  toDecimal128(t.qty, 18) / intExp10(i.qty_scale) AS qty,
  toDecimal128(t.quote_amount, 8) / 100000000 AS quote_amount,
  toDecimal128(t.fee, 8) / 100000000 AS fee
FROM fills AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue
LEFT ANY JOIN assets AS a ON a.session = t.session AND a.asset_index = t.fee_asset
LIMIT 1 BY t.session, t.venue, t.trade_id, t.order_id;

CREATE OR REPLACE VIEW named_orders AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  if(bitTest(t.flags, 3), 'sell', 'buy') AS side,
  t.reason AS reason_code,
  transform(t.reason, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 80, 81], ['NONE', 'INSUFFICIENT_FUNDS', 'BAD_PRICE', 'BAD_QTY', 'BAD_NOTIONAL', 'RATE_LIMITED', 'DUPLICATE_ID', 'UNKNOWN_SYMBOL', 'MARKET_CLOSED', 'AUTH', 'CLOCK', 'VENUE_OTHER', 'WOULD_MATCH', 'UNKNOWN_ORDER', 'RISK_MAX_ORDER', 'RISK_MAX_POSITION', 'RISK_BALANCE', 'RISK_NOT_IN_SYNC', 'RISK_STALE', 'RISK_RATE', 'RISK_KILLED', 'RISK_MIN_NOTIONAL', 'RISK_MAX_LOSS', 'RISK_OPEN_ORDERS', 'RISK_GATEWAY_DOWN', 'RISK_JOURNAL_DOWN', 'RISK_LEG_IN_FLIGHT', 'RISK_PRICE_COLLAR', 'RISK_STEP', 'RISK_TICK', 'RISK_NOT_READY', 'RISK_MALFORMED', 'NOT_SENT', 'NEVER_ARRIVED'], toString(t.reason)) AS reason,
  t.order_id AS order_id,
  t.basket_id AS basket_id,
  t.state AS state_code,
  transform(t.state, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], ['NEW', 'SENT', 'ACKED', 'PARTIALLY_FILLED', 'FILLED', 'CANCELLED', 'EXPIRED', 'REJECTED', 'UNKNOWN', 'REFUSED', 'CANCEL_SENT'], toString(t.state)) AS state,
  t.tif AS tif_code,
  transform(t.tif, [0, 1, 2], ['GTC', 'IOC', 'FOK'], toString(t.tif)) AS tif,
  t.leg AS leg,
  t.strategy AS strategy,
  toDecimal128(t.price, 18) / intExp10(i.price_scale) AS price,
  toDecimal128(t.qty, 18) / intExp10(i.qty_scale) AS qty,
  toDecimal128(t.cum_qty, 18) / intExp10(i.qty_scale) AS cum_qty,
  toDecimal128(t.cum_quote, 8) / 100000000 AS cum_quote
FROM orders AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_balances AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  a.code AS asset,
  t.kind AS kind_code,
  transform(t.kind, [0, 1, 2], ['OPENING', 'ENGINE', 'VENUE'], toString(t.kind)) AS kind,
  toDecimal128(t.total, 8) / 100000000 AS total,
  toDecimal128(t.venue_total, 8) / 100000000 AS venue_total,
  toDecimal128(t.held, 8) / 100000000 AS held
FROM balances AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue
LEFT ANY JOIN assets AS a ON a.session = t.session AND a.asset_index = t.asset;

CREATE OR REPLACE VIEW named_pnl AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts AS at,
  p.name AS pair,
  p.quote AS quote,
  t.baskets AS baskets,
  toDecimal128(t.realised, 8) / 100000000 AS realised,
  toDecimal128(t.unrealised, 8) / 100000000 AS unrealised,
  toDecimal128(t.fees, 8) / 100000000 AS fees,
  toDecimal128(t.expected, 8) / 100000000 AS expected
FROM pnl AS t
LEFT ANY JOIN pairs AS p ON p.session = t.session AND p.pair_index = t.pair
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_hop_latency AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  t.hop AS hop_code,
  transform(t.hop, [0, 1, 2, 3, 4, 5, 6, 7], ['VENUE_TO_RECV', 'RECV_TO_PUBLISH', 'RECV_TO_MERGED', 'RECV_TO_DECIDED', 'RECV_TO_APPROVED', 'RECV_TO_SENT', 'SENT_TO_ACK', 'SENT_TO_FILL'], toString(t.hop)) AS hop,
  t.count AS count,
  t.p50_ns AS p50_ns,
  t.p90_ns AS p90_ns,
  t.p99_ns AS p99_ns,
  t.p999_ns AS p999_ns,
  t.max_ns AS max_ns
FROM hop_latency AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_session_events AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  t.kind AS kind_code,
  transform(t.kind, [1, 2, 3, 4, 5, 6, 7, 8], ['STARTED', 'STOPPING', 'WORKER_DIED', 'WORKER_BACK', 'KILL_SWITCH', 'JOURNAL_DOWN', 'JOURNAL_UP', 'RECONCILED'], toString(t.kind)) AS kind,
  t.actor AS actor,
  t.detail AS detail
FROM session_events AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;

CREATE OR REPLACE VIEW named_quotes AS SELECT
  t.session AS session,
  t.segment AS segment,
  t.ordinal AS ordinal,
  t.flags AS flags,
  t.ts_venue AS at,
  v.name AS venue,
  i.symbol AS symbol,
  i.pair AS pair,
  i.base AS base,
  i.quote AS quote,
  t.epoch AS epoch,
  t.frame AS frame,
  toDecimal128(t.bid_price, 18) / intExp10(i.price_scale) AS bid_price,
  toDecimal128(t.bid_qty, 18) / intExp10(i.qty_scale) AS bid_qty,
  toDecimal128(t.ask_price, 18) / intExp10(i.price_scale) AS ask_price,
  toDecimal128(t.ask_qty, 18) / intExp10(i.qty_scale) AS ask_qty,
  t.venue_seq AS venue_seq
FROM quotes AS t
LEFT ANY JOIN instruments AS i ON i.session = t.session AND i.instrument_index = t.instrument
LEFT ANY JOIN venues AS v ON v.session = t.session AND v.venue_index = t.venue;
