import { execFileSync } from 'node:child_process';
import t from 'tap';
import { startSandboxProcess } from '../../actors/sandbox-process.js';

t.test('Ctrl-C in the terminal does not reach the sandbox, whether or not it listens to signals yet', async (t) => {
  const sandbox = await startSandboxProcess(['--venues', 'binance'], (how) => t.fail(`ended ${how}`));
  const group = execFileSync('ps', ['-o', 'pgid=', '-p', String(sandbox.pid)], { encoding: 'utf8' });
  t.equal(Number(group), sandbox.pid, 'it has a process group of its own');
  await sandbox.stop();
});
