import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../src/config/config.js';
import { environmentFields } from '../../src/config/overlay.js';
import { configSchema } from '../../src/config/schema.js';
import { KNOWN_PARTS } from '../../src/cli/known-parts.js';
import { leavesOf, type Leaf } from '../../src/config/schema-walk.js';

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'configuration.md');
const START = /(<!-- fields: [^\n]*-->\n)[\s\S]*(<!-- \/fields -->)/;

function row({ path, meta, standard }: Leaf, variables: ReadonlyMap<string, string>): string {
  const value = standard === undefined ? '' : `\`${JSON.stringify(standard).replaceAll(',"', ', "').replaceAll('":', '": ')}\``;
  const variable = variables.get(path.join('.'));
  const field = path.join('.').replaceAll('.[]', '[]');
  return `| \`${field}\` | ${meta.doc}. Accepted: ${meta.accepted} | ${value} | ${variable === undefined ? '' : `\`${variable}\``} |`;
}

function table(leaves: readonly Leaf[], variables: ReadonlyMap<string, string>): string {
  return ['| field | meaning | default | variable |', '|---|---|---|---|', ...leaves.map((leaf) => row(leaf, variables))].join('\n');
}

t.test('docs/configuration.md lists every field, what it accepts, its default and its variable', (t) => {
  const variables = new Map<string, string>();
  for (const [name, path] of environmentFields()) variables.set(path.join('.'), name); // the long names come last and win
  const leaves = leavesOf(configSchema, { inside: true }).map((leaf) => (leaf.path.join('.') === 'venues' ? { ...leaf, standard: { binance: {}, kraken: {} } } : leaf));
  const sections = [table(leaves, variables)];
  for (const { id, configSchema: own } of KNOWN_PARTS.strategies) sections.push(`### Strategy \`${id}\``, table(leavesOf(own, { inside: true }), new Map()));
  const text = readFileSync(file, 'utf8');
  const expected = text.replace(START, (_all, start: string, end: string) => `${start}\n${sections.join('\n\n')}\n\n${end}`);
  if (process.env.RINGSIDE_TEST_UPDATE === '1') writeFileSync(file, expected);
  else t.equal(text, expected, 'RINGSIDE_TEST_UPDATE=1 writes it anew');
  t.end();
});

t.test('the example in the docs is accepted', (t) => {
  const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(readFileSync(file, 'utf8'))![1]) as unknown;
  const workingDir = t.testdir({ 'ringside.config.json': JSON.stringify(example) });
  t.equal(loadConfig({ flags: {}, environment: {}, workingDir }, KNOWN_PARTS).config.mode, 'paper');
  t.end();
});
