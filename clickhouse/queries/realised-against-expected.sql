-- title: Realised profit against what the strategies expected of the same baskets, per session and pair
-- param: pair String = '' -- only this pair; empty means all
SELECT
  session,
  pair,
  argMax(p.quote, at) AS asset,
  argMax(p.baskets, at) AS baskets_finished,
  argMax(p.expected, at) AS expected_profit,
  argMax(p.realised, at) AS realised_profit,
  realised_profit - expected_profit AS difference,
  if(expected_profit = 0, NULL, round(100 * toFloat64(realised_profit) / toFloat64(expected_profit), 2)) AS realised_percent,
  argMax(p.fees, at) AS fees_paid,
  argMax(p.unrealised, at) AS unrealised_profit
FROM named_pnl AS p
WHERE session IN {sessions:Array(UInt64)} AND ({pair:String} = '' OR p.pair = {pair:String})
GROUP BY session, pair
ORDER BY session, pair;
