import t from 'tap';
import { parseDecimal } from '../../src/model/decimal.js';
import { scanLevels } from '../../src/venue/level-array.js';
import { LevelChanges } from '../../src/venue/level-changes.js';
import * as scan from '../../src/venue/scan.js';
import { scanInteger, scanScaled } from '../../src/venue/scan-number.js';
import { scanIsoTime, splitEpoch } from '../../src/venue/scan-time.js';
import { SymbolTable } from '../../src/venue/symbol-table.js';

const { bytesOf, scanned, bounds, MALFORMED, TOO_PRECISE, OUT_OF_RANGE, DONE } = scan;

function scaled(text: string, decimals: number): number | string {
  const bytes = bytesOf(text);
  const next = scanScaled(bytes, 0, bytes.length, decimals);
  if (next < 0) return next === MALFORMED ? 'malformed' : next === TOO_PRECISE ? 'too precise' : 'out of range';
  return next === bytes.length ? scanned[0] : `stopped at ${next}`;
}

/** Small deterministic generator (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

void t.test('decimals become scaled integers exactly, or are refused by name', (t) => {
  const cases: [string, number, number | string][] = [
    ['"64000.01000000"', 2, 6400001], ['"64000.01000000"', 8, 6400001000000], ['64010.10', 1, 640101], ['"0.00000000"', 5, 0], ['5', 2, 500],
    ['"5"', 8, 500000000], ['1e-08', 8, 1], ['1E-8', 8, 1], ['5e-05', 8, 5000], ['1.5e3', 0, 1500], ['"1e+2"', 2, 10000], ['-1.25', 2, -125], ['-0.0', 2, 0],
    ['"0.001"', 2, 'too precise'], ['1e-9', 8, 'too precise'], ['0.10', 1, 1], ['"12345678901.5"', 4, 123456789015000],
    ['9007199254740991', 0, 9007199254740991], ['9007199254740992', 0, 'out of range'], ['"90071992547409.92"', 2, 'out of range'], ['"90071992547409.91"', 2, 9007199254740991],
    ['1e300', 0, 'out of range'], ['0e300', 0, 0], ['1e-300', 8, 'too precise'], ['0.000000000000000000001', 8, 'too precise'], ['0.0000000000000000000000', 8, 0],
    ['""', 2, 'malformed'], ['"', 2, 'malformed'], ['', 2, 'malformed'], ['"1.2.3"', 2, 'malformed'], ['"abc"', 2, 'malformed'], ['"1.', 2, 'malformed'], ['1.', 2, 'malformed'],
    ['"1.5', 2, 'malformed'], ['"1.5 "', 2, 'malformed'], ['.5', 2, 'malformed'], ['"0.-10000"', 4, 'malformed'], ['1e', 2, 'malformed'], ['--1', 2, 'malformed'], ['null', 2, 'malformed'],
    ['"1e5', 2, 'malformed'], ['1-2', 2, 'malformed'], ['1.5-2', 2, 'malformed'], ['"-"', 2, 'malformed'],
  ];
  for (const [text, decimals, wanted] of cases) t.equal(scaled(text, decimals), wanted, `${text} at ${decimals}`);
  t.end();
});

void t.test('random decimals agree with the exact bigint parser', (t) => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1e9);
  const next = random(seed);
  for (let i = 0; i < 20_000; i++) {
    const whole = String(Math.floor(next() * 10 ** Math.floor(next() * 14)));
    const fraction = next() < 0.2 ? '' : `.${Array.from({ length: 1 + Math.floor(next() * 12) }, () => Math.floor(next() * (next() < 0.5 ? 1 : 10))).join('')}`;
    const exponent = next() < 0.15 ? `e${next() < 0.5 ? '-' : ''}${Math.floor(next() * 10)}` : '';
    const text = whole + fraction + exponent;
    const decimals = Math.floor(next() * 11);
    let wanted: number | string;
    try {
      const exact = parseDecimal(text, decimals);
      wanted = exact > BigInt(Number.MAX_SAFE_INTEGER) ? 'out of range' : Number(exact);
    } catch {
      wanted = 'too precise';
    }
    const got = scaled(next() < 0.5 ? text : `"${text}"`, decimals);
    const agree = got === wanted || (typeof got === 'string' && typeof wanted === 'string');
    if (!agree) t.fail(`${text} at ${decimals}: ${got}, wanted ${wanted}; SEED=${seed}`);
  }
  t.end();
});

void t.test('integers are exact to 2^53 and no further', (t) => {
  const integer = (text: string): number => {
    const bytes = bytesOf(text);
    const next = scanInteger(bytes, 0, bytes.length);
    return next < 0 ? next : next === bytes.length ? scanned[0] : NaN;
  };
  t.equal(integer('0'), 0);
  t.equal(integer('2147483648'), 2147483648);
  t.equal(integer('50093239218'), 50093239218);
  t.equal(integer('9007199254740991'), 9007199254740991);
  t.equal(integer('9007199254740992'), OUT_OF_RANGE);
  t.equal(integer('12345678901234567890'), OUT_OF_RANGE, 'a Kraken connection id');
  t.equal(integer('-1'), -1);
  t.equal(integer('"123"'), 123);
  for (const bad of ['', '-', '"12', '1.5', 'x', '1e5', '""', '012', '-00']) t.equal(integer(bad), MALFORMED, bad);
  t.end();
});

void t.test('ISO times keep nanoseconds', (t) => {
  const at = (text: string, epochUnixNs: bigint): number => {
    const bytes = bytesOf(`"${text}"`);
    const next = scanIsoTime(bytes, 0, bytes.length, splitEpoch(epochUnixNs));
    return next === bytes.length ? scanned[0] : next;
  };
  const epoch = BigInt(Date.UTC(2026, 10, 18, 11, 6, 40)) * 1_000_000n + 5n;
  t.equal(at('2026-11-18T11:06:40Z', epoch), -5);
  t.equal(at('2026-11-18T11:06:40.000001Z', epoch), 995);
  t.equal(at('2026-11-18T11:06:40.123456789Z', epoch), 123456784);
  t.equal(at('2026-11-18T11:06:40.5Z', epoch), 499999995);
  t.equal(at('2026-11-18T13:06:41+02:00', epoch), 999999995);
  for (const text of ['1970-01-01T00:00:00Z', '2000-02-29T12:00:00Z', '2023-12-31T23:59:59Z', '2024-03-01T00:00:00Z', '2100-02-28T00:00:00Z']) {
    t.equal(at(text, 0n), Date.parse(text) * 1e6, text);
  }
  for (const bad of ['2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '0001-01-01T00:00:00.000000Z', '2026-11-18T11:06:40.Z', '2026-11-18T24:06:40Z', '2026-11-18T11:06:40', '2026-11-18T11:06:40.1234567890Z', 'today']) {
    t.equal(at(bad, epoch), MALFORMED, bad);
  }
  t.end();
});

void t.test('objects are walked key by key, what is not wanted is skipped', (t) => {
  const bytes = bytesOf(' { "a\\"b" : [1,{"c":"}]"}], "e":null ,"s":"BTC","n":-1.5e3,"t":true}');
  const keys: string[] = [];
  let at = scan.expect(bytes, 0, bytes.length, scan.OPEN_BRACE);
  for (at = scan.firstKey(bytes, at, bytes.length); at >= 0; at = scan.nextKey(bytes, at, bytes.length)) {
    keys.push(scan.textOf(bytes, bounds[0], bounds[1]));
    at = scan.skipValue(bytes, at, bytes.length);
  }
  t.equal(at, DONE);
  t.equal(bounds[1], bytes.length);
  t.same(keys, ['a\\"b', 'e', 's', 'n', 't']);
  at = scan.findKey(bytes, 0, bytes.length, bytesOf('s'));
  t.ok(scan.matches(bytes, at, bytes.length, bytesOf('"BTC"')));
  t.equal(scan.findKey(bytes, 0, bytes.length, bytesOf('zz')), DONE);
  for (const bad of ['{', '{"a"', '{"a":', '{"a":1', '{"a":1 "b":2}', '{,"a":1}', '{"a":[}', '{"a":tru}', '{"a":{]}', '[1]', '']) {
    const frame = bytesOf(bad);
    t.equal(scan.findKey(frame, 0, frame.length, bytesOf('zz')), MALFORMED, bad);
  }
  t.end();
});

void t.test('no value nests deeper than thirty levels', (t) => {
  const nested = (depth: number): number => {
    const bytes = bytesOf('['.repeat(depth) + ']'.repeat(depth));
    return scan.skipValue(bytes, 0, bytes.length);
  };
  t.equal(nested(30), 60);
  t.equal(nested(31), MALFORMED);
  t.equal(nested(100_000), MALFORMED);
  t.end();
});

void t.test('a frame cut anywhere is malformed and never read beyond its end', (t) => {
  const whole = bytesOf('{"a":[["1.5","2"],[3,4e-1]],"b":"x\\\\","c":{"d":[true,false,null]}}garbage"]}');
  const length = whole.length - 'garbage"]}'.length;
  for (let end = 0; end < length; end++) t.equal(scan.skipValue(whole, 0, end), MALFORMED);
  t.equal(scan.skipValue(whole, 0, length), length);
  t.end();
});

void t.test('what is skipped is what JSON.parse takes, and ends where it ends', (t) => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1e9);
  const next = random(seed);
  const pick = (n: number): number => Math.floor(next() * n);
  const value = (depth: number): unknown => {
    const kind = pick(depth > 3 ? 4 : 6);
    if (kind === 4) return Array.from({ length: pick(4) }, () => value(depth + 1));
    if (kind === 5) return Object.fromEntries(Array.from({ length: pick(4) }, (_, i) => [`k${i}"`, value(depth + 1)]));
    return [pick(1000), next() * 1e-9, 'a\\"b[', [true, false, null][pick(3)]][kind];
  };
  const alphabet = '01.,:"[]{}eE-\\ tru';
  for (let round = 0; round < 20_000; round++) {
    let text = JSON.stringify(value(0), null, next() < 0.2 ? 1 : 0);
    const at = pick(text.length);
    if (next() < 0.7) text = text.slice(0, at) + (next() < 0.5 ? alphabet[pick(alphabet.length)] : '') + text.slice(at + pick(3));
    text = text.trim();
    let parses = true;
    try {
      JSON.parse(text);
    } catch {
      parses = false;
    }
    const bytes = bytesOf(text);
    const skipped = scan.skipValue(bytes, 0, bytes.length) === bytes.length;
    if (skipped !== parses) t.fail(`${text} is ${parses ? '' : 'not '}JSON; SEED=${seed}`);
  }
  t.end();
});

void t.test('levels in the common form, in any other and damaged ones are what the number scanner makes of each', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const next = random(seed);
  const pick = (list: readonly string[]): string => list[Math.floor(next() * list.length)];
  const digits = (most: number): string => Array.from({ length: 1 + Math.floor(next() * most) }, () => Math.floor(next() * 10)).join('');
  const number = (): string => {
    const roll = next();
    if (roll < 0.7) return `"${digits(6)}.${digits(3)}"`;
    if (roll < 0.8) return `"${digits(7)}"`;
    return pick(['"0"', '"0.10"', '"1.2345"', '".5"', '"5."', '""', '"-1"', '1.5', '"1e2"', '"123456789012.5"', '"9007199254740993"', '"12x"', '"1"x', 'null']);
  };
  let good = 0;
  for (let i = 0; i < 5000; i++) {
    const pairs = Array.from({ length: Math.floor(next() * 5) }, () => [number(), number()]);
    const level = ([price, qty]: string[]): string => (next() < 0.9 ? `[${price},${qty}]` : `[ ${price} , ${qty}${pick(['', ',"0"', ',1,[2]'])} ]`);
    const text = `[${pairs.map(level).join(pick([',', ',', ',', ' , ']))}]${pick(['', '', '}'.repeat(60), ',"u":1'])}`;
    const length = next() < 0.1 ? Math.floor(next() * text.length) : text.length;
    const bytes = bytesOf(text);
    const changes = new LevelChanges();
    const at = scanLevels(bytes, 0, length, 3, 3, 1, changes);
    const expected = pairs.map((pair) => pair.map((value) => scaled(value, 3)));
    const isGood = length >= text.lastIndexOf(']', text.length - 1) + 1 && expected.flat().every((value) => typeof value === 'number') && expected.every(([price, qty]) => Number(price) > 0 && Number(qty) >= 0);
    if (isGood !== at >= 0) t.fail(`${text.slice(0, length)} is ${isGood ? '' : 'not '}a list of levels; SEED=${seed}`);
    if (!isGood) continue;
    good++;
    const read = Array.from({ length: changes.count }, (_, k) => [changes.prices[k], changes.qtys[k]]);
    if (JSON.stringify(read) !== JSON.stringify(expected)) t.fail(`${text}: ${JSON.stringify(read)}; SEED=${seed}`);
  }
  t.ok(good > 1000);
  t.end();
});

void t.test('symbols are found by their bytes', (t) => {
  const names = Array.from({ length: 500 }, (_, i) => `SYM${i}/USD`);
  const table = new SymbolTable([...names.map((name, i) => [name, i] as const), ['市场', 900] as const]);
  const find = (name: string): number => {
    const bytes = bytesOf(`"${name}"`);
    return table.find(bytes, 1, bytes.length - 1);
  };
  names.forEach((name, i) => t.equal(find(name), i));
  t.equal(find('市场'), 900);
  t.equal(find('SYM1'), -1);
  t.equal(find(''), -1);
  t.equal(new SymbolTable([]).find(bytesOf('X'), 0, 1), -1);
  t.end();
});
