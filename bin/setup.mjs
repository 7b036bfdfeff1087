// Makes a checkout runnable: installs what package-lock.json names, builds what is stale, says what it does.
// No dependency of ours may be imported here: on a fresh clone there are none yet.
// Everything it says goes to stderr, so that stdout stays machine-readable.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = ['src', 'actors', 'bench', 'test'];
const INSTALL_STAMP = join(root, 'node_modules', '.ringside-installed');
const BUILD_STAMP = join(root, 'dist', '.built');

function say(text) {
  process.stderr.write(`ringside: ${text}\n`);
}

function fail(code, text, fix) {
  process.stderr.write(`${code}: ${text}\n  ${fix}\n`);
  process.exit(1);
}

/**
 * What the installed tree was made from: it is stale when this differs from the stamp the last install left. The platform
 * counts too, because a checkout shared with a container would otherwise find the other side's native packages.
 */
function installKey() {
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  return `${process.platform}-${process.arch} ${lock}`;
}

/** What to install is the other checkout's to say: `npm ci` here would empty its folder. */
function belongsToAnotherCheckout() {
  return lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function install() {
  say('installing the packages named in package-lock.json (about a minute the first time)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) fail('INSTALL_FAILED', '`npm ci` did not finish.', 'Run `npm ci` here and read its message; the npm registry must be reachable.');
  writeFileSync(INSTALL_STAMP, installKey());
}

/** Names, sizes and times of every source file: cheap to compute, and it notices deletions too. */
function sourcesDigest() {
  const hash = createHash('sha256');
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.(ts|json)$/.test(entry.name)) {
        const { size, mtimeMs } = statSync(path);
        hash.update(`${path}:${size}:${mtimeMs}\n`);
      }
    }
  };
  for (const folder of SOURCES) walk(join(root, folder));
  hash.update(readFileSync(join(root, 'tsconfig.json')));
  return hash.digest('hex');
}

function build(digest) {
  say('building');
  for (const folder of SOURCES) rmSync(join(root, 'dist', folder), { recursive: true, force: true });
  const done = spawnSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root], { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) fail('BUILD_FAILED', 'The TypeScript compiler reported errors.', 'Mend what it names above, then run the same command again.');
  mkdirSync(dirname(BUILD_STAMP), { recursive: true });
  writeFileSync(BUILD_STAMP, digest);
}

export function ensureReady({ force = false } = {}) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11)) fail('NODE_TOO_OLD', `Node.js ${process.versions.node} is too old.`, 'Install Node.js 20.11 or later.');
  if (!existsSync(join(root, 'node_modules', 'typescript')) || (!belongsToAnotherCheckout() && readStamp(INSTALL_STAMP) !== installKey())) install();
  const digest = sourcesDigest();
  if (force || readStamp(BUILD_STAMP) !== digest) build(digest);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureReady({ force: process.argv.includes('--force') });
