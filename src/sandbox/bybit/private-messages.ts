/** What the private stream says of the exchange's events: trades of one order together, and the order after them. */
import type { FeeSchedule } from '../matching/exchange.js';
import type { ExecutionEvent } from '../matching/order.js';
import { executionObject, orderObject } from './render.js';
import type { BybitSymbols } from './symbols.js';

export interface PrivateMessage {
  readonly topic: 'order' | 'execution' | 'wallet';
  readonly data: readonly Record<string, unknown>[];
}

export function messagesOf(events: readonly ExecutionEvent[], symbols: BybitSymbols, fees: FeeSchedule): PrivateMessage[] {
  const messages: PrivateMessage[] = [];
  for (let i = 0; i < events.length; i++) {
    const event = events[i];
    const { order } = event;
    const symbol = symbols.of(order.market);
    if (event.kind === 'trade') {
      const trades = [event];
      for (let next = events[i + 1]; next?.kind === 'trade' && next.order === order; next = events[i + 1]) {
        trades.push(next);
        i++;
      }
      messages.push({ topic: 'execution', data: trades.map(({ fill, filled }) => executionObject(fill, symbol, order.qty - filled, fill.maker ? fees.makerPpm : fees.takerPpm)) });
      messages.push({ topic: 'order', data: [orderObject(order, symbol, trades[trades.length - 1])] });
    } else {
      const progress = event.kind === 'new' ? { filled: 0, cost: 0n, status: 'new' as const, timeMs: event.timeMs } : { filled: order.filled, cost: order.cost, status: order.status, timeMs: event.timeMs };
      messages.push({ topic: 'order', data: [orderObject(order, symbol, progress)] });
    }
  }
  return messages;
}
