/**
 * The bridge: records in, NATS messages out. An observer: it is given copies of records, never holds anybody up, and
 * what a slow or absent server does not take is counted. The actor around it polls rings and gives it time.
 */
import type { InstrumentIndex } from '../model/instrument.js';
import type { SlotViews } from '../record/slot.js';
import { TopOfBook } from '../record/records.js';
import { indexDocument, type SessionInfo } from './index-document.js';
import { NatsLink, type LinkOptions, type LinkStats } from './nats-link.js';
import { PayloadWriter } from './payload.js';
import { INDEX_REQUEST, indexSubject, SubjectTable } from './subjects.js';

/** How often the index is published unasked. */
const INDEX_EVERY_NS = 10e9;

export type BridgeOptions = SessionInfo & Pick<LinkOptions, 'url' | 'report' | 'random' | 'windowBytes'> & { readonly index: InstrumentIndex };

export class Bridge {
  private readonly subjects: SubjectTable;
  private readonly payloads: PayloadWriter;
  private readonly document: Uint8Array;
  private readonly indexSubject: string;
  private readonly link: NatsLink;
  private indexAtNs = 0;

  /** Connects at the first `onTimer`. @throws RingsideError SESSION_NAME */
  constructor(options: BridgeOptions) {
    const { session, index, epochUnixNs, url, report, random, windowBytes } = options;
    this.subjects = new SubjectTable(session, index);
    this.payloads = new PayloadWriter(epochUnixNs);
    this.document = new TextEncoder().encode(JSON.stringify(indexDocument(options, index)));
    this.indexSubject = indexSubject(session);
    this.link = new NatsLink({
      url, report, random, name: `ringside ${session}`,
      ...(windowBytes === undefined ? {} : { windowBytes }),
      answers: { [INDEX_REQUEST]: () => this.document, [`${this.indexSubject}.get`]: () => this.document },
      onUp: () => this.link.announce(this.indexSubject, this.document),
    });
  }

  /** Publish the record at `at`, when it is of a kind that leaves the process. */
  onRecord(views: SlotViews, at: number): void {
    const type = views.u8[at + 4];
    const subject = this.subjects.of(type, views.u16[(at >> 1) + 4], views.u16[(at >> 1) + 5]);
    if (subject !== undefined) this.link.publish(subject, this.payloads.write(views, at), type !== TopOfBook.TYPE);
  }

  /** About ten times a second. */
  onTimer(nowNs: number): void {
    this.link.onTimer(nowNs);
    if (nowNs - this.indexAtNs >= INDEX_EVERY_NS) {
      this.indexAtNs = nowNs;
      this.link.announce(this.indexSubject, this.document);
    }
  }

  close(): Promise<void> {
    return this.link.close();
  }

  stats(): LinkStats {
    return this.link.stats();
  }
}
