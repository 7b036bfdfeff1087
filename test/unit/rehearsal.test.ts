import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Rehearsal } from '../../actors/rehearsal.js';
import type { Actor } from '../../src/agent/actor.js';

const open = (): readonly string[] => process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name)).sort();

t.test('a rehearsal asks its actors for orders again and again, and ends without a trace', async (t) => {
  const before = open();
  const seen = { asked: 0, kicked: 0 };
  const actor: Actor = {
    name: 'gateway.made-up',
    doWork: () => 0,
    rehearse() {
      seen.asked++;
      return '{"method":"order"}';
    },
  };
  const rehearsal = new Rehearsal([actor, { name: 'merger', doWork: () => 0 }], {
    nowNs: () => performance.now() * 1e6, kick: () => void seen.kicked++, tell: () => t.fail('nobody is told'), report: (...what) => t.fail(`nothing is reported: ${what.join(' ')}`),
  });
  await rehearsal.start();
  for (let waitedMs = 0; seen.asked < 10 && waitedMs < 5000; waitedMs += 20) await delay(20);
  t.ok(seen.asked >= 10, `asked ${seen.asked} times`);
  t.equal(seen.kicked, 0, 'the real actors get no turns from it');
  rehearsal.stop();
  for (let waitedMs = 0; open().length > before.length && waitedMs < 5000; waitedMs += 20) await delay(20);
  t.same(open(), before);
  const after = seen.asked;
  await delay(20);
  t.equal(seen.asked, after);
});
