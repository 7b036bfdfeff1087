/** A slot is one cache line. `ring` knows bytes only, so it does not take this from the record schema; a test holds the two equal. */
export const SLOT_BYTES = 64;
