/**
 * The floor of wire to wire: a venue that sends a frame as large as a book update and a client that answers each with a
 * frame as large as an order, nothing in between. Two processes of this file; the venue measures, as the sandbox does.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { confineProcess } from '../src/agent/pin.js';

/** The niceness that the sandbox runs at. */
const VENUE_NICENESS = 5;

export interface EchoTask {
  readonly samples: number;
  /** Between two frames, as between two crossings. */
  readonly pauseMs: number;
  readonly tickBytes: number;
  readonly orderBytes: number;
  /** A core that was set aside, for the client. */
  readonly clientCore: number | undefined;
}

export async function wsEcho(task: EchoTask): Promise<Float64Array> {
  const venue = fork(import.meta.filename, ['venue', JSON.stringify(task)]);
  try {
    const [port] = (await once(venue, 'message')) as [number];
    const client = fork(import.meta.filename, ['client', JSON.stringify({ ...task, port })]);
    try {
      const [samples] = (await once(venue, 'message')) as [number[]];
      return Float64Array.from(samples);
    } finally {
      client.kill();
    }
  } finally {
    venue.kill();
  }
}

async function runVenue({ samples, pauseMs, tickBytes }: EchoTask): Promise<void> {
  try {
    setPriority(VENUE_NICENESS);
  } catch {
    // Not allowed here: both at the same priority then.
  }
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  process.send!((server.address() as { port: number }).port);
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  const tick = 'x'.repeat(tickBytes);
  const ns: number[] = [];
  for (let i = -20; i < samples; i++) {
    const before = process.hrtime.bigint();
    const answered = new Promise<bigint>((resolve) => socket.once('message', () => resolve(process.hrtime.bigint())));
    socket.send(tick);
    const after = await answered;
    if (i >= 0) ns.push(Number(after - before));
    await delay(pauseMs);
  }
  process.send!(ns);
}

async function runClient({ port, orderBytes, clientCore }: EchoTask & { port: number }): Promise<void> {
  if (clientCore !== undefined) confineProcess([clientCore]);
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  const order = 'y'.repeat(orderBytes);
  socket.on('message', () => socket.send(order));
  await once(socket, 'close');
}

if (process.argv[1] === import.meta.filename) {
  const task = JSON.parse(process.argv[3]) as EchoTask & { port: number };
  await (process.argv[2] === 'venue' ? runVenue(task) : runClient(task));
}
