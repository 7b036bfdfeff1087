/** Ethereum's hexadecimal text: quantities, 32-byte words of calls and logs, addresses. Bad text is told, never thrown. */

const WORD_CHARS = 64;
const HEX = /^0x[0-9a-fA-F]*$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const HASH = /^0x[0-9a-fA-F]{64}$/;
const QUANTITY = /^0x[0-9a-fA-F]{1,64}$/;

/** A quantity as a number; undefined where the text is none or exceeds 2^53. */
export function quantityOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || !QUANTITY.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A quantity of any size up to 256 bits. */
export function bigQuantityOf(text: unknown): bigint | undefined {
  return typeof text === 'string' && QUANTITY.test(text) ? BigInt(text) : undefined;
}

export function quantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** Whether this is the text of whole words, at least `least` of them. */
export function holdsWords(data: unknown, least: number): data is string {
  return typeof data === 'string' && data.length >= 2 + least * WORD_CHARS && (data.length - 2) % WORD_CHARS === 0 && HEX.test(data);
}

/** Word i, unsigned. @param data as `holdsWords` says */
export function uintAt(data: string, i: number): bigint {
  return BigInt(`0x${data.slice(2 + i * WORD_CHARS, 2 + (i + 1) * WORD_CHARS)}`);
}

/** Word i as two's complement. */
export function intAt(data: string, i: number): bigint {
  return BigInt.asIntN(256, uintAt(data, i));
}

/** The address in the last 20 bytes of word i, lower case. */
export function addressAt(data: string, i: number): string {
  return `0x${data.slice(2 + i * WORD_CHARS + 24, 2 + (i + 1) * WORD_CHARS)}`.toLowerCase();
}

/** Text that a function returned as `string`, or as `bytes32` (old tokens); undefined where it is neither. */
export function textIn(data: unknown): string | undefined {
  if (!holdsWords(data, 1)) return undefined;
  if (data.length === 2 + WORD_CHARS) return readable(data.slice(2).replace(/(00)+$/, ''));
  const length = uintAt(data, 1);
  if (uintAt(data, 0) !== 32n || length > 64n) return undefined;
  return readable(data.slice(2 + 2 * WORD_CHARS, 2 + 2 * WORD_CHARS + Number(length) * 2));
}

function readable(hex: string): string {
  return (hex.match(/../g) ?? []).map((byte) => String.fromCharCode(Number(`0x${byte}`))).join('');
}

/** A lower-case address; undefined where the text is none. */
export function addressOf(text: unknown): string | undefined {
  return typeof text === 'string' && ADDRESS.test(text) ? text.toLowerCase() : undefined;
}

/** A lower-case hash of 32 bytes; undefined where the text is none. */
export function hashOf(text: unknown): string | undefined {
  return typeof text === 'string' && HASH.test(text) ? text.toLowerCase() : undefined;
}

/** One argument of a call: a number in two's complement, or an address. */
export function word(value: bigint | number | string): string {
  return BigInt.asUintN(256, BigInt(value)).toString(16).padStart(WORD_CHARS, '0');
}
