// `npm run test:integration`: tests that need a service of their own, as a Docker Engine, which is started here where
// none runs. Each `*.integration.ts` is a process; ends with `N passed, N failed`, counted from the real results.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Parser } from 'tap-parser';
import { leavesOf, skippedWhole } from './skips.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = join(root, 'node_modules', '.bin', 'node');
const ENGINE_MS = 30_000;
const SOCKET = '/var/run/docker.sock';
const BRIDGE = '/sys/class/net/docker0';
const counts = { passed: 0, failed: 0, skipped: 0 };

/** Asks an engine whether it lives. */
function answers(socket) {
  const { status } = spawnSync(node, ['-e', PING, socket], { timeout: 5000 });
  return status === 0;
}
const PING = `require('node:http').get({ socketPath: process.argv[1], path: '/_ping' }, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))`;

/** A Docker Engine for these tests: the one that runs, or one of its own, on loopback and without rules in a firewall. */
async function engine() {
  const nobody = { env: {}, end: async () => undefined };
  if (process.env.DOCKER_HOST || (existsSync(SOCKET) && answers(SOCKET))) return nobody;
  const program = ['/usr/sbin', '/usr/bin', ...(process.env.PATH || '').split(delimiter)]
    .map((folder) => join(folder, 'dockerd'))
    .find((path) => existsSync(path));
  if (program === undefined || process.getuid?.() !== 0) return nobody;
  const folder = mkdtempSync(join(tmpdir(), 'resetbench-docker-'));
  const socket = join(folder, 'docker.sock');
  const bridged = existsSync(BRIDGE);
  const quiet = ['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'];
  const child = spawn(
    program,
    [
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['-H', `unix://${socket}`, '-p', join(folder, 'docker.pid'), '--ip=127.0.0.1', ...quiet],
      ...(bridged ? [] : ['--bip=172.30.77.1/24']),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  let words = '';
  child.stderr.on('data', (data) => {
    words = `${words}${data}`.slice(-4000);
  });
  const gone = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  const end = async () => {
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(hard);
    if (!bridged && existsSync(BRIDGE)) spawnSync('ip', ['link', 'del', 'docker0']);
    rmSync(folder, { recursive: true, force: true });
  };
  const until = Date.now() + ENGINE_MS;
  while (Date.now() < until && child.exitCode === null) {
    if (existsSync(socket) && answers(socket)) {
      console.log('ok  a Docker Engine of its own');
      // It publishes ports on loopback, also where this machine looks like a container itself.
      return { env: { DOCKER_HOST: `unix://${socket}`, TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1' }, end };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await end();
  console.log(`no Docker Engine: dockerd does not come up:\n${words}`);
  return nobody;
}

/** Counts the tests that have no tests in them. */
function tally(parser, path) {
  let children = 0;
  parser.on('child', (child) => {
    children += 1;
    tally(child, [...path, child.name]);
  });
  parser.on('assert', ({ ok, name, skip, todo, diag }) => {
    const title = [...path, name].join(' > ');
    if (skip || todo) {
      counts.skipped += 1;
      console.log(`skipped  ${title}: ${skip || todo}`);
    } else if (!ok && children === 0) console.log(`FAILED  ${title}\n${JSON.stringify(diag ?? {}, null, 2)}`);
  });
  parser.on('complete', ({ ok, count }) => {
    if (children === 0 && path.length > 1 && count > 0) counts[ok ? 'passed' : 'failed'] += 1;
  });
}

function runFile(file, env) {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(node, [file], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const parser = new Parser();
    const before = counts.failed;
    tally(parser, [file]);
    const leaves = leavesOf(parser);
    child.stdout.pipe(parser);
    let words = '';
    child.stderr.on('data', (data) => {
      words += data;
    });
    child.on('close', (code) => {
      if (code !== 0 && counts.failed === before) counts.failed += 1;
      if (code !== 0) console.log(words);
      const reasons = process.env.CI ? skippedWhole(leaves) : undefined;
      if (reasons !== undefined) {
        counts.failed += 1;
        console.log(`FAILED  ${file} only skipped, which CI does not allow: ${reasons.join('; ')}`);
      }
      console.log(
        `${code === 0 && reasons === undefined ? 'ok' : 'FAILED'}  ${file} (${Date.now() - started} ms)`,
      );
      resolve();
    });
  });
}

const { env, end } = await engine();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end().then(() => process.exit(130)));
try {
  const named = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
  const files =
    named.length > 0 ? named : globSync('{harness,scripts,suites}/**/*.integration.ts', { cwd: root }).sort();
  for (const file of files) await runFile(file, { ...process.env, ...env, NO_COLOR: '1' });
} finally {
  await end();
}
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = counts.failed === 0 ? 0 : 1;
