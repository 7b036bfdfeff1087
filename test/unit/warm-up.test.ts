import t from 'tap';
import { warmUp } from '../../actors/warm-up.js';

t.test('warming up really trades: every part of the way from frame to order is run', (t) => {
  const rounds = 200;
  const warming = warmUp(rounds);
  let yields = 0;
  let step = warming.next();
  for (; step.done !== true; step = warming.next()) yields++;
  t.ok(yields > 1, 'it lets go in between, so that a spare thread can be called away');
  t.ok(step.value > rounds / 2, `orders were sent: ${step.value}`);
  t.end();
});

t.test('a spare that is called away leaves nothing ticking behind', (t) => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  warmUp(1000).next();
  t.equal(timers(), before);
  t.end();
});
