import t from 'tap';
import type { SerialChunk } from '../bench/ports/serial.ts';
import { watchBoots } from './boot-witness.ts';

/** A console that prints by hand. */
function consoleOf() {
  const chunks: SerialChunk[] = [];
  return {
    transcript: () => chunks,
    print: (text: string, at = 0) => void chunks.push({ at, text }),
    gap: () => void chunks.push({ at: 0, text: '[gap: U-Boot 9]', missedMs: 5 }),
  };
}
const SIGNS = ['U-Boot', 'Starting kernel'];

t.test('boots are seen in whatever pieces they come, with their times and versions', async (t) => {
  const serial = consoleOf();
  serial.print('U-Boot 1.0 of before\r\n');
  const witness = watchBoots(serial, SIGNS);
  t.same([witness.boots(), witness.fresh()], [[], false]);
  serial.print('\r\nU-Bo', 100);
  t.equal(witness.fresh(), false);
  serial.print('ot 1.3.4-30623 (Dec 6', 110);
  t.equal(witness.fresh(), true, 'before its line is at its end');
  serial.print(' 2012)\r\nStarting ker', 120);
  serial.print('nel ...\r\nLinux version 3.10.0\r\ninit: NVR application V5.5.82build 190910\r\n', 130);
  t.match(witness.boots(), [
    {
      at: 120,
      sign: 'U-Boot 1.3.4-30623 (Dec 6 2012)',
      versions: [
        'U-Boot 1.3.4-30623 (Dec 6 2012)',
        'Linux version 3.10.0',
        'init: NVR application V5.5.82build 190910',
      ],
    },
  ]);
  t.equal(witness.boots().length, 1);
  witness.settle();
  t.equal(witness.fresh(), false);
  serial.print('u-boot 1.3.4\r\nstarting kernel\r\n', 200);
  t.equal(witness.fresh(), true);
  t.same(
    witness.boots().map(({ at }) => at),
    [120, 200],
  );
});

t.test('nothing is pieced together across a gap, and a gap is no boot', async (t) => {
  const serial = consoleOf();
  const witness = watchBoots(serial, SIGNS);
  serial.print('U-B');
  serial.gap();
  serial.print('oot\r\n');
  t.equal(witness.fresh(), false);
});

t.test('a line without end takes no memory, and costs no time', async (t) => {
  const serial = consoleOf();
  const witness = watchBoots(serial, SIGNS);
  for (let round = 0; round < 2000; round++) {
    serial.print('x'.repeat(1000));
    witness.fresh();
  }
  serial.print('\r\nU-Boot 2\r\n');
  t.equal(witness.boots().length, 1);
});
