/** The strategies this engine runs. A new one is one file and one line here. */
import { RingsideError } from '../model/errors.js';
import type { Strategy, StrategyContext, StrategyDefinition } from './contract.js';
import { crossVenue } from './cross-venue.js';

export const STRATEGIES: readonly StrategyDefinition[] = [crossVenue];

/**
 * A strategy by its id, its configuration checked.
 * @throws RingsideError UNKNOWN_STRATEGY, STRATEGY_CONFIG
 */
export function createStrategy(id: string, config: unknown, context: StrategyContext): Strategy {
  const definition = STRATEGIES.find((candidate) => candidate.id === id);
  if (definition === undefined) throw new RingsideError('UNKNOWN_STRATEGY', `there is no strategy "${id}"`, { fix: `Use one of: ${STRATEGIES.map((known) => known.id).join(', ')}.` });
  const parsed = definition.configSchema.safeParse(config);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new RingsideError('STRATEGY_CONFIG', issue.message, { where: `strategy ${id}, ${issue.path.join('.')}`, fix: 'Every field of it is described in docs/configuration.md.' });
  }
  return definition.create(parsed.data, context);
}
