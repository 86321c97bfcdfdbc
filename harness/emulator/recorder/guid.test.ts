import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { newSealKeys } from '../../wire/seal.ts';
import { Recorder } from './recorder.ts';

const plan: RecorderPlan = {
  id: 'unit-1',
  family: 'nvr',
  model: 'DS-7608NI-K2',
  firmware: 'V4.21.000',
  build: 'build 190416',
  gui: '4.0',
  language: 'en',
  resolution: '1280x720',
  adminPassword: 'Harbour-77',
  bootMs: 1,
};

/** A recorder with a drive. */
function bench(t: { teardown(end: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'resetbench-guid-'));
  const core = new Recorder(plan, { relayKey: newSealKeys().publicKey });
  t.teardown(() => {
    core.close();
    rmSync(folder, { recursive: true });
  });
  core.setUsb(folder);
  const exported = () => {
    const file = core.exportGuid();
    core.writeUsb(file.name, file.bytes);
    return file.name;
  };
  return { core, folder, exported };
}

t.test('the newest file serves; one before it, and any other, does not', async (t) => {
  const { core, exported } = bench(t);
  t.same(core.resetMethods(), []);
  const first = exported();
  t.same(core.resetMethods(), ['guid']);
  core.advance(5);
  const second = exported();
  t.same(core.guidFiles(), [first, second].sort());
  t.match(core.enterGuid(first), { ok: false, why: 'wrong' });
  t.match(core.enterGuid('GUID-nobody'), { ok: false, why: 'wrong' });
  t.match(core.enterGuid(second), { ok: true });
  t.match(core.finishReset('Harbour-78', 'local'), { ok: true });
  t.match(core.login('admin', 'Harbour-78', 'local'), { ok: true });
  t.match(core.enterGuid(second), { ok: false }, 'after the reset none serves');
  t.same(core.resetMethods(), []);
});

t.test('the file exported after a reset holds another key, but for a defect', async (t) => {
  for (const defects of [[], ['guid-export-repeats-after-reset'] as const]) {
    const { core, exported } = bench(t);
    core.defects.set(defects);
    const before = exported();
    t.match(core.enterGuid(before), { ok: true });
    t.match(core.finishReset('Harbour-78', 'local'), { ok: true });
    core.advance(5);
    t.not(exported(), before);
    t.equal(core.enterGuid(before).ok, defects.length > 0);
  }
});

t.test('seven wrong files lock for half an hour', async (t) => {
  const { core, folder, exported } = bench(t);
  const right = exported();
  writeFileSync(join(folder, 'GUID-wrong'), 'x');
  for (let count = 1; count <= 6; count += 1) t.match(core.enterGuid('GUID-wrong'), { why: 'wrong' });
  t.match(core.enterGuid('GUID-wrong'), { why: 'locked', lockSeconds: 1800 });
  t.match(core.enterGuid(right), { why: 'locked' });
  core.advance(29 * 60_000);
  t.match(core.enterGuid(right), { why: 'locked' });
  core.advance(61_000);
  t.match(core.enterGuid(right), { ok: true });
});

t.test('a drive that is full, write-protected or gone takes nothing', async (t) => {
  const { core, folder } = bench(t);
  for (const state of ['full', 'read-only'] as const) {
    core.setUsb(folder, state);
    t.throws(() => core.writeUsb('a', new Uint8Array(1)));
  }
  core.setUsb(undefined);
  t.throws(() => core.writeUsb('a', new Uint8Array(1)));
  t.same(readdirSync(folder), []);
});
