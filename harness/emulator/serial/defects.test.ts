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

t.test('help lists a command that shows users only where the recorder has it', async (t) => {
  for (const defects of [[], ['shell-shows-users']]) {
    const { core, shell, heard } = setUp(defects);
    shell.type('help\r');
    t.equal(heard().includes('prtUserInfo'), defects.length > 0);
    shell.type('prtUserInfo\r');
    t.equal(heard().includes(core.accounts.find('admin')?.key ?? 'none'), defects.length > 0);
  }
});

t.test('the console tells the code of a reset only in a defective recorder', async (t) => {
  for (const defects of [[], ['serial-prints-code-in-hex']]) {
    const { core, heard } = setUp(defects);
    const code = openLetter(core.openReset().payload, keys)?.code ?? '';
    t.equal(heard().includes(Buffer.from(code).toString('hex')), defects.length > 0);
  }
});
