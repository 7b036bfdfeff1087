/** What the engine knows of the sandbox before it starts one. */
import t from 'tap';
import { checkInSandbox } from '../../actors/sandbox-process.js';

t.test('venues the sandbox does not have are named together, with those it has and the way out', async (t) => {
  await t.rejects(checkInSandbox(['binance', 'binance-usdm', 'kucoin']), {
    code: 'NOT_IN_SANDBOX', message: /no venue binance-usdm, kucoin$/, fix: /binance, kraken, .*--mode paper/,
  });
  await t.resolves(checkInSandbox(['binance', 'uniswap']));
});
