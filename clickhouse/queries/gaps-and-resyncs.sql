-- title: Gaps and resyncs: why books were lost, how often, and for how long
-- param: venue String = '' -- only this venue; empty means all
SELECT
  venue,
  symbol,
  countIf(lost) AS times_lost,
  countIf(lost AND reason = 'GAP') AS gaps,
  countIf(lost AND reason = 'CHECKSUM') AS checksum_failures,
  countIf(lost AND reason = 'STALL') AS stalls,
  countIf(lost AND reason = 'RECONNECT') AS reconnects,
  countIf(lost AND reason NOT IN ('GAP', 'CHECKSUM', 'STALL', 'RECONNECT')) AS other_reasons,
  countIf(state = 'IN_SYNC') AS times_synced,
  round(sumIf(lasted_ns, state != 'IN_SYNC') / 1000000, 3) AS out_of_sync_ms,
  round(maxIf(lasted_ns, state != 'IN_SYNC') / 1000000, 3) AS longest_ms
FROM (
  SELECT
    b.venue AS venue,
    b.symbol AS symbol,
    b.state AS state,
    b.reason AS reason,
    state != 'IN_SYNC' AND lagInFrame(state, 1, '') OVER by_book = 'IN_SYNC' AS lost,
    toUnixTimestamp64Nano(leadInFrame(at, 1, at) OVER by_book) - toUnixTimestamp64Nano(at) AS lasted_ns
  FROM named_book_status AS b
  WHERE session IN {sessions:Array(UInt64)} AND ({venue:String} = '' OR b.venue = {venue:String})
  WINDOW by_book AS (PARTITION BY session, b.venue, b.symbol ORDER BY segment, ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
GROUP BY venue, symbol
ORDER BY times_lost DESC, venue, symbol;
