/**
 * The private socket: the user channel, and heartbeats that keep it open. Its messages are numbered over all channels;
 * one that is missing may have been of any order. The state of every open order comes first, fifty a message.
 */
import { VenueReason } from '../../record/codes.js';
import type { GatewayOptions } from '../contract.js';
import { bytesOf, scanned, textOf as textOfBytes } from '../scan.js';
import { scanIsoTime, splitEpoch, type EpochParts } from '../scan-time.js';
import { ConnectionSequence, Relation } from './connection-sequence.js';
import type { OrderProgress } from './order-progress.js';
import { isFields, listOf, textOf, type Fields, type OrderMessage } from './private-messages.js';

export class UserChannel {
  /** The venue has granted the subscription. */
  granted = false;
  private readonly sequence = new ConnectionSequence();
  private readonly epoch: EpochParts;

  /** @param token a fresh token for a subscription */
  constructor(private readonly options: GatewayOptions, private readonly progress: OrderProgress, private readonly token: () => string) {
    this.epoch = splitEpoch(options.epochUnixNs);
  }

  open(): void {
    this.sequence.reset();
    for (const channel of ['user', 'heartbeats']) this.options.host.send(JSON.stringify({ type: 'subscribe', channel, jwt: this.token() }));
  }

  close(): void {
    this.granted = false;
  }

  /** @returns VenueReason for which the connection is to be given up, or NONE */
  onFrame(bytes: Uint8Array, length: number, nowNs: number): number {
    const { host } = this.options;
    const message = parse(textOfBytes(bytes, 0, length));
    if (message?.type === 'error') {
      host.count('authFailures');
      return VenueReason.AUTH;
    }
    if (message === undefined || typeof message.channel !== 'string' || typeof message.sequence_num !== 'number') {
      // It may have been a word on an order.
      host.count('malformed');
      return VenueReason.PROTOCOL;
    }
    if (this.sequence.take(message.sequence_num) !== Relation.NEXT) {
      host.count('gaps');
      return VenueReason.PROTOCOL;
    }
    if (message.channel === 'subscriptions') this.onSubscriptions(message);
    else if (message.channel === 'user') this.onUser(message, nowNs);
    return VenueReason.NONE;
  }

  private onSubscriptions(message: Fields): void {
    if (listOf(message, 'events').some(({ subscriptions }) => isFields(subscriptions) && 'user' in subscriptions)) this.granted = true;
  }

  private onUser(message: Fields, nowNs: number): void {
    const tsVenueNs = this.timeOf(textOf(message.timestamp));
    for (const event of listOf(message, 'events')) {
      for (const order of listOf(event, 'orders') as OrderMessage[]) {
        const tracked = this.progress.find(order);
        if (tracked === undefined) this.options.host.count('unknownOrder');
        else this.progress.onMessage(tracked, order, tsVenueNs, nowNs);
      }
    }
  }

  /** ns since the epoch; 0 where it is no time. */
  private timeOf(text: string): number {
    const bytes = bytesOf(JSON.stringify(text));
    return scanIsoTime(bytes, 0, bytes.length, this.epoch) < 0 ? 0 : scanned[0];
  }
}

function parse(text: string): Fields | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return isFields(message) ? message : undefined;
  } catch {
    return undefined;
  }
}
