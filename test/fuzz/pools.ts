/**
 * Damaged frames of an Ethereum node against the feed of pools: notifications of logs and heads, and answers. Recorded logs
 * of a real pool are the events of blocks that a plain node mines; it keeps the pool's state by itself. Whatever is damaged, a
 * book that is published is that of a block the node has, level by level, and once frames are sound again it is soon the
 * newest one's. An answer that reads like a sound one cannot be told from it: there the connection ends, unjudged.
 */
import { BookState } from '../../src/record/codes.js';
import { Topic } from '../../src/venue/uniswap/abi.js';
import { V2State, V3State } from '../../src/venue/uniswap/pool-state.js';
import { levelsOf } from '../fixtures/pool-ladder.js';
import type { RecordedLog } from '../fixtures/uniswap-captures.js';
import { FakeNode, NodeFeed } from '../fixtures/uniswap.js';
import { isBelievable, parsed, tellsOtherFees } from './damaged-answer.js';
import { mutate, type Random } from './mutate.js';
import { changeIn, poolBefore } from '../fixtures/recorded-pool.js';
import type { FuzzReport } from './run.js';

const FEE_PPM = 500;
const TICK_SPACING = 10;
/** Recorded logs of one connection. */
const WINDOW_LOGS = 150;
const DAMAGED_SHARE = 0.35;
/** Within this all is mended: a question without an answer is given up after 15 s, and reads are tried again ever later. */
const MENDED_NS = 120e9;
const TURN_NS = 100e6;
const REMEMBERED_FRAMES = 12;
const SINK_SLOTS = 512;
const FAILURES_MAX = 20;

function blocksOf(logs: readonly RecordedLog[]): RecordedLog[][] {
  const blocks = new Map<string, RecordedLog[]>();
  for (const log of logs) blocks.set(log.blockNumber, [...(blocks.get(log.blockNumber) ?? []), log]);
  return [...blocks.values()];
}

function otherDigit(text: string, random: Random): string {
  const numbers = [...text.matchAll(/0x[0-9a-f]+/g)];
  if (numbers.length === 0) return text;
  const { index, 0: number } = numbers[Math.floor(random() * numbers.length)];
  const at = index + 2 + Math.floor(random() * (number.length - 2));
  return text.slice(0, at) + Math.floor(random() * 16).toString(16) + text.slice(at + 1);
}

export class PoolFuzz {
  readonly report: FuzzReport = { mutated: 0, published: 0, refused: 0, resyncs: 0, failures: [] };
  private node = new FakeNode();
  private feed = new NodeFeed(this.node, SINK_SLOTS);
  /** Books of the newest blocks by instrument, as text. */
  private books: string[][] = [];
  /** A damaged head told other fees, which are in the prices until another head has come. */
  private dearSince = -1;
  private isDoubtful = false;
  /** The newest notifications, undamaged. */
  private heard: string[] = [];
  private last = '';

  constructor(private readonly logs: readonly RecordedLog[], private readonly random: Random) {}

  /** Run until `frames` damaged frames were given. @param progress called now and then with how many were */
  run(frames: number, progress: (done: number) => void = () => undefined): FuzzReport {
    for (let told = 0; this.report.mutated < frames && this.report.failures.length < FAILURES_MAX;) {
      this.connection();
      if (this.report.mutated - told < 2000) continue;
      told = this.report.mutated;
      progress(told);
    }
    return this.report;
  }

  private connection(): void {
    const blocks = this.begin();
    while (blocks.length > 0) {
      for (let damaged = 1 + this.below(4); damaged > 0 && blocks.length > 0; damaged--) {
        this.mine(blocks.shift()!);
        this.hear(DAMAGED_SHARE);
        this.pass(this.below(3) * TURN_NS, DAMAGED_SHARE);
        if (this.isDoubtful || this.report.failures.length > 0) return this.end();
      }
      this.mine([]);
      this.hear(0);
      if (!this.mended()) return this.end();
    }
    return this.end();
  }

  private begin(): RecordedLog[][] {
    const { logs } = this;
    let from = this.below(logs.length - WINDOW_LOGS);
    while (logs[from].topics[0] !== Topic.v3Swap) from++;
    const window = logs.slice(from, from + WINDOW_LOGS);
    this.node = new FakeNode(0, poolBefore(window, FEE_PPM, TICK_SPACING));
    this.feed = new NodeFeed(this.node, SINK_SLOTS);
    this.books = this.feed.index.instruments.map(() => []);
    this.dearSince = -1;
    this.isDoubtful = false;
    this.heard = [];
    this.note();
    this.feed.start();
    this.mended();
    return blocksOf(window.slice(1));
  }

  private end(): void {
    this.report.resyncs += this.feed.counts.resyncs ?? 0;
  }

  /** A block of these logs, in place of the last one perhaps. */
  private mine(logs: readonly RecordedLog[]): void {
    const { node, random } = this;
    const isChanged = node.head.logs.some((log) => changeIn(log) !== undefined);
    if (random() < 0.05 && node.blocks.length > 2 && !isChanged) node.drop(1, random() < 0.8);
    for (const log of logs) node.replay(log);
    if (random() < 0.3) node.swapV2(BigInt(1 + this.below(1e9)) * 100n);
    node.mine(random() < 0.5 ? 'logs-first' : 'head-first');
    this.note();
  }

  /** What the node's newest block must look like. */
  private note(): void {
    const { reserve0, reserve1, v3 } = this.node.settled;
    this.feed.index.instruments.forEach((instrument, i) => {
      const facts = instrument.metadata.pool!;
      const { bids, asks } = levelsOf(instrument, facts.version === 2 ? new V2State(facts, reserve0, reserve1) : new V3State(facts, v3), 0n);
      this.books[i] = [...this.books[i].slice(-1), JSON.stringify([bids, asks])];
    });
  }

  /** Hear everything that the node has to say, some of it damaged. */
  private hear(damagedShare: number): void {
    const { outbox } = this.node;
    while (outbox.length > 0 && !this.isDoubtful) {
      const sound = outbox.shift()!;
      if (this.random() < damagedShare) this.damage(sound);
      else this.give(sound, sound);
      if (this.feed.reconnects > 0) this.reconnect();
    }
  }

  private damage(sound: string): void {
    const text = this.mistake(sound);
    this.report.mutated++;
    this.isDoubtful = isBelievable(text, sound);
    if (tellsOtherFees(text, sound)) this.dearSince = this.node.head.number;
    const { published } = this.report;
    this.give(text, sound);
    if (this.report.published === published) this.report.refused++;
    if (!this.isDoubtful && this.random() < 0.5) this.give(sound, sound);
  }

  /** Damage of any kind, or such as leaves the frame readable: another digit, a log taken back, a notification of before. */
  private mistake(sound: string): string {
    const { heard } = this;
    const isNotification = sound.includes('"method"');
    switch (this.below(isNotification ? 8 : 6)) {
      case 0: case 1: return otherDigit(sound, this.random);
      case 6: return sound.includes('"removed":true') ? sound.replace('"removed":true', '"removed":false') : sound.replace('"removed":false', '"removed":true');
      case 7: return heard[this.below(heard.length)] ?? sound;
      default: return mutate(sound, this.random);
    }
  }

  private give(text: string, sound: string): void {
    const { feed } = this;
    const { deltas } = feed.replica;
    this.last = text;
    if (text === sound && sound.includes('"method"')) this.heard = [...this.heard.slice(-REMEMBERED_FRAMES), sound];
    if (text === sound && this.dearSince >= 0 && this.node.head.number > this.dearSince && sound.includes('"parentHash"') && parsed(sound)?.method !== undefined) this.dearSince = -1;
    feed.nowNs += 1e5;
    try {
      feed.frame(text);
    } catch (error) {
      this.fail(`thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    if (feed.replica.deltas > deltas) this.judge();
  }

  /** Something was published. */
  private judge(): void {
    if (this.isDoubtful || this.dearSince >= 0) return;
    this.report.published++;
    this.books.forEach((books, i) => {
      if (this.isInSync(i) && !books.includes(this.book(i))) this.fail(`a book in sync that no block has: pool ${i}: ${this.book(i)}, not ${books.join(' or ')}`);
    });
  }

  /** Let time pass until every book is in sync and that of the newest block. */
  private mended(): boolean {
    const isMended = (): boolean => this.books.every((books, i) => this.isInSync(i) && this.book(i) === books.at(-1));
    for (const endNs = this.feed.nowNs + MENDED_NS; this.feed.nowNs < endNs && !isMended();) this.pass(TURN_NS, 0);
    if (!isMended()) this.fail(`not mended: ${this.books.map((_, i) => (this.isInSync(i) ? 'in sync' : 'out of sync')).join(', ')}`);
    return isMended();
  }

  private pass(ns: number, damagedShare: number): void {
    const { feed } = this;
    for (const endNs = feed.nowNs + ns; feed.nowNs < endNs;) {
      feed.nowNs += TURN_NS;
      feed.feed.onTimer(feed.nowNs);
      feed.replica.drain();
      if (feed.reconnects > 0) this.reconnect();
      this.hear(damagedShare);
    }
  }

  private reconnect(): void {
    const { feed } = this;
    feed.reconnects = 0;
    feed.lose();
    feed.feed.onOpen(feed.nowNs);
  }

  private isInSync(i: number): boolean {
    return this.feed.replica.states[i] === BookState.IN_SYNC;
  }

  private book(i: number): string {
    const { replica } = this.feed;
    return JSON.stringify([replica.levels('bids', i), replica.levels('asks', i)]);
  }

  private below(n: number): number {
    return Math.floor(this.random() * n);
  }

  private fail(what: string): void {
    this.report.failures.push(`${what.slice(0, 1500)}\n  in ${this.last.slice(0, 2000)}`);
  }
}
