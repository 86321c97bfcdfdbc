// `npm test`: the checks, then every test; ends with `N passed, N failed`, counted from the real results.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Parser } from 'tap-parser';
import { leavesOf, skippedWhole } from './skips.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = join(root, 'node_modules', '.bin');
const env = {
  ...process.env,
  PATH: `${bin}:${process.env.PATH}`,
  NO_COLOR: '1',
  // Each test file is a process of its own, and most load the same modules.
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'),
};
const counts = { passed: 0, failed: 0, skipped: 0 };
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of running) process.kill(-child.pid, 'SIGTERM');
    process.exit(130);
  });
}

/** Runs a command; answers its exit code and output. */
function run(command, args, onOutput) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let output = '';
    child.stdout.on('data', (data) => {
      if (onOutput === undefined) output += data;
      else onOutput(data);
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('error', (error) => resolve({ code: 1, output: String(error) }));
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}

const checks = [
  ['types', 'tsc', ['--noEmit']],
  ['lint and format', 'biome', ['check', '--error-on-warnings']],
  ['who imports whom', 'node', ['scripts/check-house.ts']],
  ['nothing unused', 'knip', []],
];
const checked = checks.map(([name, command, args]) => [name, run(join(bin, command), args)]);
for (const [name, result] of checked) {
  const { code, output } = await result;
  counts[code === 0 ? 'passed' : 'failed'] += 1;
  console.log(`${code === 0 ? 'ok' : 'FAILED'}  check: ${name}`);
  if (code !== 0) console.log(output);
}

if (!process.argv.includes('--checks-only')) {
  const skips = [];
  const parser = new Parser();
  const watch = (p, path) => {
    p.on('child', (child) => watch(child, [...path, child.name]));
    p.on('assert', (assert) => {
      const title = [...path.slice(0), assert.name].filter(Boolean).join(' > ');
      if (path.length === 0)
        console.log(
          `${assert.ok ? 'ok' : 'FAILED'}  ${assert.name}${assert.time ? ` (${Math.round(assert.time)} ms)` : ''}`,
        );
      // A parent test point repeats its children: count those that have none.
      if (assert.skip || assert.todo) {
        counts.skipped += 1;
        skips.push(`${title}: ${assert.skip || assert.todo}`);
      } else if (path.length === 1 || !assert.ok) {
        counts[assert.ok ? 'passed' : 'failed'] += path.length === 0 && !assert.ok ? 1 : 0;
        if (path.length === 1) counts[assert.ok ? 'passed' : 'failed'] += 1;
        if (!assert.ok) console.log(`FAILED  ${title}\n${JSON.stringify(assert.diag ?? {}, null, 2)}`);
      }
    });
  };
  watch(parser, []);
  const ofFiles = [];
  parser.on('child', (child) => ofFiles.push([child.name, leavesOf(child)]));
  const files = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
  const { code, output } = await run(join(bin, 'tap'), ['run', '--reporter=tap', ...files], (data) =>
    parser.write(data),
  );
  parser.end();
  for (const skip of skips) console.log(`skipped  ${skip}`);
  for (const [file, leaves] of ofFiles) {
    const reasons = env.CI ? skippedWhole(leaves) : undefined;
    if (reasons === undefined) continue;
    counts.failed += 1;
    console.log(`FAILED  ${file} only skipped, which CI does not allow: ${reasons.join('; ')}`);
  }
  if (code !== 0 && counts.failed === 0) counts.failed += 1;
  if (code !== 0) console.log(output);
  if (files.length === 0) await proveAll();
}

/** Each case must catch the defects that name it: whoever weakens one sees it here. */
async function proveAll() {
  const folder = mkdtempSync(join(tmpdir(), 'resetbench-proof-'));
  try {
    const main = join(root, 'harness', 'cli', 'main.ts');
    const { output } = await run(
      process.execPath,
      [main, 'prove', '--others', '0', '--sequences', '0', '--reports', folder],
      () => {},
    );
    const [id] = readdirSync(folder);
    const proof = id && join(folder, id, 'proof.json');
    if (!proof || !existsSync(proof)) {
      if (/chromium/i.test(output) && env.CI === undefined) {
        counts.skipped += 1;
        console.log('skipped  proof of the suite: no Chromium on this machine: npm run setup');
        return;
      }
      counts.failed += 1;
      console.log(`FAILED  proof of the suite\n${output}`);
      return;
    }
    const { defects, blamed, healthyCases, startedAt, endedAt } = JSON.parse(readFileSync(proof, 'utf8'));
    const left = defects.filter(({ outcome }) => outcome !== 'killed');
    counts.passed += defects.length - left.length + healthyCases - blamed.length;
    counts.failed += left.length + blamed.length;
    for (const { id, requirement, outcome, facts } of left)
      console.log(`FAILED  proof: ${requirement} does not catch ${id}: ${outcome}: ${facts}`);
    for (const { dut, requirement, verdict, facts } of blamed)
      console.log(`FAILED  proof: ${requirement} on the healthy ${dut}: ${verdict}: ${facts}`);
    console.log(
      `${left.length + blamed.length === 0 ? 'ok' : 'FAILED'}  proof: ${defects.length} defects, each by its requirement (${endedAt - startedAt} ms)`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = counts.failed === 0 ? 0 : 1;
