/**
 * One connection to a NATS server that may be absent, slow or dead at any time. Publishing never waits: what is not
 * yet confirmed is bounded by a window of bytes, and what does not fit is counted as dropped. A PING after what was
 * published, and its PONG, tell what has arrived; what was on its way when a connection is lost counts as dropped too
 * (the server may have had it: a record is delivered at most once).
 *
 * Time comes from `onTimer`; connecting, stalls and retries are all decided there.
 */
import { connect, type NatsConnection } from 'nats';
import { redactedUrl } from '../model/url.js';

export interface LinkOptions {
  readonly url: string;
  /** Shown in the server's list of connections. */
  readonly name: string;
  /** Bytes on their way at most; observers of low priority get three quarters of it. */
  readonly windowBytes?: number;
  /** Answered on each connection: subject → answer. */
  readonly answers?: Readonly<Record<string, () => Uint8Array>>;
  readonly onUp?: () => void;
  /** Level, stable code, text. */
  readonly report: (level: 'info' | 'warn', code: string, text: string) => void;
  /** 0 … 1, for the jitter of the backoff. */
  readonly random: () => number;
}

export interface LinkStats {
  readonly connected: boolean;
  /** Records handed over, of which `dropped` does not count. */
  readonly published: number;
  readonly dropped: number;
  readonly reconnects: number;
}

const WINDOW_BYTES = 2 * 1024 * 1024;
/** What the protocol adds to a payload, about. */
const FRAME_BYTES = 64;
const CONNECT_TIMEOUT_MS = 2000;
const STALL_NS = 3e9;
const KEEPALIVE_NS = 1e9;
const BACKOFF_FIRST_NS = 0.25e9;
const BACKOFF_MOST_NS = 10e9;

/** Records and bytes handed over since some moment. */
interface Batch {
  records: number;
  bytes: number;
}

type State = 'down' | 'connecting' | 'up' | 'closed';

export class NatsLink {
  private state: State = 'down';
  private connection: NatsConnection | undefined;
  private nowNs = 0;
  private retryAtNs = 0;
  private failures = 0;
  private everUp = false;
  /** After the last PING. */
  private open: Batch = { records: 0, bytes: 0 };
  /** Before the last PING, whose PONG has not come. */
  private marked: Batch | undefined;
  private markedAtNs = 0;
  private confirmed = 0;
  private dropped = 0;
  private reconnects = 0;
  private readonly windowBytes: number;
  private readonly modestBytes: number;

  constructor(private readonly options: LinkOptions) {
    this.windowBytes = options.windowBytes ?? WINDOW_BYTES;
    this.modestBytes = this.windowBytes * 0.75;
  }

  /** Hand over, or count as dropped. Never waits. @param urgent may use the last quarter of the window */
  publish(subject: string, payload: Uint8Array, urgent: boolean): void {
    const bytes = payload.byteLength + FRAME_BYTES;
    const outstanding = this.open.bytes + (this.marked?.bytes ?? 0);
    if (this.state !== 'up' || outstanding + bytes > (urgent ? this.windowBytes : this.modestBytes)) {
      this.dropped++;
      return;
    }
    this.connection!.publish(subject, payload);
    this.open.records++;
    this.open.bytes += bytes;
    if (this.marked === undefined && this.open.bytes > this.windowBytes / 8) this.mark(this.connection!);
  }

  /** Publish what is no record, when connected: not counted, not bounded. */
  announce(subject: string, payload: Uint8Array): void {
    if (this.state === 'up') this.connection!.publish(subject, payload);
  }

  onTimer(nowNs: number): void {
    this.nowNs = nowNs;
    if (this.state === 'down' && nowNs >= this.retryAtNs) void this.connect();
    else if (this.state === 'up') {
      const sinceMarkNs = nowNs - this.markedAtNs;
      if (this.marked !== undefined) {
        if (sinceMarkNs > STALL_NS) this.lose(this.connection!, `no answer for ${STALL_NS / 1e9} s`);
      } else if (this.open.records > 0 || sinceMarkNs > KEEPALIVE_NS) this.mark(this.connection!);
    }
  }

  /** Let what is on its way arrive, for a moment, then close. */
  async close(): Promise<void> {
    const { connection, state } = this;
    this.state = 'closed';
    if (connection === undefined) return;
    if (state === 'up') await settled(connection.flush(), 500);
    await settled(connection.close(), 500);
  }

  stats(): LinkStats {
    return { connected: this.state === 'up', published: this.confirmed + this.open.records + (this.marked?.records ?? 0), dropped: this.dropped, reconnects: this.reconnects };
  }

  private async connect(): Promise<void> {
    this.state = 'connecting';
    let connection: NatsConnection;
    try {
      connection = await connect({ servers: this.options.url, name: this.options.name, reconnect: false, timeout: CONNECT_TIMEOUT_MS, pingInterval: 3_600_000 });
    } catch (error) {
      if (this.state === 'connecting') this.retryLater(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.state !== 'connecting') return void connection.close();
    this.connection = connection;
    this.state = 'up';
    this.failures = 0;
    this.markedAtNs = this.nowNs;
    void connection.closed().then((error) => this.lose(connection, error?.message ?? 'the server closed the connection'));
    for (const [subject, answer] of Object.entries(this.options.answers ?? {})) connection.subscribe(subject, { callback: (_error, message) => void message.respond(answer()) });
    if (this.everUp) this.reconnects++;
    this.everUp = true;
    this.options.report('info', 'NATS_UP', `connected to ${redactedUrl(this.options.url)}`);
    this.options.onUp?.();
  }

  private mark(connection: NatsConnection): void {
    this.marked = this.open;
    this.open = { records: 0, bytes: 0 };
    this.markedAtNs = this.nowNs;
    connection.flush().then(
      () => {
        if (this.connection !== connection || this.marked === undefined) return;
        this.confirmed += this.marked.records;
        this.marked = undefined;
      },
      () => undefined, // the connection is lost, which `closed` tells
    );
  }

  private lose(connection: NatsConnection, why: string): void {
    if (this.connection !== connection) return;
    this.connection = undefined;
    this.dropped += this.open.records + (this.marked?.records ?? 0);
    this.open = { records: 0, bytes: 0 };
    this.marked = undefined;
    void settled(connection.close(), 500);
    if (this.state === 'up') this.retryLater(why);
  }

  private retryLater(why: string): void {
    this.state = 'down';
    const waitNs = Math.min(BACKOFF_MOST_NS, BACKOFF_FIRST_NS * 2 ** this.failures) * (0.5 + this.options.random() / 2);
    this.retryAtNs = this.nowNs + waitNs;
    // Once for each time it goes away: a server that stays away is a state, not news.
    if (this.failures++ === 0) this.options.report('warn', 'NATS_DOWN', `${redactedUrl(this.options.url)}: ${why}; records for it are counted as dropped, the engine goes on`);
  }
}

/** Wait for it, but not for long, and whatever comes of it. */
async function settled(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
  await Promise.race([promise.catch(() => undefined), late]);
  clearTimeout(timer);
}
