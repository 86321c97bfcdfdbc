import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { absentHint, deniedHint } from './adapters.ts';

t.test('where a device is missing, the adapters that are there are named', async (t) => {
  const folder = t.testdir({
    ttyUSB7: '',
    'by-id': {
      'usb-FTDI_FT232R-if00-port0': t.fixture('symlink', '../ttyUSB7'),
      'usb-1a86_USB_Serial-if00-port0': t.fixture('symlink', '../ttyUSB8'),
    },
    many: Object.fromEntries([1, 2, 3, 4, 5, 6].map((one) => [`adapter-${one}`, ''])),
    none: {},
  });
  const byId = join(folder, 'by-id');
  t.equal(
    await absentHint('/dev/ttyUSB0', byId),
    `Plug the adapter in, or correct the path /dev/ttyUSB0: there is ${join(byId, 'usb-1a86_USB_Serial-if00-port0')} (${join(folder, 'ttyUSB8')}), ${join(byId, 'usb-FTDI_FT232R-if00-port0')} (${join(folder, 'ttyUSB7')}).`,
  );
  t.match(await absentHint('/dev/ttyUSB0', join(folder, 'many')), /adapter-4, and 2 more\.$/);
  for (const none of ['none', 'not-there'])
    t.match(await absentHint('/dev/ttyUSB0', join(folder, none)), /sees no USB adapter/, none);
});

t.test('where a device may not be opened, its group is named', async (t) => {
  const folder = t.testdir({ device: '' });
  const device = join(folder, 'device');
  const { gid } = statSync(device);
  const hint = (lines: string) => {
    writeFileSync(join(folder, 'group'), lines);
    return deniedHint(device, join(folder, 'group'));
  };
  t.match(await deniedHint(join(folder, 'gone'), join(folder, 'no-groups')), /usermod -aG dialout \$USER/);
  t.match(await hint(`other:x:${gid + 1}:\nuucp:x:${gid}:someone\n`), /usermod -aG uucp \$USER/);
  t.match(await hint(`root:x:${gid}:\n`), /usermod -aG dialout \$USER/);
});
