/** What a venue's own description of its markets must come out as. */
import { parseScaled } from '../../src/model/decimal.js';
import type { Case } from './case.js';

const STATUSES = ['trading', 'halted', 'cancel-only', 'post-only', 'limit-only', 'delisted'];

export const METADATA_CASES: readonly Case[] = [
  {
    id: 'M1', title: 'markets have canonical assets, tick, step and minimums that are exact',
    run(t, { index, venue, fixture }) {
      t.ok(index.instruments.length > 0);
      for (const { metadata, tick, step, minQty, pair } of index.instruments) {
        t.match(pair.name, /^[A-Z0-9]+-[A-Z0-9]+$/, `${venue.id} ${metadata.symbol}`);
        t.ok(!['XBT', 'XDG', 'WETH', 'WBTC'].includes(metadata.base), `${metadata.base} is a canonical code`);
        t.equal(parseScaled(metadata.tickSize, pair.priceScale), tick);
        t.ok(Number.isSafeInteger(tick) && tick > 0 && Number.isSafeInteger(step) && step > 0 && Number.isSafeInteger(minQty));
        t.ok(STATUSES.includes(metadata.status), metadata.status);
      }
      t.ok(index.instruments.some(({ pair }) => pair.name === `${fixture.base}-${fixture.quote}`));
    },
  },
  {
    id: 'M2', title: 'the account’s own fees are known where the venue tells them',
    run(t, { index }) {
      for (const { takerFeePpm, makerFeePpm } of index.instruments) t.ok(takerFeePpm >= 0 && takerFeePpm < 100_000 && makerFeePpm <= takerFeePpm, `${takerFeePpm} / ${makerFeePpm}`);
    },
  },
  {
    id: 'M3', title: 'delisted, halted and post-only markets are known as such',
    run(t, { venue, fixture }) {
      t.ok(fixture.statuses.length > 0);
      for (const { answers, symbol, status } of fixture.statuses) {
        t.equal(venue.metadata.parse(answers).find((market) => market.symbol === symbol)?.status, status, `${symbol} is ${status}`);
      }
    },
  },
];
