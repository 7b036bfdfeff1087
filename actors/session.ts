/** A session: one run of an engine, from its epoch to its summary. */
import { createHash } from 'node:crypto';
import { startEpoch } from '../src/agent/clock.js';
import type { RingsideConfig } from '../src/config/config.js';
import { createSession as createFolder, sessionIdOf } from '../src/journal/session.js';
import type { InstrumentIndexData } from '../src/model/instrument.js';
import type { SessionSpec } from './spec.js';
import { VERSION } from './version.js';

/** @throws RingsideError JOURNAL_DIRECTORY, JOURNAL_SESSION_EXISTS */
export function createSession(config: RingsideConfig, instruments: InstrumentIndexData): SessionSpec {
  const epoch = startEpoch();
  const id = sessionIdOf(epoch.unixNs);
  const journalDir = createFolder(config.journal.dir, {
    id, epochUnixNs: epoch.unixNs.toString(), version: VERSION, mode: config.mode, instruments,
    configDigest: createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 16),
  });
  return { id, journalDir, epoch };
}
