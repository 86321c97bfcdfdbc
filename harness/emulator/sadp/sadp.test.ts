import { createSocket } from 'node:dgram';
import t from 'tap';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { newSealKeys } from '../../wire/seal.ts';
import { Recorder } from '../recorder/recorder.ts';
import { startSadp } from './sadp.ts';

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
  reservedEmail: 'owner@lab.example',
  bootMs: 1,
};

/** Asks; undefined where nothing came although a later question on the same socket was answered or time is up. */
async function ask(port: number, types: string, waitMs = 300): Promise<string | undefined> {
  const socket = createSocket('udp4');
  const answer = new Promise<string>((resolve) => socket.on('message', (bytes) => resolve(String(bytes))));
  socket.send(`<Probe><Uuid>A-1</Uuid><Types>${types}</Types></Probe>`, port, '127.0.0.1');
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), waitMs));
  const result = await Promise.race([answer, late]);
  socket.close();
  return result;
}

t.test('an inquiry is answered with what the recorder is, and no secret', async (t) => {
  const core = new Recorder(plan, { relayKey: newSealKeys().publicKey });
  t.teardown(() => core.close());
  await using sadp = await startSadp(core);
  const answer = (await ask(sadp.port, 'inquiry', 5000)) ?? '';
  for (const part of [
    '<Uuid>A-1</Uuid>',
    `<DeviceSN>${core.facts.serialNumber}</DeviceSN>`,
    '<SoftwareVersion>V4.21.000build190416</SoftwareVersion>',
    '<Activated>true</Activated>',
    '<PasswordResetAbility>true</PasswordResetAbility>',
    '<DeviceLock>false</DeviceLock>',
    '<SupportMailBox>true</SupportMailBox>',
  ])
    t.ok(answer.includes(part), part);
  t.notMatch(answer, /owner|Harbour/);
  for (let count = 0; count < 7; count += 1) core.login('admin', 'wrong', 'local');
  t.match(await ask(sadp.port, 'inquiry', 5000), /<DeviceLock>true</);
});

t.test('nothing but an inquiry is answered, and nothing at all without network or power', async (t) => {
  const core = new Recorder(plan, { relayKey: newSealKeys().publicKey });
  t.teardown(() => core.close());
  await using sadp = await startSadp(core);
  t.equal(await ask(sadp.port, 'update'), undefined);
  core.setNetwork(false);
  t.equal(await ask(sadp.port, 'inquiry'), undefined);
  core.setNetwork(true);
  t.ok(await ask(sadp.port, 'inquiry', 5000));
  core.powerOff();
  t.equal(await ask(sadp.port, 'inquiry'), undefined);
});
