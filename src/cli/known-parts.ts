/** What the configuration may name: everything that is registered. */
import { SANDBOX_VENUES } from '../sandbox/registry.js';
import { STRATEGIES } from '../strategy/registry.js';
import { RingsideError } from '../model/errors.js';
import { exchangeOf } from '../venue/driven.js';
import { venueById, VENUES } from '../venue/registry.js';
import type { KnownParts, OtherVenue } from '../config/config.js';

export const KNOWN_PARTS: KnownParts = { venues: VENUES.map(({ id }) => id), sandboxVenues: SANDBOX_VENUES.map(({ id }) => id), otherVenue, strategies: STRATEGIES };

/** `client:exchange`. */
function otherVenue(id: string): OtherVenue | undefined {
  if (!id.includes(':')) return undefined;
  try {
    return { exchange: exchangeOf(venueById(id)) };
  } catch (error) {
    if (!(error instanceof RingsideError)) throw error;
    return { problem: `${error.message}. ${error.fix ?? ''}`.trimEnd() };
  }
}
