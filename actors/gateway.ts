/** gateway.<venue>: reads the executor's commands for its venue, owns the private socket, reports what the venue says. */
import type { Actor } from '../src/agent/actor.js';
import { ClientOrderIds } from '../src/execution/client-order-id.js';
import { Hop, NO_INSTRUMENT, OrderAction, RejectReason, ReportKind, VenueChannel, VenueReason, VenueState, Flag } from '../src/record/codes.js';
import { ExecutionReport, OrderCommand, typeAt, VenueStatus } from '../src/record/records.js';
import type { SlotViews } from '../src/record/slot.js';
import { GatingConsumer } from '../src/ring/consumer.js';
import type { OrderTaker, OutgoingOrder } from '../src/venue/contract.js';
import type { ActorEnvironment } from './environment.js';
import { openOrderLine, type OrderLine } from './order-line.js';
import { RingSink, viewsOf } from './ring-sink.js';
import { actorName, ringName } from './spec.js';

export function createGateway(environment: ActorEnvironment, venueId: string): Actor {
  return new Gateway(environment, venueId);
}

class Gateway implements Actor {
  readonly name: string;
  private readonly venueIndex: number;
  private readonly ids: ClientOrderIds;
  private readonly commands: GatingConsumer;
  private readonly views: SlotViews;
  private readonly command: OrderCommand;
  private readonly sink: RingSink;
  private readonly report: ExecutionReport;
  private readonly status: VenueStatus;
  private readonly line: OrderLine;
  private readonly taker: OrderTaker;
  private readonly outgoing: OutgoingOrder;
  private readonly counters: Record<string, number> = {};
  private action = 0;
  private tsCauseNs = 0;
  /** What the executor was last told; a predecessor may have told it that all is well. */
  private wasReady: boolean;

  constructor(private readonly environment: ActorEnvironment, venueId: string) {
    const { index } = environment;
    this.name = actorName.gateway(venueId);
    this.ids = new ClientOrderIds(environment.spec.session.id);
    this.wasReady = environment.life > 0;
    this.venueIndex = index.venues.find(({ id }) => id === venueId)!.index;
    const orders = environment.ring(ringName.orders);
    this.commands = new GatingConsumer(orders, this.name);
    this.views = viewsOf(orders);
    this.command = new OrderCommand(this.views);
    this.sink = new RingSink(environment.ring(ringName.reports(venueId)));
    this.report = new ExecutionReport(this.sink.views);
    this.status = new VenueStatus(this.sink.views);
    this.outgoing = { instrument: index.instruments[0], orderId: 0, clientOrderId: '', side: 0, tif: 0, price: 0, qty: 0 };
    this.line = openOrderLine({
      environment, venueId, venueIndex: this.venueIndex, sink: this.sink, ids: this.ids,
      count: (counter) => void (this.counters[counter] = (this.counters[counter] ?? 0) + 1),
      onHeard: () => this.tellReadiness(VenueReason.NONE),
      onDown: (...state) => {
        if (this.writeStatus(...state)) this.wasReady = false; // else the timer tells it
      },
    });
    this.taker = this.line.taker;
  }

  onStart(): void {
    this.line.start();
    this.tellReadiness(VenueReason.START);
  }

  doWork(limit: number): number {
    let done = 0;
    for (; done < limit; done++) {
      const at = this.commands.poll();
      if (at < 0) break;
      // Other records of this ring (order updates, fills, balances) are for observers.
      const mine = typeAt(this.views, at) === OrderCommand.TYPE && this.command.wrap(at).venue === this.venueIndex;
      if (mine) this.read();
      this.commands.advance();
      // Committed before it is sent: a successor of a gateway that died in between must not send it again. If it was not
      // sent then, the executor hears nothing, asks, and learns that it never arrived.
      if (mine) {
        this.commands.commit();
        this.execute();
      }
    }
    if (done > 0) this.commands.commit();
    return done;
  }

  rehearse(): string | undefined {
    return this.taker.rehearse?.(this.outgoing);
  }

  onTimer(nowNs: number): void {
    this.taker.onTimer(nowNs);
    this.tellReadiness(VenueReason.NONE);
  }

  onClose(): void | Promise<void> {
    return this.line.close();
  }

  stats(): Record<string, unknown> {
    return { ready: this.taker.ready, ...this.counters };
  }

  /** Take the command out of the ring: its slot may be reused once the cursor is committed. */
  private read(): void {
    const { command, outgoing, environment } = this;
    this.action = command.action;
    this.tsCauseNs = command.tsCauseNs;
    outgoing.instrument = environment.index.instruments[command.instrument] ?? outgoing.instrument;
    outgoing.orderId = command.orderId;
    outgoing.clientOrderId = this.ids.text(command.orderId);
    outgoing.side = (command.flags & Flag.SELL) === 0 ? 0 : 1;
    outgoing.tif = command.tif;
    outgoing.price = command.price;
    outgoing.qty = command.qty;
  }

  private execute(): void {
    const { taker, outgoing, environment } = this;
    const nowNs = environment.nowNs();
    switch (this.action) {
      case OrderAction.NEW:
        if (taker.place(outgoing, nowNs)) environment.latency.record(Hop.RECV_TO_SENT, environment.nowNs() - this.tsCauseNs);
        else this.notSent(nowNs);
        break;
      case OrderAction.CANCEL: taker.cancel(outgoing, nowNs); break;
      case OrderAction.QUERY: taker.query(outgoing, nowNs); break;
      case OrderAction.CANCEL_ALL: taker.cancelAll(nowNs); break;
      case OrderAction.BALANCES: taker.requestBalances(nowNs); break;
    }
  }

  /** Nothing left this machine: the one case where the gateway itself may say that an order is rejected. */
  private notSent(nowNs: number): void {
    const at = this.sink.next();
    if (at < 0) return this.sink.abandon(); // the executor's timeout asks again
    const { report, outgoing } = this;
    report.begin(at, 0, this.venueIndex, outgoing.instrument.index);
    report.reason = RejectReason.NOT_SENT;
    report.orderId = outgoing.orderId;
    report.kind = ReportKind.REJECTED;
    report.attempt = 0;
    report.cumQty = 0;
    report.venueOrderId = 0;
    report.tsSentNs = 0;
    report.tsVenueNs = nowNs;
    report.tsRecvNs = nowNs;
    return this.sink.flush();
  }

  private tellReadiness(reason: number): void {
    const { ready } = this.taker;
    if (ready === this.wasReady) return;
    if (this.writeStatus(ready ? VenueState.UP : VenueState.DOWN, reason, 0, 0)) this.wasReady = ready;
  }

  private writeStatus(state: number, reason: number, attempts: number, backoffNs: number): boolean {
    const at = this.sink.next();
    if (at < 0) {
      this.sink.abandon();
      return false;
    }
    const { status } = this;
    status.begin(at, 0, this.venueIndex, NO_INSTRUMENT);
    status.epoch = 0;
    status.state = state;
    status.channel = VenueChannel.GATEWAY;
    status.reason = reason;
    status.tsNs = this.environment.nowNs();
    status.attempts = attempts;
    status.backoffNs = backoffNs;
    this.sink.flush();
    return true;
  }
}
