-- title: Fills by venue: quantity, average price, fees, share of maker fills
-- param: venue String = '' -- only this venue; empty means all
SELECT
  f.venue AS venue,
  f.symbol AS symbol,
  f.side AS side,
  count() AS fills,
  uniqExact(session, order_id) AS orders,
  sum(f.qty) AS quantity,
  any(base) AS quantity_asset,
  sum(f.quote_amount) AS amount,
  any(quote) AS amount_asset,
  round(toFloat64(amount) / toFloat64(quantity), 8) AS average_price,
  sum(f.fee) AS fees,
  f.fee_asset AS fees_asset,
  round(100 * countIf(bitTest(flags, 4)) / fills, 1) AS maker_percent
FROM named_fills AS f
WHERE session IN {sessions:Array(UInt64)} AND ({venue:String} = '' OR f.venue = {venue:String})
GROUP BY venue, symbol, side, fees_asset
ORDER BY venue, symbol, side, fees_asset;
