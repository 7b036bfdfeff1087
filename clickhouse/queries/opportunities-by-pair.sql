-- title: Opportunities by pair: how many opened, how many the strategy took, how long the others lasted, what they promised
-- param: pair String = '' -- only this pair; empty means all
SELECT
  pair,
  buy_venue,
  sell_venue,
  count() AS opportunities,
  countIf(was_taken) AS taken,
  round(quantileExactIf(0.5)(lifetime_ms, was_closed), 3) AS median_lifetime_ms,
  round(quantileExactIf(0.9)(lifetime_ms, was_closed), 3) AS p90_lifetime_ms,
  max(best_profit) AS best_expected_profit,
  sumIf(best_profit, was_taken) AS expected_profit_taken,
  any(quote_asset) AS profit_asset
FROM (
  SELECT
    session,
    strategy,
    opportunity_id,
    any(o.pair) AS pair,
    any(o.venue) AS buy_venue,
    any(o.sell_venue) AS sell_venue,
    any(o.quote) AS quote_asset,
    countIf(kind = 'TAKEN') > 0 AS was_taken,
    countIf(kind = 'CLOSED') > 0 AS was_closed,
    (toUnixTimestamp64Nano(max(at)) - toUnixTimestamp64Nano(min(at))) / 1000000 AS lifetime_ms,
    max(o.expected_profit) AS best_profit
  FROM named_opportunities AS o
  WHERE session IN {sessions:Array(UInt64)} AND ({pair:String} = '' OR o.pair = {pair:String})
  GROUP BY session, strategy, opportunity_id
)
GROUP BY pair, buy_venue, sell_venue
ORDER BY opportunities DESC, pair, buy_venue, sell_venue;
