/** What the configuration may name: everything that is registered. */
import { STRATEGIES } from '../strategy/registry.js';
import { VENUES } from '../venue/registry.js';
import type { KnownParts } from '../config/config.js';

export const KNOWN_PARTS: KnownParts = { venues: VENUES.map(({ id }) => id), strategies: STRATEGIES };
