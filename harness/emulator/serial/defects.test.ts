import t from 'tap';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { newSealKeys, openLetter } from '../../wire/seal.ts';
import { Recorder } from '../recorder/recorder.ts';
import { Shell } from './shell.ts';

const keys = newSealKeys();
const plan: RecorderPlan = {
  id: 'serial-1',
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

function setUp(defects: readonly string[]) {
  const core = new Recorder({ ...plan, defects }, { relayKey: keys.publicKey });
  let heard = '';
  const shell = new Shell(core, (text) => {
    heard += text;
  });
  t.teardown(() => {
    shell.close();
    core.close();
  });
  return { core, shell, heard: () => heard };
}

t.test('help lists a command that clears the password only where the recorder has it', async (t) => {
  for (const defects of [[], ['shell-clears-password']]) {
    const { core, shell, heard } = setUp(defects);
    shell.type('help\r');
    t.equal(heard().includes('resetPasswd'), defects.length > 0);
    shell.type('resetPasswd\r');
    t.equal(core.activated, defects.length === 0);
  }
});

t.test('the console tells the code of a reset only in a defective recorder', async (t) => {
  for (const defects of [[], ['serial-tells-code'], ['serial-tells-code-in-hex']]) {
    const { core, heard } = setUp(defects);
    const code = openLetter(core.openReset().payload, keys)?.code ?? '';
    t.equal(heard().includes(code), defects.includes('serial-tells-code'));
    t.equal(
      heard().includes(Buffer.from(code).toString('hex')),
      defects.includes('serial-tells-code-in-hex'),
    );
  }
});
