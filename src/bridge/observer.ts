/**
 * The other end of the bridge: subscribes, learns each session's index, and hands out records with names. Records of a
 * session whose index has not come yet wait for it, up to a bound.
 */
import { connect, createInbox, NatsError, type NatsConnection } from 'nats';
import { RingsideError } from '../model/errors.js';
import { redactedUrl } from '../model/url.js';
import { parseIndexDocument, type IndexDocument } from './index-document.js';
import { readable, type Readable } from './readable.js';
import { INDEX_REQUEST } from './subjects.js';

export interface ObserverOptions {
  readonly url: string;
  /** NATS subject, wildcards allowed: `ringside.>`, `ringside.*.tob.*.BTC-USDT`. */
  readonly subject: string;
  readonly onRecord: (record: Readable) => void;
}

export interface ObserverStats {
  readonly records: number;
  /** No payload of this format. */
  readonly malformed: number;
  /** Gone by before the session's index came. */
  readonly unnamed: number;
}

/** Records of one session that wait for its index. */
const WAITING_MOST = 10_000;

export class Observer {
  private readonly indices = new Map<string, IndexDocument>();
  private readonly waiting = new Map<string, Uint8Array[]>();
  private records = 0;
  private malformed = 0;
  private unnamed = 0;

  private constructor(private readonly connection: NatsConnection, private readonly onRecord: (record: Readable) => void) {}

  /** @throws RingsideError NATS_UNREACHABLE, NATS_SUBJECT */
  static async open({ url, subject, onRecord }: ObserverOptions): Promise<Observer> {
    if (!/^[^\s.]+(\.[^\s.]+)*$/.test(subject)) throw new RingsideError('NATS_SUBJECT', `"${subject}" is no NATS subject`, { where: '--subject', fix: 'For example ringside.> or ringside.*.tob.*.BTC-USDT; docs/nats.md lists them.' });
    let connection: NatsConnection;
    try {
      connection = await connect({ servers: url, name: 'ringside observe', maxReconnectAttempts: -1, timeout: 3000 });
    } catch (cause) {
      const why = cause instanceof NatsError || cause instanceof Error ? cause.message : String(cause);
      throw new RingsideError('NATS_UNREACHABLE', `no NATS server answers: ${why}`, { where: redactedUrl(url), fix: 'Start nats-server, or name another with --nats-url or NATS_URL.', cause });
    }
    const observer = new Observer(connection, onRecord);
    const answers = createInbox();
    for (const indexSubject of ['ringside.*.index', answers]) {
      connection.subscribe(indexSubject, { callback: (error, message) => void (error === null && observer.learn(message.data)) });
    }
    connection.subscribe(subject, { callback: (error, message) => void (error === null && observer.take(message.subject, message.data)) });
    connection.publish(INDEX_REQUEST, undefined, { reply: answers });
    await connection.flush();
    return observer;
  }

  /** Settles when the connection is closed for good. */
  async ended(): Promise<void> {
    await this.connection.closed();
  }

  async close(): Promise<ObserverStats> {
    await this.connection.close();
    let unnamed = this.unnamed;
    for (const messages of this.waiting.values()) unnamed += messages.length;
    return { records: this.records, malformed: this.malformed, unnamed };
  }

  private learn(data: Uint8Array): void {
    const document = parseIndexDocument(new TextDecoder().decode(data));
    if (document === undefined || this.indices.has(document.session)) return;
    this.indices.set(document.session, document);
    for (const message of this.waiting.get(document.session) ?? []) this.show(message, document);
    this.waiting.delete(document.session);
  }

  private take(subject: string, data: Uint8Array): void {
    const [root, session, kind] = subject.split('.');
    if (root !== 'ringside' || session === undefined || kind === undefined || kind === 'index' || kind === 'get') return;
    const index = this.indices.get(session);
    if (index !== undefined) this.show(data, index);
    else this.hold(session, data);
  }

  private hold(session: string, data: Uint8Array): void {
    const messages = this.waiting.get(session) ?? [];
    if (messages.length < WAITING_MOST) messages.push(new Uint8Array(data));
    else this.unnamed++;
    this.waiting.set(session, messages);
  }

  private show(data: Uint8Array, index: IndexDocument): void {
    const record = readable(data, index);
    if (record === undefined) this.malformed++;
    else {
      this.records++;
      this.onRecord(record);
    }
  }
}
