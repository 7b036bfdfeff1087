/**
 * One book, kept in sync by Binance's procedure ("How to manage a local order book correctly", as corrected 2025-11):
 *
 *   IDLE ──first diff──► BUFFERING ──snapshot, splice──► IN_SYNC ──gap, malformed, stall, full ring──► BUFFERING
 *                            └──there will never be one (transcripts)──► UNSYNCED
 *
 * Spot: the first diff kept has U ≤ lastUpdateId+1 ≤ u, then U ≤ localId+1. Futures (diffs carry `pu`): the first kept
 * has U ≤ lastUpdateId ≤ u, then pu = localId. Older diffs are ignored; a diff that comes twice is counted.
 */
import type { Instrument } from '../../model/instrument.js';
import { BookState, Flag, ResyncReason } from '../../record/codes.js';
import type { RecordSink } from '../../record/slot.js';
import type { FeedCounter, FeedHost } from '../contract.js';
import { FrameBuffer } from '../frame-buffer.js';
import { bytesOf, CLOSE_BRACE, expect, findKey, MALFORMED, matches, OUT_OF_RANGE, scanned, TOO_PRECISE } from '../scan.js';
import { scanInteger } from '../scan-number.js';
import { scanUnixMs, type EpochParts } from '../scan-time.js';
import type { SnapshotRequests } from '../snapshot-requests.js';
import { Head } from './depth-head.js';
import { Kind, LETTER, type StreamEvent } from './event.js';
import { SINK_FULL, type LevelTarget, type LevelWriter } from './level-writer.js';
import { OwedStatus } from './owed-status.js';

/** What the books of one session share. */
export interface SyncContext {
  readonly venueIndex: number;
  readonly sink: RecordSink;
  readonly host: FeedHost;
  readonly epoch: EpochParts;
  readonly event: StreamEvent;
  readonly writer: LevelWriter;
  readonly requests: SnapshotRequests;
  /** No diff for this long is a stall, ns. */
  readonly stallNs: number;
  readonly resyncOnDuplicate: boolean;
  nextEpoch(): number;
  nextFrame(): number;
}

const State = { IDLE: 0, BUFFERING: 1, IN_SYNC: 2, UNSYNCED: 3 } as const;
/** How a diff stands to the book. */
const Relation = { NEXT: 0, OLD: 1, GAP: 2 } as const;
/** The fast path met another key order than the venue's. */
const OTHER_ORDER = -32;

const RETRY_NS = 250e6;
const RETRY_NS_MAX = 30e9;
/** In sync for this long: the next resync starts without waiting. */
const SETTLED_NS = 60e9;
const QUIET_FACTOR_MAX = 64;

const ASKS_NEXT = bytesOf(',"a":');
const LAST_UPDATE_ID = bytesOf('lastUpdateId');
const BIDS = bytesOf('bids');
const ASKS = bytesOf('asks');
const EVENT_TIME = bytesOf('E');

/** Slots of `numbers`: doubles kept out of object fields. */
const N = { local: 0, lastDiffNs: 1, quietNs: 2, syncedNs: 3, first: 4, last: 5, previous: 6, tsVenueNs: 7, stalledAt: 8 } as const;

export class BookSync implements LevelTarget {
  readonly venue: number;
  readonly instrument: number;
  readonly symbol: string;
  readonly priceScale: number;
  readonly qtyScale: number;
  readonly contractSize: number;
  readonly qtyDecimals: number;
  private state: number = State.IDLE;
  private readonly numbers = new Float64Array(9);
  private readonly buffer = new FrameBuffer();
  private readonly status: OwedStatus;
  private epoch = 0;
  private resyncs = 0;
  private frames = 0;
  private failures = 0;
  /** A diff was applied since the snapshot. */
  private spliced = false;

  constructor(private readonly context: SyncContext, private readonly number: number, instrument: Instrument) {
    this.venue = context.venueIndex;
    this.instrument = instrument.index;
    this.symbol = instrument.symbol;
    this.priceScale = instrument.pair.priceScale;
    this.qtyScale = instrument.pair.qtyScale;
    this.contractSize = instrument.metadata.contractSizeQuote ?? 0;
    this.qtyDecimals = this.contractSize > 0 ? 0 : this.qtyScale;
    this.status = new OwedStatus(context.sink, this.venue, this.instrument);
    this.numbers[N.quietNs] = context.stallNs;
    this.numbers[N.stalledAt] = -1;
  }

  /** A new connection: wait for the first diff. */
  open(nowNs: number): void {
    this.state = State.IDLE;
    this.epoch = this.context.nextEpoch();
    this.say(BookState.OUT_OF_SYNC, ResyncReason.START, 0, 0, nowNs);
  }

  close(nowNs: number): void {
    this.state = State.IDLE;
    this.buffer.clear();
    this.resyncs++;
    this.epoch = this.context.nextEpoch();
    this.say(BookState.OUT_OF_SYNC, ResyncReason.RECONNECT, 0, 0, nowNs);
  }

  /** A depth update of this book; `context.event` has just read it. */
  onDiff(tsRecvNs: number): void {
    const { bytes, end } = this.context.event;
    if (!this.readHeader()) return this.broken(MALFORMED, tsRecvNs);
    this.numbers[N.lastDiffNs] = tsRecvNs;
    if (this.state === State.IN_SYNC || this.state === State.UNSYNCED) return this.follow(tsRecvNs, tsRecvNs);
    if (this.state === State.IDLE) {
      this.state = State.BUFFERING;
      this.say(BookState.SYNCING, ResyncReason.START, 0, 0, tsRecvNs);
      this.keep(bytes, end, tsRecvNs);
      this.context.requests.want(this.number, this.symbol, tsRecvNs, tsRecvNs);
    } else this.keep(bytes, end, tsRecvNs);
  }

  /** Throw the book away and ask for a snapshot. The frame that showed the need may be kept for the splice by the caller. */
  resync(reason: number, nowNs: number, expected = 0, actual = 0): void {
    const { context } = this;
    if (this.state === State.IDLE) return;
    if (this.state === State.UNSYNCED) return this.say(BookState.OUT_OF_SYNC, reason, expected, actual, nowNs);
    if (this.state === State.IN_SYNC) {
      this.resyncs++;
      context.host.count('resyncs');
      if (nowNs - this.numbers[N.syncedNs] > SETTLED_NS) this.failures = 0;
    }
    this.state = State.BUFFERING;
    this.buffer.clear();
    this.epoch = context.nextEpoch();
    this.say(BookState.OUT_OF_SYNC, reason, expected, actual, nowNs);
    context.requests.want(this.number, this.symbol, nowNs + this.delayNs(), nowNs);
  }

  /** @param status HTTP status; 410 = there will never be a snapshot */
  onSnapshot(status: number, body: Uint8Array, nowNs: number): void {
    if (this.state !== State.BUFFERING) return;
    if (status === 410) return this.goUnsynced(nowNs);
    if (status !== 200) {
      if (status !== 429 && status !== 418) this.context.host.count('requestErrors');
      return this.retry(nowNs);
    }
    const end = body.length;
    const at = findKey(body, 0, end, LAST_UPDATE_ID);
    if (at < 0 || scanInteger(body, at, end) < 0) {
      this.context.host.count('malformed');
      return this.retry(nowNs);
    }
    const lastUpdateId = scanned[0];
    if (this.isTooOld(lastUpdateId)) {
      this.say(BookState.SYNCING, ResyncReason.SNAPSHOT_TOO_OLD, this.numbers[N.first], lastUpdateId, nowNs);
      return this.retry(nowNs);
    }
    this.noteQuiet(lastUpdateId);
    const written = this.publishSnapshot(body, lastUpdateId, nowNs);
    if (written < 0) return this.broken(written, nowNs);
    this.numbers[N.local] = lastUpdateId;
    this.spliced = false;
    this.state = State.IN_SYNC;
    this.numbers[N.syncedNs] = nowNs;
    if (this.numbers[N.lastDiffNs] < nowNs) this.numbers[N.lastDiffNs] = nowNs;
    if (!this.replay(nowNs)) return;
    this.buffer.clear();
    this.failures++;
    this.say(BookState.IN_SYNC, ResyncReason.NONE, 0, this.numbers[N.local], nowNs);
  }

  onTimer(nowNs: number): void {
    this.status.settle();
    if (this.state !== State.IN_SYNC || nowNs - this.numbers[N.lastDiffNs] <= this.numbers[N.quietNs]) return;
    this.context.host.count('stalls');
    this.numbers[N.stalledAt] = this.numbers[N.local];
    this.resync(ResyncReason.STALL, nowNs);
  }

  /** A frame of this book could not be used. @param code what the scanner or the sink said */
  broken(code: number, nowNs: number): void {
    const full = code === SINK_FULL;
    const range = code === TOO_PRECISE || code === OUT_OF_RANGE;
    const counter: FeedCounter = full ? 'ringFull' : range ? 'outOfRange' : 'malformed';
    this.context.host.count(counter);
    // What has just failed would fail again at once: a full ring or a frame of another shape takes time to pass.
    this.failures++;
    this.resync(full ? ResyncReason.RING_FULL : range ? ResyncReason.OUT_OF_RANGE : ResyncReason.MALFORMED, nowNs, 0, this.numbers[N.last]);
  }

  private delayNs(): number {
    return this.failures === 0 ? 0 : Math.min(RETRY_NS_MAX, RETRY_NS * 2 ** (this.failures - 1));
  }

  private retry(nowNs: number): void {
    this.failures++;
    this.context.requests.want(this.number, this.symbol, nowNs + this.delayNs(), nowNs);
  }

  /** U, u, pu (-1 = spot) and the event's time into `numbers`. */
  private readHeader(): boolean {
    const { event, epoch } = this.context;
    if (!event.readNumbers()) return false;
    const { numbers } = this;
    const head = event.numbers;
    numbers[N.first] = head[Head.first];
    numbers[N.last] = head[Head.last];
    numbers[N.previous] = head[Head.previous];
    numbers[N.tsVenueNs] = (head[Head.unixMs] - epoch.seconds * 1000) * 1e6 - epoch.nanos;
    return numbers[N.first] <= numbers[N.last];
  }

  private relation(): number {
    const { numbers, spliced } = this;
    const local = numbers[N.local];
    const first = numbers[N.first];
    const last = numbers[N.last];
    const previous = numbers[N.previous];
    if (previous < 0) return last <= local ? Relation.OLD : first <= local + 1 ? Relation.NEXT : Relation.GAP;
    if (spliced) return last <= local ? Relation.OLD : previous === local ? Relation.NEXT : Relation.GAP;
    return last < local ? Relation.OLD : first <= local || previous <= local ? Relation.NEXT : Relation.GAP;
  }

  /** Apply the diff whose header was just read, if it follows. */
  private follow(tsRecvNs: number, nowNs: number): void {
    const relation = this.relation();
    const { numbers } = this;
    if (relation === Relation.OLD) {
      if (!this.spliced) return; // older than the snapshot: expected
      // Harmless by the venue's rule, but one connection does not repeat itself: whatever did may have lost something too.
      this.context.host.count('duplicates');
      if (this.context.resyncOnDuplicate) this.resync(ResyncReason.DUPLICATE, nowNs, numbers[N.local] + 1, numbers[N.first]);
      return;
    }
    if (relation === Relation.GAP) {
      const expected = numbers[N.previous] < 0 ? numbers[N.local] + 1 : numbers[N.local];
      const tooOld = !this.spliced && this.state === State.IN_SYNC;
      if (!tooOld) this.context.host.count('gaps');
      if (tooOld) this.failures++;
      this.resync(tooOld ? ResyncReason.SNAPSHOT_TOO_OLD : ResyncReason.GAP, nowNs, expected, numbers[N.previous] < 0 ? numbers[N.first] : numbers[N.previous]);
      if (this.state === State.BUFFERING) return this.keep(this.context.event.bytes, this.context.event.end, tsRecvNs);
    }
    const code = this.publishDiff(tsRecvNs);
    if (code < 0) return this.broken(code, nowNs);
    numbers[N.local] = numbers[N.last];
    this.spliced = true;
    this.frames++;
  }

  private publishDiff(tsRecvNs: number): number {
    const { context, numbers } = this;
    const { event, writer, sink } = context;
    if (!this.status.settle()) return SINK_FULL;
    const frame = context.nextFrame();
    writer.begin(this, 0, this.epoch, frame, numbers[N.last], numbers[N.tsVenueNs], tsRecvNs);
    let at = event.stoppedAtLevels ? this.publishInOrder() : OTHER_ORDER;
    if (at === OTHER_ORDER) {
      sink.abandon();
      if (event.readWhole() !== Kind.DEPTH || !this.readHeader() || !event.has(LETTER.b) || !event.has(LETTER.a)) return MALFORMED;
      writer.begin(this, 0, this.epoch, frame, numbers[N.last], numbers[N.tsVenueNs], tsRecvNs);
      at = writer.sideOf(event, event.at[LETTER.b], this, 0);
      if (at >= 0) at = writer.sideOf(event, event.at[LETTER.a], this, Flag.SELL);
    }
    if (at < 0) {
      sink.abandon();
      return at;
    }
    writer.commit();
    return 0;
  }

  /** One pass over `…"b":[…],"a":[…]}`. @returns OTHER_ORDER when anything else stands there */
  private publishInOrder(): number {
    const { event, writer } = this.context;
    const { bytes, end } = event;
    let at = writer.sideOf(event, event.stop, this, 0);
    if (at < 0) return at;
    if (!matches(bytes, at, end, ASKS_NEXT)) return OTHER_ORDER;
    at = writer.sideOf(event, at + ASKS_NEXT.length, this, Flag.SELL);
    if (at < 0) return at;
    at = expect(bytes, at, end, CLOSE_BRACE);
    return at >= 0 && event.endsAt(at) ? at : OTHER_ORDER;
  }

  /** The snapshot is older than the first diff we hold. */
  private isTooOld(lastUpdateId: number): boolean {
    if (this.buffer.count === 0) return false;
    const frame = this.buffer.frame(0);
    this.context.event.read(frame, frame.length);
    this.readHeader();
    const previous = this.numbers[N.previous];
    const first = this.numbers[N.first];
    return previous < 0 ? first > lastUpdateId + 1 : first > lastUpdateId && previous > lastUpdateId;
  }

  private publishSnapshot(body: Uint8Array, lastUpdateId: number, nowNs: number): number {
    const { context } = this;
    const end = body.length;
    if (!this.status.settle()) return SINK_FULL;
    const time = findKey(body, 0, end, EVENT_TIME);
    const tsVenueNs = time >= 0 && scanUnixMs(body, time, end, context.epoch) >= 0 ? scanned[0] : nowNs;
    context.writer.begin(this, Flag.SNAPSHOT, this.epoch, context.nextFrame(), lastUpdateId, tsVenueNs, nowNs);
    const bids = findKey(body, 0, end, BIDS);
    const asks = findKey(body, 0, end, ASKS);
    if (bids < 0 || asks < 0) return MALFORMED;
    let at = context.writer.side(body, bids, end, this, 0);
    if (at >= 0) at = context.writer.side(body, asks, end, this, Flag.SELL);
    if (at < 0) {
      context.sink.abandon();
      return at;
    }
    // Nothing on either side: there is no first or last record to bound the snapshot with; ask again.
    return context.writer.commit() === 0 ? MALFORMED : 0;
  }

  /** The diffs that came meanwhile. False: the book is out of sync again. */
  private replay(nowNs: number): boolean {
    const { buffer, context } = this;
    for (let k = 0; k < buffer.count && this.state === State.IN_SYNC; k++) {
      const frame = buffer.frame(k);
      context.event.read(frame, frame.length);
      if (!this.readHeader()) {
        this.broken(MALFORMED, nowNs);
        return false;
      }
      this.follow(buffer.tsRecvNs(k), nowNs);
    }
    return this.state === State.IN_SYNC;
  }

  /** A transcript without a snapshot: diffs are published as they come, the book stays out of sync. */
  private goUnsynced(nowNs: number): void {
    this.state = State.UNSYNCED;
    this.spliced = true;
    this.say(BookState.OUT_OF_SYNC, ResyncReason.REJECTED, 0, 0, nowNs);
    for (let k = 0; k < this.buffer.count; k++) {
      const frame = this.buffer.frame(k);
      this.context.event.read(frame, frame.length);
      if (!this.readHeader()) continue;
      if (k === 0) this.numbers[N.local] = this.numbers[N.previous] < 0 ? this.numbers[N.first] - 1 : this.numbers[N.previous];
      this.follow(this.buffer.tsRecvNs(k), nowNs);
    }
    this.buffer.clear();
  }

  private keep(bytes: Uint8Array, end: number, tsRecvNs: number): void {
    if (this.buffer.push(bytes, end, tsRecvNs)) return;
    // Waited too long for a snapshot: those diffs are worth nothing without one. Start over with this frame.
    this.buffer.clear();
    this.buffer.push(bytes, end, tsRecvNs);
  }

  /** A book that stalled and whose snapshot shows the same id was merely quiet: be more patient with it. */
  private noteQuiet(lastUpdateId: number): void {
    const { numbers } = this;
    const { stallNs } = this.context;
    numbers[N.quietNs] = numbers[N.stalledAt] === lastUpdateId ? Math.min(numbers[N.quietNs] * 2, stallNs * QUIET_FACTOR_MAX) : stallNs;
    numbers[N.stalledAt] = -1;
  }

  private say(state: number, reason: number, expected: number, actual: number, nowNs: number): void {
    this.status.say(state, reason, this.epoch, this.resyncs, this.frames, expected, actual, nowNs);
  }
}
