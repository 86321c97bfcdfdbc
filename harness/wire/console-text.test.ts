import fc from 'fast-check';
import t from 'tap';
import { loaderListens, SERIAL_COMMANDS, SERIAL_DENIED, shellSeen, whyNotTyped } from './console.ts';
import { watchText } from './console-text.ts';

const BOOT = [
  'U-Boot 1.3.4-30623 (Dec 6 2012 - 11:05:48)',
  'Hit Ctrl+u to stop autoboot: 0',
  '[    0.000000] Kernel command line: console=ttyS2,115200n8 root=/dev/ram0',
  '[    0.431000] ahci: SATA link up 3.0 Gbps (SStatus 123 SControl 300)',
  '\x1b[1;32mservices started\x1b[0m \b\b',
  'BusyBox v1.19.3 Protect Shell (psh)',
].join('\r\n');

/**
 * What a receiver reads of 8N1 characters that are sent without pauses at another speed: it samples the middle of each
 * of its own bits, from the falling edge of a start bit on.
 */
function received(text: string, sent: number, read: number, parity = false): Uint8Array {
  const bits: number[] = [1, 1];
  for (const byte of Buffer.from(text)) {
    bits.push(0);
    for (let bit = 0; bit < 8; bit++) bits.push((byte >> bit) & 1);
    if (parity) bits[bits.length - 1] = [...byte.toString(2)].filter((one) => one === '1').length % 2;
    bits.push(1);
  }
  const level = (time: number) => bits[Math.floor(time * sent)] ?? 1;
  const end = bits.length / sent;
  const step = 1 / sent / 16;
  const bytes: number[] = [];
  let time = 0;
  while (time < end) {
    if (level(time) === 1) {
      time += step;
      continue;
    }
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= level(time + (bit + 1.5) / read) << bit;
    bytes.push(byte);
    time += 9.5 / read;
    while (time < end && level(time) === 0) time += step;
  }
  return Uint8Array.from(bytes);
}
const judged = (bytes: Uint8Array, baudRate = 115_200) => {
  const watch = watchText(baudRate);
  watch.add(bytes, 0);
  return watch.garbage(0);
};

t.test('each wrong baud rate makes garbage, and the right one text', async (t) => {
  const rates = [9600, 19_200, 38_400, 57_600, 115_200, 230_400, 921_600];
  for (const sent of rates)
    for (const read of rates) {
      const bytes = received(BOOT.repeat(8), sent, read);
      const garbage = judged(bytes, read);
      if (sent === read) {
        t.equal(
          Buffer.from(bytes).toString(),
          BOOT.repeat(8),
          'the receiver of this test reads what was sent',
        );
        t.equal(garbage, undefined);
      } else if (bytes.length >= 100) t.match(garbage?.hint, /baud|ground/, `${sent} read at ${read}`);
    }
});

t.test('what consoles print in any language is text', async (t) => {
  const texts = [
    BOOT.repeat(4),
    'Gerät gestartet: 网络服务已启动 Привет ä€😀\r\n'.repeat(20),
    '\r\n'.repeat(200),
  ];
  for (const text of texts) t.equal(judged(Buffer.from(text)), undefined);
  const power = Uint8Array.of(0, 0xff, 0xfc, ...Buffer.from(BOOT.repeat(2)));
  t.equal(judged(power), undefined, 'also after the wrong bytes of switching on');
});

t.test('the likely cause is named', async (t) => {
  t.match(judged(new Uint8Array(100))?.hint, /slower than 115200.*held low.*ground/);
  t.match(judged(new Uint8Array(100), 9600)?.hint, /^The line is held low.*ground/);
  t.match(judged(received(BOOT.repeat(2), 115_200, 115_200, true))?.hint, /parity/);
  t.match(judged(received(BOOT, 9600, 115_200))?.hint, /slower than 115200/);
  t.match(judged(received(BOOT.repeat(20), 115_200, 9600), 9600)?.hint, /9600 is wrong.*115200/);
  const watch = watchText(115_200);
  watch.add(new Uint8Array(100).fill(0xf0), 0);
  watch.flaw('framing');
  watch.flaw('framing');
  t.match(watch.garbage(0)?.hint, /2 framing errors/);
});

t.test('garbage is of now: it is over when text comes, and is forgotten after a minute', async (t) => {
  const watch = watchText(115_200);
  watch.add(new Uint8Array(1000).fill(0xf0), 0);
  t.match(watch.garbage(0), { share: 1, characters: 1000 });
  t.equal(watch.garbage(61_000), undefined);
  watch.add(Buffer.from(BOOT.repeat(10)), 1000);
  t.equal(watch.garbage(1000), undefined);
  watch.add(new Uint8Array(1000).fill(0xf0), 2000);
  watch.restart();
  t.equal(watch.garbage(2000), undefined, 'another line begins');
});

t.test('no text but three words is ever typed', async (t) => {
  for (const name of SERIAL_COMMANDS) t.equal(whyNotTyped(name), undefined);
  for (const name of SERIAL_DENIED)
    for (const form of [name, name.toUpperCase(), `${name} 1`, `help;${name}`, `help\r${name}`, ` ${name}`])
      t.match(whyNotTyped(form), /no configuration allows it/, form);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      return SERIAL_COMMANDS.some((one) => one === text) || whyNotTyped(text) !== undefined;
    }),
  );
  const known = new Set<string>(SERIAL_COMMANDS);
  t.ok(
    SERIAL_DENIED.every((name) => !known.has(name)),
    'nothing stands on both lists',
  );
});

t.test('a boot loader listens until the shell has spoken', async (t) => {
  t.equal(loaderListens(''), false);
  t.equal(loaderListens('\r\nU-Boot 2010.06\r\nHit any key to stop autoboot:  3'), true);
  t.equal(loaderListens('U-Boot 2010.06\r\n## Checking image ... OK\r\nStarting kernel ...\r\n'), true);
  t.equal(loaderListens('U-Boot 2010.06\r\nHKVS # '), true, 'at its prompt');
  t.equal(loaderListens('U-Boot 2010.06\r\nBusyBox Protect Shell (psh)\r\n# '), false);
  t.equal(loaderListens('U-Boot\r\nPlease press Enter to activate this console.'), false);
  t.equal(loaderListens('\b\b\b 2 '), true, 'heard too late, in the midst of its count');
  t.equal(loaderListens('\b\b\b 0 \r\nStarting kernel\r\n# '), false);
  t.equal(shellSeen('nothing'), false);
  t.equal(shellSeen('help\r\n# '), true);
  t.equal(loaderListens('# help\r\n# \r\nU-Boot 2010.06'), true, 'it boots again');
});
