/**
 * What a strategy is: records of the market ring in; OrderIntent and Opportunity records out. Deterministic: its only
 * time is the tsRecvNs of the records, its only input the records and its configuration, so that the same records give
 * the same intents in the engine, in a replay and in a test.
 */
import type { z } from 'zod';
import type { InstrumentIndex } from '../model/instrument.js';
import type { RecordSink, SlotViews } from '../record/slot.js';

export interface Strategy {
  /** One record of the market ring. Records of kinds it does not know are passed over. */
  onRecord(views: SlotViews, at: number): void;
  /** Counts since it was made, for screens. */
  stats(): Record<string, number>;
}

export interface StrategyContext {
  readonly index: InstrumentIndex;
  /** Where intents go. A basket is flushed whole or not at all. */
  readonly sink: RecordSink;
  /** The number its records carry: its place in the configuration. */
  readonly strategyIndex: number;
  /** Opportunity ids start here (1 when absent): a successor of a dead strategy starts above its predecessor's. */
  readonly firstOpportunityId?: number;
}

/** One line of the registry. */
export interface StrategyDefinition<Schema extends z.ZodType = z.ZodType> {
  readonly id: string;
  /** What stands beside `id` in the configuration; every field has a default. */
  readonly configSchema: Schema;
  create(config: z.output<Schema>, context: StrategyContext): Strategy;
}
