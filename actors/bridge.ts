/** bridge: a lossy observer of the market, intents and orders rings; publishes them to NATS. */
import type { Actor } from '../src/agent/actor.js';
import { Bridge } from '../src/bridge/bridge.js';
import { SLOT_BYTES } from '../src/record/define.js';
import { SlotViews } from '../src/record/slot.js';
import { LossyConsumer } from '../src/ring/consumer.js';
import type { ActorEnvironment } from './environment.js';
import { actorName, ringName } from './spec.js';

export function createBridge(environment: ActorEnvironment): Actor {
  const { spec, index } = environment;
  const copy = new SlotViews(new ArrayBuffer(SLOT_BYTES));
  const rings = [ringName.market, ...spec.config.strategies.map(({ id }) => ringName.intents(id)), ringName.orders];
  const inputs = rings.map((name) => new LossyConsumer(environment.ring(name), actorName.bridge, copy.i32));
  const bridge = new Bridge({
    index, session: String(spec.session.id), epochUnixNs: spec.session.epoch.unixNs, mode: spec.config.mode, strategies: spec.config.strategies.map(({ id }) => id),
    url: spec.config.nats.url!, random: Math.random,
    report: (level, code, text) => environment.report(level, code, text),
  });
  return {
    name: actorName.bridge,
    doWork(limit) {
      let done = 0;
      for (const input of inputs) {
        let taken = 0;
        for (; taken < limit && input.poll(); taken++) bridge.onRecord(copy, 0);
        if (taken > 0) input.commit();
        done += taken;
      }
      return done;
    },
    onTimer: (nowNs) => bridge.onTimer(nowNs),
    onClose: () => bridge.close(),
    stats: () => ({ ...bridge.stats(), missed: inputs.reduce((sum, input) => sum + input.missed, 0) }),
  };
}
