/** What is fuzzed: every venue's decoder on its recorded frames, and the feed of pools on recorded logs. */
import { readLogs } from '../fixtures/uniswap-captures.js';
import type { Random } from './mutate.js';
import { PoolFuzz } from './pools.js';
import { Fuzz, readChain } from './run.js';
import { SUBJECTS } from './subjects.js';

export interface FuzzRun {
  readonly venue: string;
  /** Where its material is below the captures. */
  readonly capture: string;
  /** @param path of the capture */
  open(path: string, random: Random): Promise<Pick<Fuzz, 'run'>>;
}

export const RUNS: readonly FuzzRun[] = [
  ...SUBJECTS.map((subject): FuzzRun => ({ venue: subject.venue, capture: subject.capture, open: async (path, random) => new Fuzz(subject, await readChain(subject, path), random) })),
  { venue: 'uniswap', capture: 'demeter-fetch/uniswap-v3/USDC-WETH-500.2024-01-05.logs.jsonl.gz', open: (path, random) => Promise.resolve(new PoolFuzz(readLogs(path), random)) },
];
