/** merger: reads every feed's ring, keeps the books, writes the market ring and the price cache. */
import type { Actor } from '../src/agent/actor.js';
import { MergerCore } from '../src/book/merger.js';
import { SharedBookWriter } from '../src/book/shared-book.js';
import { BUY, SELL, type Side } from '../src/model/instrument.js';
import { Hop, ResyncReason } from '../src/record/codes.js';
import type { SlotViews } from '../src/record/slot.js';
import { GatingConsumer } from '../src/ring/consumer.js';
import type { ActorEnvironment } from './environment.js';
import { RingSink, viewsOf } from './ring-sink.js';
import { actorName, ringName } from './spec.js';

interface Input {
  readonly consumer: GatingConsumer;
  readonly views: SlotViews;
}

/** A book as the merger has it, best first: [price, quantity] at the pair's scales. */
export interface WholeBook {
  readonly inSync: boolean;
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
}

function wholeBook(core: MergerCore, instrument: number): WholeBook {
  const { book, inSync } = core.books[instrument];
  const side = (which: Side): [number, number][] => {
    const count = book.levels(which);
    const prices = new Float64Array(count);
    const quantities = new Float64Array(count);
    book.read(which, count, prices, quantities);
    return Array.from(prices, (price, i) => [price, quantities[i]]);
  };
  return { inSync, bids: side(BUY), asks: side(SELL) };
}

export function createMerger(environment: ActorEnvironment): Actor {
  const { spec, index } = environment;
  const sink = new RingSink(environment.ring(ringName.market));
  const core = new MergerCore({ index, sink, shared: new SharedBookWriter(spec.sharedBook) });
  const inputs: Input[] = spec.venues.map(({ id }) => {
    const ring = environment.ring(ringName.feed(id));
    return { consumer: new GatingConsumer(ring, actorName.merger), views: viewsOf(ring) };
  });
  if (environment.life > 0) core.resyncAll(environment.nowNs()); // a predecessor's books died with it

  function askForResyncs(): void {
    for (let instrument = core.takeResync(); instrument >= 0; instrument = core.takeResync()) {
      environment.tell(actorName.feed(index.instruments[instrument].venue.id), 'resync', { instrument, reason: ResyncReason.CROSSED });
    }
  }

  function drain({ consumer, views }: Input, limit: number): number {
    let done = 0;
    for (; done < limit; done++) {
      const at = consumer.poll();
      if (at < 0) break;
      core.onRecord(views, at);
      consumer.advance();
    }
    if (done > 0) consumer.commit();
    return done;
  }

  return {
    name: actorName.merger,
    doWork(limit) {
      let done = 0;
      const topsBefore = core.counters.tops;
      for (let i = 0; i < inputs.length; i++) done += drain(inputs[i], limit);
      if (core.counters.tops !== topsBefore) environment.latency.record(Hop.RECV_TO_MERGED, environment.nowNs() - core.lastRecvNs());
      return done;
    },
    onTimer() {
      core.heal();
      askForResyncs();
    },
    stats: () => ({ ...core.counters }),
    onCommand(command, argument) {
      return command === 'book' ? wholeBook(core, argument as number) : undefined;
    },
  };
}
