/** recorder: moves the journal into ClickHouse and answers queries, because it is the one that has the store open. */
import type { Actor } from '../src/agent/actor.js';
import { JournalFolder } from '../src/journal/folder.js';
import { openStore } from '../src/store/open.js';
import { findQuery, runQuery } from '../src/store/queries.js';
import { RecorderCore } from '../src/store/recorder.js';
import type { ActorEnvironment } from './environment.js';
import { actorName } from './spec.js';

const TICK_NS = 500e6;
/** How long the end of a run waits for the store; what is left then is caught up by the next run. */
const DRAIN_MS = 20_000;

export function createRecorder(environment: ActorEnvironment): Actor {
  const { config, session } = environment.spec;
  const store = openStore({ directory: config.clickhouse.dir, url: config.clickhouse.mode === 'server' ? config.clickhouse.url : undefined, database: config.clickhouse.database });
  const core = new RecorderCore({
    journal: new JournalFolder(config.journal.dir), session: session.id, store, nowMs: () => performance.now(),
    report: (level, code, text) => environment.report(level, code, text),
  });
  let nextNs = 0;
  let agrees: boolean | undefined;
  let rows = 0;

  return {
    name: actorName.recorder,
    doWork: () => 0,
    onTimer(nowNs) {
      if (nowNs < nextNs) return;
      nextNs = nowNs + TICK_NS;
      void core.tick();
    },
    async onClose() {
      const drained = await core.drain(DRAIN_MS);
      if (drained) {
        const check = await core.verifyCounts();
        agrees = check.ok;
        rows = check.stored;
        if (!check.ok) environment.report('error', 'STORE_DISAGREES', `${check.stored} rows for ${check.journalled} records`);
      } else environment.report('warn', 'STORE_BEHIND', `${core.stats().lag} records are journalled and not stored yet; the next run stores them`);
      await core.close();
    },
    stats() {
      const { stored, lag, connected, errors } = core.stats();
      return { stored: Math.max(stored, rows), lag, healthy: connected, errors, ...(agrees === undefined ? {} : { agrees }) };
    },
    onCommand(command, argument) {
      if (command !== 'query') return undefined;
      const { name, parameters } = argument as { name: string; parameters: Record<string, string> };
      const { session: which = String(session.id), ...own } = parameters;
      return runQuery(store, findQuery(name), which, own);
    },
  };
}
