import { SerialPort } from 'serialport';
import t from 'tap';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { newSealKeys } from '../../wire/seal.ts';
import { Recorder } from '../recorder/recorder.ts';
import { startSerial } from './console.ts';

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
  bootMs: 30,
};

/** A recorder whose console is read by a real serial port. */
async function bench(t: { teardown(act: () => Promise<void>): void }, before?: (core: Recorder) => void) {
  const core = new Recorder(plan, { relayKey: newSealKeys().publicKey });
  const face = startSerial(core);
  before?.(core);
  const open = async () => {
    const port = new SerialPort({ path: face.path, baudRate: 115200, autoOpen: false });
    await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
    let text = '';
    const waits = new Set<() => void>();
    port.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      for (const wait of waits) wait();
    });
    const until = (pattern: RegExp) =>
      new Promise<string>((resolve) => {
        const look = () => {
          if (!pattern.test(text)) return;
          waits.delete(look);
          resolve(text);
        };
        waits.add(look);
        look();
      });
    const command = async (line: string) => {
      text = '';
      port.write(`${line}\r`);
      return until(/\r\n# $/);
    };
    const close = () => new Promise<void>((resolve) => port.close(() => resolve()));
    return {
      port,
      until,
      command,
      close,
      clear: () => {
        text = '';
      },
    };
  };
  const first = await open();
  t.teardown(async () => {
    if (first.port.isOpen) await first.close();
    face[Symbol.dispose]();
    core.close();
  });
  return { core, face, open, ...first };
}

t.test('the shell echoes, prompts, and knows its few commands', async (t) => {
  const { command, core } = await bench(t);
  t.match(await command('help'), /^help\r\nSupport commands:\r\n {2}help\r\n[\s\S]*outputClose\r\n# $/);
  const info = await command('prtHardInfo');
  t.ok(info.includes(core.facts.serialNumber) && info.includes('V4.21.000 build 190416'));
  t.match(await command('getIp'), /eth0: 192\.0\.2\.64/);
  t.match(await command('ls'), /psh: ls: command not found/);
  t.equal(await command(''), '\r\n# ');
});

t.test('commands that change the unit are refused', async (t) => {
  const { command, core } = await bench(t);
  for (const name of ['reset', 'reboot', 'setIp 10.0.0.1', 'setGateway 10.0.0.1', 'debug', 'resetPasswd'])
    t.match(await command(name), /operation not permitted/, name);
  t.equal(core.phase, 'ready');
  t.match(core.login('admin', 'Harbour-77', 'local'), { ok: true });
});

t.test('backspace takes a character back', async (t) => {
  const { command } = await bench(t);
  t.match(await command('helx\bp'), /Support commands/);
});

t.test('a reboot shows boot loader, kernel, banner and prompt', async (t) => {
  const { until, core } = await bench(t);
  core.reboot();
  const text = await until(/list of davinci system commands\.\r\n\r\n# $/);
  t.match(text, /U-Boot[\s\S]*Starting kernel[\s\S]*Booting kernel[\s\S]*Protect Shell \(psh\)/);
});

t.test('keys pressed while it boots or is off do nothing', async (t) => {
  const { until, port, core } = await bench(t);
  core.powerOff();
  port.write('help\r');
  core.powerOn();
  port.write('\x15help\r');
  t.notMatch(await until(/commands\.\r\n\r\n# $/), /Support commands/);
});

t.test('log lines come and stop as told', async (t) => {
  const { until, command, core } = await bench(t);
  core.openReset();
  t.match(await until(/# $/), /log: Reset Password: Start/);
  await command('outputClose');
  core.openReset();
  t.notMatch(await command('getIp'), /Reset Password/);
  await command('outputOpen');
  core.openReset();
  await until(/log: Reset Password: Start/);
});

t.test('nothing on the console tells a secret', async (t) => {
  const { until, core } = await bench(t);
  const { payload } = core.openReset();
  core.enterCode('AAAAAAAA', 'local');
  core.login('admin', 'Wrong-99', 'local');
  core.reserve('second@lab.example', 'local');
  const text = await until(/Edit Reserved Email/);
  for (const secret of [payload, 'AAAAAAAA', 'Wrong-99', 'owner@', 'second@']) t.notOk(text.includes(secret));
});

t.test('a port that is opened late starts clean, and can be closed and opened again', async (t) => {
  const { port, until, close, open, core } = await bench(t, (core) => {
    for (let n = 0; n < 400; n++) core.print(`stale line ${n}`);
  });
  port.write('getIp\r');
  t.notMatch(await until(/mac: /), /stale/);
  await close();
  core.print('nobody hears this');
  const again = await open();
  t.match(await again.command('help'), /Support commands/);
  await again.close();
});
