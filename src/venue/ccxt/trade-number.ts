import { hashOf } from '../text-hash.js';

/** A trade's id as a number: itself where it is one, else 52 bits of it; 0 where the exchange gives none. */
export function tradeNumber(id: string | undefined): number {
  if (id === undefined || id === '') return 0;
  return /^\d{1,15}$/.test(id) ? Number(id) : hashOf(id);
}
