/** executor: reads the intents of all strategies and the reports of all gateways, writes the orders ring. */
import type { Actor } from '../src/agent/actor.js';
import { Executor } from '../src/execution/executor.js';
import { Hop, ReportKind } from '../src/record/codes.js';
import { ExecutionReport, OrderIntent, typeAt } from '../src/record/records.js';
import type { SlotViews } from '../src/record/slot.js';
import { GatingConsumer } from '../src/ring/consumer.js';
import { ringStats } from '../src/ring/layout.js';
import type { ActorEnvironment } from './environment.js';
import { SharedMarketView } from './market-view.js';
import { RingSink, viewsOf } from './ring-sink.js';
import { actorName, gatewayVenues, ringName } from './spec.js';

interface Input {
  readonly consumer: GatingConsumer;
  readonly views: SlotViews;
  readonly intent: OrderIntent;
  readonly report: ExecutionReport;
}

export function createExecutor(environment: ActorEnvironment): Actor {
  const { spec, index, latency } = environment;
  const venues = gatewayVenues(spec);
  const orders = environment.ring(ringName.orders);
  const sink = new RingSink(orders);
  const core = new Executor({
    index, sink, ledger: spec.ledger, limits: spec.config.risk,
    venues: venues.map((id) => index.venues.find((venue) => venue.id === id)!.index),
    published: ringStats(orders).published,
    market: new SharedMarketView(spec.sharedBook),
    epochUnixNs: spec.session.epoch.unixNs, nowNs: environment.nowNs(),
    // Whether trading was paused is the session's to know: it tells a successor.
    stopped: environment.life > 0,
  });
  // What venues say before what strategies want: an intent must not pass a gateway's word that it is down.
  const names = [...venues.map((id) => ringName.reports(id)), ...spec.config.strategies.map(({ id }) => ringName.intents(id))];
  const inputs = names.map((name): Input => {
    const ring = environment.ring(name);
    const views = viewsOf(ring);
    return { consumer: new GatingConsumer(ring, actorName.executor), views, intent: new OrderIntent(views), report: new ExecutionReport(views) };
  });

  /** Latency from what the record itself says. */
  function measure({ views, intent, report }: Input, at: number, sentBefore: boolean): void {
    switch (typeAt(views, at)) {
      case OrderIntent.TYPE:
        if (!sentBefore) latency.record(Hop.RECV_TO_APPROVED, environment.nowNs() - intent.wrap(at).tsCauseNs);
        break;
      case ExecutionReport.TYPE:
        if (report.wrap(at).kind === ReportKind.ACK && report.tsSentNs > 0) latency.record(Hop.SENT_TO_ACK, report.tsRecvNs - report.tsSentNs);
        break;
    }
  }

  function drain(input: Input, limit: number): number {
    const { consumer, views } = input;
    let done = 0;
    for (; done < limit; done++) {
      const at = consumer.poll();
      if (at < 0) break;
      const flushes = sink.flushed;
      if (!core.onRecord(views, at, environment.nowNs())) break; // no room: the record stays where it is
      measure(input, at, flushes === sink.flushed);
      consumer.advance();
    }
    if (done > 0) consumer.commit();
    return done;
  }

  const commands: Readonly<Record<string, (argument: never) => unknown>> = {
    pause: () => core.stop(environment.nowNs()),
    resume: () => core.resumeTrading(),
    kill: () => core.kill(environment.nowNs()),
    unkill: () => core.unkill(environment.nowNs()),
    cancelAll: () => core.cancelAll(environment.nowNs()),
    balances: () => core.requestBalances(environment.nowNs()),
    journal: ({ healthy }: { healthy: boolean }) => core.setJournal(healthy),
    snapshot: () => core.snapshot(),
    idle: () => core.idle,
  };

  return {
    name: actorName.executor,
    doWork(limit) {
      let done = 0;
      for (let i = 0; i < inputs.length; i++) done += drain(inputs[i], limit);
      return done;
    },
    onTimer: (nowNs) => core.onTimer(nowNs),
    stats: () => ({ trading: core.trading }),
    onCommand: (command, argument) => commands[command]?.(argument as never),
  };
}
