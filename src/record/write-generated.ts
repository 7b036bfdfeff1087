/** Entry of `npm run generate`: writes the generated files into the checkout. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateDocs, generateFlyweights } from './generate.js';

const root = join(import.meta.dirname, '..', '..', '..');
writeFileSync(join(root, 'src', 'record', 'records.ts'), generateFlyweights());
writeFileSync(join(root, 'docs', 'records.md'), generateDocs());
