import t from 'tap';
import { Backoff } from '../../src/agent/backoff.js';
import { EngineClock, startEpoch } from '../../src/agent/clock.js';
import { allowedCores, parseCores } from '../../src/agent/pin.js';
import { placeActors, type PlacedActor } from '../../src/agent/placement.js';
import { Runner, runUntilIdle } from '../../src/agent/runner.js';
import { Supervisor, type ThreadHandle } from '../../src/agent/supervisor.js';
import type { Actor } from '../../src/agent/actor.js';

/** Two actors in a row: what the first is given, the second receives in the same round. */
function relay(): { inbox: number[]; middle: number[]; out: number[]; actors: Actor[] } {
  const inbox: number[] = [];
  const middle: number[] = [];
  const out: number[] = [];
  const move = (name: string, from: number[], to: number[]): Actor => ({
    name,
    doWork(limit) {
      const taken = from.splice(0, limit);
      to.push(...taken);
      return taken.length;
    },
  });
  return { inbox, middle, out, actors: [move('first', inbox, middle), move('second', middle, out)] };
}

const options = (loop: 'event' | 'spin' | 'poll' | 'lazy', beats: () => void = () => undefined) => ({
  loop, dedicated: true, nowNs: () => performance.now() * 1e6, nowMs: () => performance.now(), beat: beats, fatal: (actor: string, error: unknown) => t.fail(`${actor}: ${String(error)}`),
});

t.test('a kick passes a record through all actors of a thread before it returns', async (t) => {
  const { inbox, out, actors } = relay();
  const runner = new Runner(actors, options('event'));
  await runner.start();
  inbox.push(1, 2, 3);
  runner.kick();
  t.same(out, [1, 2, 3]);
  await runner.stop();
});

t.test('a kick from within a turn is not lost and does not nest', async (t) => {
  const seen: string[] = [];
  let depth = 0;
  let kicks = 3;
  const actor: Actor = {
    name: 'kicker',
    doWork() {
      depth++;
      t.equal(depth, 1, 'turns never nest');
      if (kicks-- > 0) runner.kick();
      seen.push('turn');
      depth--;
      return 0;
    },
  };
  const runner = new Runner([actor], options('event'));
  await runner.start();
  t.ok(seen.length >= 4, `one more turn for every kick: ${seen.length}`);
  await runner.stop();
});

for (const loop of ['spin', 'poll', 'lazy'] as const) {
  t.test(`a ${loop} loop finds work by itself, and stop lets nothing lie`, async (t) => {
    const { inbox, out, actors } = relay();
    let beats = 0;
    const runner = new Runner(actors, options(loop, () => void beats++));
    await runner.start();
    inbox.push(1);
    for (let i = 0; i < 200 && out.length === 0; i++) await new Promise((resolve) => void setTimeout(resolve, 5));
    t.same(out, [1]);
    inbox.push(2);
    await runner.stop();
    t.same(out, [1, 2]);
    t.ok(beats > 0, 'the thread says that it is alive');
  });
}

t.test('an actor that throws ends its thread with its name', async (t) => {
  const failures: string[] = [];
  const broken: Actor = { name: 'broken', doWork: () => { throw new Error('no'); } };
  const runner = new Runner([broken], { ...options('event'), fatal: (actor) => void failures.push(actor) });
  await runner.start();
  t.same(failures, ['broken']);
  await runner.stop();
});

t.test('the caller can drive actors until nobody has anything to do', (t) => {
  const { inbox, out, actors } = relay();
  inbox.push(...Array.from({ length: 1000 }, (_, i) => i));
  runUntilIdle(actors);
  t.equal(out.length, 1000);
  t.throws(() => runUntilIdle([{ name: 'endless', doWork: () => 1 }], 100), /still working/);
  t.end();
});

t.test('backoff: at once, then growing with jitter up to the cap, and anew after a success', (t) => {
  const half = new Backoff(100, 1000, () => 0);
  t.same([0, 1, 2, 3, 4, 5, 6].map(() => half.nextMs()), [0, 50, 100, 200, 400, 500, 500]);
  half.succeeded();
  t.equal(half.nextMs(), 0);
  const full = new Backoff(100, 1000, () => 0.999999);
  full.nextMs();
  t.equal(full.nextMs(), 100);
  t.end();
});

const actors: PlacedActor[] = [
  { name: 'feed.a', kind: 'io', readsRings: false }, { name: 'feed.b', kind: 'io', readsRings: false }, { name: 'merger', kind: 'hot', readsRings: true },
  { name: 'executor', kind: 'hot', readsRings: true }, { name: 'gateway.a', kind: 'io', readsRings: true }, { name: 'journal', kind: 'observer', readsRings: true },
];

t.test('placement: packed on few cores, a core each where there are enough, observers never on the hot path', (t) => {
  const small = placeActors(actors, 'auto', 2);
  t.same(small.map(({ name, loop, actors: on }) => [name, loop, on.length]), [['engine', 'event', 5], ['observers', 'lazy', 1]]);
  const large = placeActors(actors, 'auto', 8);
  t.same(large.map(({ loop }) => loop), ['event', 'event', 'spin', 'spin', 'poll', 'lazy']);
  t.equal(new Set(large.map(({ core }) => core)).size, 6, 'a core each; the observers none');
  t.same(placeActors(actors, 'auto', 2, 1).map(({ core, dedicated }) => [core, dedicated]), [[1, false], [undefined, false]], 'a core set aside is the shared thread’s, which does not burn it');
  t.ok(placeActors(actors, 'threads', 2).every(({ core }) => core === undefined), 'without the cores nothing is pinned');
  t.end();
});

t.test('cores are read as the system writes them', (t) => {
  t.same(parseCores('0'), [0]);
  t.same(parseCores('0-2,5,7-8'), [0, 1, 2, 5, 7, 8]);
  if (process.platform === 'linux') t.ok(allowedCores().length > 0);
  t.end();
});

t.test('clocks of different threads agree: each measures its offset against the shared monotonic clock', (t) => {
  const epoch = startEpoch();
  const clock = new EngineClock(epoch);
  const shared = Number(process.hrtime.bigint() - epoch.monotonicNs);
  t.ok(Math.abs(clock.nowNs() - shared) < 50e6, 'within what scheduling may add');
  t.end();
});

class FakeThread implements ThreadHandle {
  readonly started = Promise.resolve();
  private listener: ((code: number) => void) | undefined;
  terminated = 0;
  onExit(listener: (code: number) => void): void {
    this.listener = listener;
  }
  async terminate(): Promise<void> {
    this.terminated++;
    this.exit(1);
  }
  exit(code: number): void {
    this.listener?.(code);
  }
}

t.test('the supervisor starts a dead thread at once, and one that keeps dying after growing pauses', async (t) => {
  let nowMs = 0;
  const spawned: FakeThread[] = [];
  const events: string[] = [];
  const supervisor = new Supervisor<FakeThread>({
    spawn: () => (spawned.push(new FakeThread()), spawned.at(-1)!),
    nowMs: () => nowMs, random: () => 0, heartbeat: () => 0,
    onDied: (name) => void events.push(`died ${name}`), onBack: (name) => void events.push(`back ${name}`),
  });
  await supervisor.start(['engine']);
  nowMs = 60_000;
  spawned[0].exit(1);
  await Promise.resolve();
  await Promise.resolve();
  t.equal(spawned.length, 2, 'at once');
  t.same(events, ['died engine', 'back engine']);
  spawned[1].exit(1); // it has not lived at all
  t.equal(spawned.length, 2, 'not at once');
  await new Promise((resolve) => void setTimeout(resolve, 200));
  t.equal(spawned.length, 3, 'after a pause');
  t.equal(supervisor.report()[0].restarts, 2);
  supervisor.release();
  spawned[2].exit(0);
  t.equal(spawned.length, 3, 'not when it was asked to end');
});

t.test('a thread without a heartbeat is ended; a supervisor that was suspended itself accuses nobody', async (t) => {
  let nowMs = 0;
  let ended = 0;
  const supervisor = new Supervisor<FakeThread>({
    spawn: () => Object.assign(new FakeThread(), { terminate: () => (ended++, Promise.resolve()) }),
    nowMs: () => nowMs, random: () => 0, heartbeat: () => 0, onDied: () => {}, onBack: () => {},
  });
  const checks = t.capture(globalThis, 'setInterval', (check: () => void) => {
    tick = check;
    return undefined as never;
  });
  let tick = (): void => {};
  await supervisor.start(['engine']);
  checks.restore();
  nowMs = 60_000;
  tick();
  t.equal(ended, 0, 'a minute passed between two looks: the whole process stood still');
  for (let i = 0; i < 12; i++) {
    nowMs += 500;
    tick();
  }
  t.equal(ended, 1, 'six seconds of looking at a thread that does nothing');
  supervisor.release();
});
