/** Entry of `npm run generate`: writes the generated migrations into the checkout. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATED } from './generate-sql.js';
import { CLICKHOUSE_FOLDER } from './migrations.js';

for (const [name, text] of Object.entries(GENERATED)) writeFileSync(join(CLICKHOUSE_FOLDER, name), text());
