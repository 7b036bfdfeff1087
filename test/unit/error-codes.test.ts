import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';

const root = join(import.meta.dirname, '..', '..', '..');
const CODE = /'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)'/g;

/** Where a stable code stands: the first argument of an error, the second of a report, a `code:` field, `fail` of the set-up. */
const PLACES = [/new RingsideError\(([^,]*),/g, /\breport(?:\?\.)?\(\s*'(?:info|warn|error)',([^,]*),/g, /\breport\(\s*[^'",]+,([^,]*),/g, /\bcode: ([^,}]*)[,}]/g];

function sources(): { file: string; text: string }[] {
  return ['src', 'actors', 'bench', 'bin'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs)$/.test(file))
      // The sandbox speaks the venues' own codes; its RingsideErrors are found all the same.
      .map((file) => ({ file: relative(root, join(root, folder, file)), text: readFileSync(join(root, folder, file), 'utf8') })));
}

function codesIn({ file, text }: { file: string; text: string }): string[] {
  const places = file.startsWith('src/sandbox/') ? PLACES.slice(0, 1) : file.startsWith('bin/') ? [/\bfail\(([^,]*),/g] : PLACES;
  return places.flatMap((place) => [...text.matchAll(place)]).flatMap(([, argument]) => [...argument.matchAll(CODE)].map(([, code]) => code));
}

const documented = [...readFileSync(join(root, 'docs', 'errors.md'), 'utf8').matchAll(/^\| `([A-Z0-9_]+)` \| (.*) \| (.*) \|$/gm)];

t.test('every stable code in the sources is documented', (t) => {
  const known = new Set(documented.map(([, code]) => code));
  const missing = sources().flatMap((source) => codesIn(source).filter((code) => !known.has(code)).map((code) => `${code} (${source.file})`));
  t.same([...new Set(missing)].sort(), []);
  t.end();
});

t.test('every documented code stands in the sources, once in the list, with its meaning and what to do', (t) => {
  const text = sources().map((source) => source.text).join('\n');
  t.same(documented.filter(([, code]) => !text.includes(`'${code}'`)).map(([, code]) => code), []);
  t.equal(new Set(documented.map(([, code]) => code)).size, documented.length);
  for (const [, code, meaning, fix] of documented) if (meaning.trim() === '' || fix.trim() === '') t.fail(code);
  t.ok(documented.length > 40);
  t.end();
});
