import { hashOf } from '../text-hash.js';

/** Of the execution's id, which channel and REST both tell; the public trade's number only where the id is missing. */
export function tradeNumber(executionId: string, tradeId: string): number {
  return executionId === '' ? Number(tradeId) : hashOf(executionId);
}
