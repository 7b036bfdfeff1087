/** What a feed must do with what a venue sends. The book is compared with the venue's own after every mishap. */
import { until } from '../fixtures/live-session.js';
import type { Case } from './case.js';

export const FEED_CASES: readonly Case[] = [
  {
    id: 'F1', title: 'subscribes, and every book comes into sync',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced(), 'all books are in sync');
      t.equal(feed.counts.malformed, undefined);
      t.equal(feed.counts.rejected, undefined);
    },
  },
  {
    id: 'F2', title: 'a snapshot is the venue’s book, level by level',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced());
      t.ok(await feed.equalsVenue());
    },
  },
  {
    id: 'F3', title: 'updates keep it so',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced());
      const before = feed.live.replica.deltas;
      t.ok(await until(() => feed.live.replica.deltas > before + 100, 20_000), 'a hundred levels changed');
      t.ok(await feed.equalsVenue());
      t.equal(feed.losses, 0, 'and the book was never out of sync');
    },
  },
  {
    id: 'F4', title: 'a gap takes the book out of sync, and it is synced anew',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced());
      // Several, because a checksum over the best levels need not notice one that changed below them.
      for (let turn = 0; turn < 10 && feed.losses === 0; turn++) {
        feed.mangleNext(5, () => []);
        await until(() => feed.losses > 0, 2_000);
      }
      t.ok(feed.losses > 0, 'it is noticed');
      t.ok(await feed.synced() && await feed.equalsVenue(), 'and mended');
    },
  },
  {
    id: 'F5', title: 'a doubled update leaves the book right',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced());
      const doubled = feed.mangleNext(3, (frame) => [frame, frame]);
      t.ok(await until(() => doubled() === 3, 20_000));
      t.ok(await feed.synced() && await feed.equalsVenue());
    },
  },
  {
    id: 'F6', title: 'updates out of order are never taken for a good book',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced());
      let held: string | undefined;
      let swapped = false;
      feed.mangle((frame) => {
        if (swapped) return [frame];
        if (held === undefined) {
          held = frame;
          return [];
        }
        swapped = true;
        return [frame, held];
      });
      // A checksum over the best levels need not notice what changed below them; then the order did not matter there.
      t.ok(await until(() => swapped, 20_000));
      await until(() => feed.losses > 0, 500);
      t.ok(await feed.synced() && await feed.equalsVenue());
    },
  },
  {
    id: 'F7', title: 'a checksum or sequence that does not fit takes the book out of sync',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced());
      feed.mangleNext(1, (frame) => [rig.fixture.breakChain(frame)]);
      t.ok(await until(() => feed.losses > 0, 20_000), 'it is noticed');
      t.ok(await feed.synced() && await feed.equalsVenue(), 'and mended');
    },
  },
  {
    id: 'F8', title: 'a lost connection is said at once, and made good',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced());
      feed.live.line.reconnect();
      t.ok(await until(() => feed.losses > 0), 'no book stays in sync without a connection');
      t.ok(await feed.synced() && await feed.equalsVenue(), 'it comes back by itself');
    },
  },
  {
    id: 'F9', title: 'one book can be synced anew without the others',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced());
      feed.live.line.resync(rig.market.index, 2);
      t.ok(await until(() => feed.losses > 0), 'it goes out of sync');
      t.same(feed.ofOthers, [], 'the others do not notice');
      t.ok(await feed.synced() && await feed.equalsVenue(), 'and comes back');
    },
  },
  {
    id: 'F10', title: 'a truncated update costs the book, never its truth',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced());
      const cut = feed.mangleNext(1, (frame) => [frame.slice(0, Math.floor(frame.length * 0.6))]);
      t.ok(await until(() => cut() > 0 && feed.losses > 0, 20_000), 'it is noticed');
      t.ok(await feed.synced() && await feed.equalsVenue(), 'and mended');
      t.ok((feed.counts.malformed ?? 0) > 0, 'and counted');
    },
  },
  {
    id: 'F11', title: 'a number beyond what is exact is never published',
    async run(t, rig) {
      const feed = rig.feed(t);
      t.ok(await feed.synced());
      feed.mangleNext(1, (frame) => [rig.fixture.withHugeNumber(frame)]);
      t.ok(await until(() => feed.losses > 0, 20_000), 'the book is not trusted');
      t.ok(await feed.synced() && await feed.equalsVenue(), 'and mended');
    },
  },
  {
    id: 'F12', title: 'silence is a stall, and is mended',
    async run(t, rig) {
      const feed = rig.feed(t, 1.5e9);
      t.ok(await feed.synced());
      rig.double.fault({ kind: 'stall', ms: 2_500 });
      t.ok(await until(() => feed.losses > 0, 10_000), 'it is noticed');
      t.ok(await feed.synced() && await feed.equalsVenue(), 'and mended');
    },
  },
  {
    id: 'F13', title: 'maintenance never leaves a book that looks tradable, and its end is noticed',
    async run(t, rig) {
      const feed = rig.feed(t, 2e9);
      t.ok(await feed.synced());
      rig.double.fault({ kind: 'maintenance', ms: 500 });
      rig.double.fault({ kind: 'stall', ms: 500 });
      await new Promise((resolve) => setTimeout(resolve, 700));
      t.ok(await feed.synced() && await feed.equalsVenue());
    },
  },
];
