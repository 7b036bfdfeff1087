/** strategy.<id>: reads the market ring, writes its intents ring. */
import type { Actor } from '../src/agent/actor.js';
import { Hop, OpportunityKind } from '../src/record/codes.js';
import { Opportunity, typeAt } from '../src/record/records.js';
import { GatingConsumer } from '../src/ring/consumer.js';
import { createStrategy as createCore } from '../src/strategy/registry.js';
import type { ActorEnvironment } from './environment.js';
import { RingSink, viewsOf } from './ring-sink.js';
import { actorName, ringName } from './spec.js';

/** A restarted strategy's opportunity ids start this far above its predecessor's. */
const IDS_PER_LIFE = 1 << 24;

/** Remembers when the cause of the last decision was received: a basket's batch ends with its TAKEN opportunity. */
class IntentSink extends RingSink {
  readonly causeNs = new Float64Array(1);
  decisions = 0;
  private last = -1;
  private readonly opportunity = new Opportunity(this.views);

  override next(): number {
    this.last = super.next();
    return this.last;
  }

  override flush(): void {
    if (this.last >= 0 && typeAt(this.views, this.last) === Opportunity.TYPE && this.opportunity.wrap(this.last).kind === OpportunityKind.TAKEN) {
      this.causeNs[0] = this.opportunity.tsCauseNs;
      this.decisions++;
    }
    super.flush();
  }
}

export function createStrategy(environment: ActorEnvironment, id: string): Actor {
  const { spec, index } = environment;
  const strategyIndex = spec.config.strategies.findIndex((strategy) => strategy.id === id);
  const { id: _, ...config } = spec.config.strategies[strategyIndex];
  const sink = new IntentSink(environment.ring(ringName.intents(id)));
  const core = createCore(id, config, { index, sink, strategyIndex, firstOpportunityId: environment.life * IDS_PER_LIFE + 1 });
  const market = environment.ring(ringName.market);
  const consumer = new GatingConsumer(market, actorName.strategy(id));
  const views = viewsOf(market);
  return {
    name: actorName.strategy(id),
    doWork(limit) {
      const before = sink.decisions;
      let done = 0;
      for (; done < limit; done++) {
        const at = consumer.poll();
        if (at < 0) break;
        core.onRecord(views, at);
        consumer.advance();
      }
      if (done > 0) consumer.commit();
      if (sink.decisions !== before) environment.latency.record(Hop.RECV_TO_DECIDED, environment.nowNs() - sink.causeNs[0]);
      return done;
    },
    stats: () => core.stats(),
  };
}
