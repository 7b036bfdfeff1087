/** The venues the sandbox can be. A new one is a folder and one line here. */
import { binance } from './binance/index.js';
import { bybit } from './bybit/index.js';
import { coinbase } from './coinbase/index.js';
import { uniswap } from './ethereum/index.js';
import { kraken } from './kraken/index.js';
import { okx } from './okx/index.js';
import type { SandboxVenue } from './venue.js';

export const SANDBOX_VENUES: readonly SandboxVenue[] = [
  binance,
  kraken,
  bybit,
  coinbase,
  okx,
  uniswap,
];
