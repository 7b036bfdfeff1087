import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import t from 'tap';
import { generateDocs, generateFlyweights } from '../../src/record/generate.js';
import { RECORDS } from '../../src/record/schema.js';
import { SLOT_BYTES } from '../../src/record/define.js';
import { SLOT_BYTES as RING_SLOT_BYTES } from '../../src/ring/slot-size.js';

const root = join(import.meta.dirname, '..', '..', '..');

/** Who may import whom. A room may always import itself; `*` = every room of src but sandbox. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: [],
  ring: [],
  record: ['model'],
  agent: ['ring'],
  book: ['model', 'record'],
  risk: ['model', 'record', 'position'],
  position: ['model', 'record'],
  execution: ['model', 'record', 'risk', 'position'],
  strategy: ['model', 'record', 'book'],
  venue: ['model', 'record'],
  bridge: ['model', 'record'],
  store: ['model', 'record'],
  journal: ['model', 'record'],
  stream: ['model', 'record'],
  telemetry: ['model', 'record'],
  control: ['model', 'record'],
  config: ['model', 'venue'],
  sandbox: ['*'],
  backtest: ['*'],
  cli: ['*', 'sandbox', 'actors', 'bench'],
  actors: ['*'],
  bench: ['*', 'sandbox', 'actors', 'cli'],
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly targetRoom: string;
}

function roomOf(path: string): string {
  const parts = relative(root, path).split('/');
  return parts[0] === 'src' ? parts[1] : parts[0];
}

function sources(): string[] {
  return ['src', 'actors', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => join(root, folder, file)));
}

function imports(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => {
    const target = resolve(dirname(file), match[1]);
    return { file: relative(root, file), room: roomOf(file), target: relative(root, target), targetRoom: roomOf(target) };
  });
}

t.test('rooms import only what the house plan allows', (t) => {
  const broken = sources().flatMap(imports).filter(({ room, targetRoom }) => {
    if (room === targetRoom) return false;
    const allowed = MAY_IMPORT[room];
    if (allowed === undefined) return true;
    return !(allowed.includes(targetRoom) || (allowed.includes('*') && !['sandbox', 'actors', 'bench', 'cli'].includes(targetRoom)));
  });
  t.same(broken.map(({ file, target }) => `${file} → ${target}`), []);
  t.end();
});

t.test('no file imports itself, by whatever detour', (t) => {
  const targets = new Map(sources().map((file) => [relative(root, file), imports(file).map(({ target }) => target.replace(/\.js$/, '.ts'))]));
  t.ok([...targets.values()].flat().length > 500, 'imports are found');
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  t.same(cycles, []);
  t.end();
});

t.test('no venue imports another venue', (t) => {
  const venueOf = (path: string): string | undefined => /^src\/venue\/([^/]+)\//.exec(path)?.[1];
  const broken = sources().flatMap(imports).filter(({ file, target }) => venueOf(file) !== undefined && venueOf(target) !== undefined && venueOf(file) !== venueOf(target));
  t.same(broken.map(({ file, target }) => `${file} → ${target}`), []);
  t.end();
});

t.test('workers and shared memory are made in actors only, and in benchmarks of them', (t) => {
  const made = sources().filter((file) => !['actors', 'bench'].includes(roomOf(file)) && /new (Worker|SharedArrayBuffer|WebAssembly\.Memory)\(/.test(readFileSync(file, 'utf8')));
  t.same(made.map((file) => relative(root, file)), []);
  t.end();
});

/** Where the outside world's time and chance come in. */
const SEAMS = [/^actors\//, /^bench\//, /^src\/cli\//, /^src\/agent\/clock\.ts$/, /^src\/sandbox\//, /^src\/store\//, /^src\/control\//, /^src\/bridge\//];

t.test('time and randomness are injected: only the seams call for them', (t) => {
  const calls = sources().map((file) => relative(root, file)).filter((file) => !SEAMS.some((seam) => seam.test(file)))
    .filter((file) => /\b(Date\.now|performance\.now|Math\.random|process\.hrtime|randomBytes|randomUUID)\(/.test(readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')));
  t.same(calls, []);
  t.end();
});

t.test('what is generated from the record schema is what is checked in', (t) => {
  t.equal(readFileSync(join(root, 'src/record/records.ts'), 'utf8'), generateFlyweights(), 'src/record/records.ts; run `npm run generate`');
  t.equal(readFileSync(join(root, 'docs/records.md'), 'utf8'), generateDocs(), 'docs/records.md; run `npm run generate`');
  t.end();
});

t.test('a record is one slot, its fields are aligned and do not overlap, and ids are unique', (t) => {
  t.equal(SLOT_BYTES, RING_SLOT_BYTES);
  t.equal(new Set(RECORDS.map(({ id }) => id)).size, RECORDS.length);
  const size = { u8: 1, u16: 2, u32: 4, f64: 8, i64: 8 };
  for (const record of RECORDS) {
    const bytes = new Uint8Array(SLOT_BYTES);
    for (const field of record.fields) {
      t.equal(field.offset % size[field.type], 0, `${record.name}.${field.name} is aligned`);
      for (let i = 0; i < size[field.type]; i++) bytes[field.offset + i]++;
    }
    t.ok(bytes.every((count) => count <= 1), `${record.name}: no overlap`);
  }
  t.end();
});
