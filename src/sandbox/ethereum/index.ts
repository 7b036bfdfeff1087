/** An Ethereum node with Uniswap pools, as the sandbox has it. */
import type { SandboxVenue } from '../venue.js';
import { ETHEREUM_LIMITS } from './request-rate.js';
import type { EthereumOptions } from './server.js';

/** Its pools follow the fair prices; the matching engine has no books of them. */
export const uniswap: SandboxVenue<EthereumOptions> = {
  id: 'uniswap',
  name: 'Ethereum node with Uniswap v2 and v3 pools',
  fees: { takerPpm: 0n, makerPpm: 0n, from: 'received' },
  firstId: 1,
  character: { lagMs: 0, halfSpreadBps: 0, noiseBps: 0, levelValue: 0, qtyDecimals: 8 },
  quotes: [],
  rules: () => undefined,
  defaults: { limits: ETHEREUM_LIMITS, blockMs: 500 },
  unlimited: { limits: { requestsPerSecond: 1e12, burst: 1e12 } },
  flags: [{ flag: 'uniswap-block-ms', option: 'blockMs', doc: 'from one block of the Ethereum node to the next' }],
  // Loaded when it is wanted: its library takes its time.
  start: async (options) => (await import('./server.js')).startEthereum(options),
};
