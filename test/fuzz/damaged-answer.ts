/** Whether a damaged answer of a node is one that nobody can tell from a sound one. */

const HEX = /^0x[0-9a-fA-F]*$/;
const WORD_CHARS = 64;
const QUANTITY_CHARS_MAX = 18;

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isHex = (value: unknown, chars?: number): boolean => typeof value === 'string' && HEX.test(value) && (chars === undefined ? value.length > 2 : value.length === 2 + chars);

function isHead(value: Json): boolean {
  return isHex(value.hash, WORD_CHARS) && isHex(value.parentHash, WORD_CHARS) && isHex(value.number) && isHex(value.timestamp);
}

function isLog(value: unknown): boolean {
  return isJson(value) && isHex(value.address, 40) && isHex(value.blockNumber) && isHex(value.logIndex) && (value.blockHash === undefined || isHex(value.blockHash, WORD_CHARS)) && Array.isArray(value.topics);
}

export function parsed(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param sound the answer before it was damaged; of notifications nothing need be believed, the node's answers correct them */
export function isBelievable(text: string, sound: string): boolean {
  const [now, before] = [parsed(text), parsed(sound)!];
  if (now === undefined || before.id === undefined || now.method !== undefined) return false;
  if (now.id !== before.id) return typeof now.id === 'number';
  const { result, error } = now;
  if ((error !== undefined && error !== null) || JSON.stringify(result) === JSON.stringify(before.result)) return false;
  if (typeof result === 'string') return isHex(result) && (result.length <= QUANTITY_CHARS_MAX || (result.length - 2) % WORD_CHARS === 0);
  if (Array.isArray(result)) return result.every(isLog);
  return isJson(result) && isHead(result);
}

/** Whether a damaged head tells other fees than it did. */
export function tellsOtherFees(text: string, sound: string): boolean {
  const fees = (frame: string): string | undefined => {
    const params = parsed(frame)?.params;
    const head = isJson(params) ? params.result : undefined;
    return isJson(head) && isHead(head) ? JSON.stringify([head.baseFeePerGas, head.gasUsed, head.gasLimit]) : undefined;
  };
  const [now, before] = [fees(text), fees(sound)];
  return now !== undefined && now !== before;
}
