/** Which pools a recording of logs holds. Their tokens are known where the pools are, or from recorded answers of a node to the metadata questions. */
import type { SurveyedMarket, TranscriptSurvey } from '../contract.js';
import { batchResults } from './json-rpc.js';
import { knownPool } from './known-pools.js';
import { readLog, type PoolLog } from './log.js';
import { poolMarket, uniswapMetadata } from './metadata.js';

const decoder = new TextDecoder();

export class UniswapSurvey implements TranscriptSurvey {
  /** By pool: token1 per token0 in base units, as first seen; 0 = not yet. */
  private readonly prices = new Map<string, number>();
  private readonly bodies: string[] = [];

  onFrame(bytes: Uint8Array, length: number): void {
    let message: { params?: { result?: unknown } } | null;
    try {
      message = JSON.parse(decoder.decode(bytes.subarray(0, length))) as typeof message;
    } catch {
      return;
    }
    const log = readLog(message?.params?.result ?? message);
    if (log === null || log === undefined) return;
    if ((this.prices.get(log.pool) ?? 0) === 0) this.prices.set(log.pool, priceIn(log));
  }

  onResponse(_url: string | undefined, body: string): void {
    if (batchResults(body) !== undefined) this.bodies.push(body);
  }

  markets(): SurveyedMarket[] {
    const told = this.told();
    return [...this.prices].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([address, rawPrice]): SurveyedMarket[] => {
      const fromVenue = told.get(address);
      if (fromVenue !== undefined) return [fromVenue];
      const known = knownPool(address);
      return known === undefined ? [] : [{ metadata: poolMarket(address, known.tokens, known.facts, rawPrice), fromVenue: true }];
    });
  }

  /** Nothing is asked by request. */
  answers(): boolean {
    return false;
  }

  private told(): Map<string, SurveyedMarket> {
    try {
      return new Map(uniswapMetadata.parse(this.bodies).map((metadata) => [metadata.symbol, { metadata, fromVenue: true }]));
    } catch {
      return new Map();
    }
  }
}

function priceIn({ event }: PoolLog): number {
  if (event.kind === 'sync') return Number(event.reserve1) / Number(event.reserve0);
  return event.kind === 'swap' && event.after !== undefined ? (Number(event.after.price) / 2 ** 96) ** 2 : 0;
}
