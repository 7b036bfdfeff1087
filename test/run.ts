/**
 * `npm test`: lint, the house rules, then every test file under tap. Ends with one line `N passed, N failed`.
 * Arguments narrow it: `npm test -- ring journal` runs the files whose names contain one of the words.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function testFiles(words: readonly string[]): string[] {
  const files = readdirSync(join(root, 'dist', 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort();
  return files.map((file) => relative(root, join(root, 'dist', 'test', file)));
}

function step(name: string, command: string, args: string[]): boolean {
  say(`ringside: ${name}`);
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
}

/** Run tap and count the assertions of its TAP output, so that the closing line does not depend on a reporter's taste. */
function runTap(files: readonly string[]): Promise<{ passed: number; failed: number; skipped: number }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin('tap'), 'run', '-j2', '--disable-coverage', '--allow-incomplete-coverage', '--allow-empty-coverage', '--reporter=tap', ...files], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    const count = { passed: 0, failed: 0, skipped: 0 };
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        process.stdout.write(`${line}\n`);
        // Leaves only: a line that names a subtest or a file closes with a brace or a time and would be counted twice.
        if (!/^ {4,}(not )?ok \d/.test(line) || line.endsWith(' {') || /# time=/.test(line)) continue;
        if (/# SKIP/i.test(line)) count.skipped++;
        else if (line.trimStart().startsWith('ok')) count.passed++;
        else if (!/# TODO/i.test(line)) count.failed++;
      }
    });
    child.on('close', (code) => {
      if (code !== 0 && count.failed === 0) count.failed++; // a file that crashed or timed out
      resolve(count);
    });
  });
}

const words = process.argv.slice(2);
let failedSteps = 0;
if (words.length === 0) {
  if (!step('lint', bin('oxlint'), ['--type-aware', '--deny-warnings', 'src', 'actors', 'bench', 'test', 'bin'])) failedSteps++;
}
if (!existsSync(join(root, 'node_modules', '.tap-built'))) {
  // tap builds itself anew for the plugins that package.json names; once per installation.
  if (step('preparing tap', process.execPath, [bin('tap'), 'build'])) spawnSync('touch', [join(root, 'node_modules', '.tap-built')]);
  else failedSteps++;
}
const files = testFiles(words);
if (files.length === 0) say(`no test file matches ${words.join(', ')}`);
const count = files.length === 0 ? { passed: 0, failed: 1, skipped: 0 } : await runTap(files);
const failed = count.failed + failedSteps;
process.stdout.write(`\n${count.passed} passed, ${failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}\n`);
process.exitCode = failed === 0 ? 0 : 1;
