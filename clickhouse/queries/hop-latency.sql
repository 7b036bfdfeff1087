-- title: Latency percentiles of each hop: the typical interval and the worst one
-- param: hop String = '' -- only this hop, such as RECV_TO_SENT; empty means all
-- Percentiles of intervals cannot be merged into one percentile: typical is the median of the intervals, weighted by their samples.
SELECT
  h.hop AS hop,
  sum(h.count) AS samples,
  quantileExactWeighted(0.5)(h.p50_ns, h.count) AS p50_ns_typical,
  quantileExactWeighted(0.5)(h.p90_ns, h.count) AS p90_ns_typical,
  quantileExactWeighted(0.5)(h.p99_ns, h.count) AS p99_ns_typical,
  max(h.p99_ns) AS p99_ns_worst,
  quantileExactWeighted(0.5)(h.p999_ns, h.count) AS p999_ns_typical,
  max(h.max_ns) AS max_ns,
  count() AS intervals
FROM named_hop_latency AS h
WHERE session IN {sessions:Array(UInt64)} AND ({hop:String} = '' OR h.hop = {hop:String}) AND h.count > 0
GROUP BY hop
ORDER BY min(h.hop_code);
