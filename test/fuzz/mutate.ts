/** Ways in which a frame can be wrong: cut, flipped, retyped, blown up, doubled, nested, or no text at all. */

const ALPHABET = '0123456789.,:"[]{}eE+-\\ \n\tabUuspdnull';
const HUGE = ['1e400', '-0', '9'.repeat(40), '0.' + '1'.repeat(40), '123456789012345678.5', '00.5', '1.', '.5', '1e-400', '9007199254740993', '-1', '0x10', 'NaN', 'Infinity'];
const OTHER = ['null', 'true', '{}', '[]', '""', '"x"', '[[]]', '{"a":1}', '"\\u0000"', '"\\ud800"'];
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export type Random = () => number;

/** One to four mistakes in a frame. */
export function mutate(text: string, random: Random): string {
  const below = (n: number): number => Math.floor(random() * n);
  for (let left = 1 + below(4); left > 0; left--) text = once(text, below);
  return text;
}

function once(text: string, below: (n: number) => number): string {
  const at = below(text.length + 1);
  switch (below(12)) {
    case 0: return text.slice(0, at);
    case 1: return text.slice(0, at) + ALPHABET[below(ALPHABET.length)] + text.slice(at + 1);
    case 2: return text.slice(0, at) + text.slice(at + 1);
    case 3: return text.slice(0, at) + ALPHABET[below(ALPHABET.length)] + text.slice(at);
    case 4: return replaceNumber(text, HUGE[below(HUGE.length)], below);
    case 5: return replaceNumber(text, OTHER[below(OTHER.length)], below);
    case 6: return replaceNumber(text, String(below(1e9) / 10 ** below(9)), below);
    case 7: return text.slice(0, at) + text.slice(Math.max(0, at - below(80)));
    case 8: return doubleKey(text, below);
    case 9: return text.slice(0, at) + '['.repeat(below(60)) + text.slice(at);
    case 10: return text.slice(0, at) + String.fromCharCode(below(256), below(65_536), below(32)) + text.slice(at);
    default: return swapKeys(text, below);
  }
}

function replaceNumber(text: string, by: string, below: (n: number) => number): string {
  const found = [...text.matchAll(NUMBER)];
  if (found.length === 0) return text + by;
  const { index, 0: number } = found[below(found.length)];
  return text.slice(0, index) + by + text.slice(index + number.length);
}

/** A key of some object once more, with another value. */
function doubleKey(text: string, below: (n: number) => number): string {
  const keys = [...text.matchAll(/"(\w+)":/g)];
  if (keys.length === 0) return text;
  const { index, 0: key } = keys[below(keys.length)];
  return `${text.slice(0, index)}${key}${OTHER[below(OTHER.length)]},${text.slice(index)}`;
}

/** Two keys that change names. */
function swapKeys(text: string, below: (n: number) => number): string {
  const keys = [...text.matchAll(/"(\w+)":/g)];
  if (keys.length < 2) return text;
  const first = keys[below(keys.length - 1)];
  const second = keys.find(({ index, 1: name }) => index > first.index && name !== first[1]);
  if (second === undefined) return text;
  return text.slice(0, first.index) + second[0] + text.slice(first.index + first[0].length, second.index) + first[0] + text.slice(second.index + second[0].length);
}
