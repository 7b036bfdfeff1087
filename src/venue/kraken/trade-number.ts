/** 52 bits of an execution's id, which channel and REST both tell; the public trade's number only where the id is missing. */
export function tradeNumber(executionId: string, tradeId: string): number {
  if (executionId === '') return Number(tradeId);
  let high = 0x811c9dc5;
  let low = 0x1b873593;
  for (let i = 0; i < executionId.length; i++) {
    high = Math.imul(high ^ executionId.charCodeAt(i), 0x01000193);
    low = Math.imul(low ^ executionId.charCodeAt(i), 0x85ebca6b);
  }
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}
