/** A book whose snapshot comes over its own stream, as the feed keeps it: how far it may be trusted, and where its subscription stands. */
import type { Instrument } from '../model/instrument.js';
import { BookState, ResyncReason } from '../record/codes.js';

/** Where the subscription of a book stands. */
export const Subscription = { NONE: 0, WAITING: 1, REQUESTED: 2, LIVE: 3 } as const;

export class StreamedBook {
  /** Integer as scanned × up ÷ down = integer at the pair's scale; one of the two is 1, and both where frames are scanned at that scale. */
  priceUp = 1;
  priceDown = 1;
  qtyUp = 1;
  qtyDown = 1;

  /** State of the content: OUT_OF_SYNC, SYNCING (a snapshot that nothing has verified yet) or IN_SYNC. */
  content: number = BookState.OUT_OF_SYNC;
  /** Why the content is out of sync; what should have come and what came, where the venue's sequence or checksum told. */
  reason: number = ResyncReason.START;
  expectedSeq = 0;
  actualSeq = 0;
  /** The venue says that this market does not match orders now. */
  halted = false;
  /** State and epoch last published; -1: none yet. */
  publishedState = -1;
  publishedEpoch = -1;
  epoch = 0;
  resyncs = 0;
  frames = 0;
  lastTradeId = 0;

  subscription: number = Subscription.NONE;
  /** WAITING: subscribe then; REQUESTED: give up then; LIVE: quiet since `lastFrameNs`. */
  dueNs = 0;
  lastFrameNs = 0;
  inSyncSinceNs = 0;
  /** Attempts in a row that did not lead to a lasting book. */
  attempts = 0;
  /** Doubles with every stall that the snapshot after it did not explain: a quiet market is no stall. */
  quietFactor = 1;

  constructor(readonly instrument: Instrument) {}

  /** Forget the levels, where the venue's rule needs them kept. */
  clear(): void {}

  /** Whether the kept levels cross each other; a book that keeps none cannot tell, and leaves it to its readers. */
  isCrossed(): boolean {
    return false;
  }
}
