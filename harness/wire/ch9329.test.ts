import t from 'tap';
import {
  CH9329,
  type Ch9329Read,
  ch9329Keyboard,
  ch9329Mouse,
  ch9329MouseMove,
  ch9329Point,
  ch9329Reader,
  encodeCh9329,
  readCh9329Config,
  readCh9329Info,
} from './ch9329.ts';
import { HID_BUTTONS, HID_SHIFT, usageOf } from './hid.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (command: number, data: Uint8Array = new Uint8Array()) =>
  Buffer.from(encodeCh9329({ address: 0, command, data }))
    .toString('hex')
    .replace(/..(?=.)/g, '$& ')
    .toUpperCase();

/** A GET_INFO answer of a chip of version 1.8 that was plugged in, as it came over the line. */
const RECORDED = '57 AB 00 81 08 38 01 00 00 00 00 00 00 C4';

t.test('frames are those of the maker’s own examples', async (t) => {
  const { keyboard, mouseAbsolute, mouseRelative, info } = CH9329;
  const a = usageOf('KeyA') ?? 0;
  t.equal(hex(info), '57 AB 00 01 00 03');
  t.equal(hex(keyboard, ch9329Keyboard(0, [a])), '57 AB 00 02 08 00 00 04 00 00 00 00 00 10');
  t.equal(hex(keyboard, ch9329Keyboard(HID_SHIFT, [a])), '57 AB 00 02 08 02 00 04 00 00 00 00 00 12');
  t.equal(hex(keyboard, ch9329Keyboard(0, [])), '57 AB 00 02 08 00 00 00 00 00 00 00 00 0C');
  t.equal(hex(mouseAbsolute, ch9329Mouse(0, 320, 533)), '57 AB 00 04 07 02 00 40 01 15 02 00 67');
  t.equal(hex(mouseAbsolute, ch9329Mouse(0, 3097, 2667)), '57 AB 00 04 07 02 00 19 0C 6B 0A 00 A9');
  t.equal(hex(mouseAbsolute, ch9329Mouse(HID_BUTTONS.left, 0, 0)), '57 AB 00 04 07 02 01 00 00 00 00 00 10');
  t.equal(hex(mouseRelative, ch9329MouseMove(HID_BUTTONS.left, 0, 0)), '57 AB 00 05 05 01 01 00 00 00 0E');
  t.equal(hex(mouseRelative, ch9329MouseMove(0, -3, 0)), '57 AB 00 05 05 01 00 FD 00 00 0A');
  t.equal(hex(mouseRelative, ch9329MouseMove(0, 0, 5)), '57 AB 00 05 05 01 00 00 05 00 12');
});

t.test('the answer of a real chip is read', async (t) => {
  const [answer] = ch9329Reader()(bytes(RECORDED));
  t.match(answer, { kind: 'frame', address: 0, command: 0x81 });
  t.same(answer?.kind === 'frame' && readCh9329Info(answer.data), {
    version: '1.8',
    connected: true,
    capsLock: false,
  });
  t.equal(readCh9329Info(Uint8Array.of(0x38, 0x01, 0x02))?.capsLock, true);
  t.equal(readCh9329Info(Uint8Array.of(0x38)), undefined);
  t.same(readCh9329Config(bytes('83 80 05 00 00 25 80')), { workMode: 3, address: 5 });
  t.equal(readCh9329Config(bytes('83')), undefined);
});

t.test('answers are read in whatever pieces they come, with whatever between', async (t) => {
  const done = encodeCh9329({ address: 0, command: 0x84, data: Uint8Array.of(0) });
  const line = [...bytes('00 57 57 AB 00 81 FF'), ...done, 0x57, ...bytes(RECORDED), ...bytes('57 AB 00')];
  for (const size of [1, 2, 3, 5, 7, 100]) {
    const read = ch9329Reader();
    const all: Ch9329Read[] = [];
    for (let at = 0; at < line.length; at += size)
      all.push(...read(Uint8Array.from(line.slice(at, at + size))));
    t.match(
      all,
      [
        { kind: 'frame', command: 0x84, data: Uint8Array.of(0) },
        { kind: 'frame', command: 0x81 },
      ],
      `${size} at a time`,
    );
    t.equal(all.length, 2);
  }
});

t.test('a wrong sum is told, and what stands behind it is read', async (t) => {
  const damaged = bytes(RECORDED);
  damaged[7] = 0x01;
  const read = ch9329Reader();
  t.match(read(damaged), [{ kind: 'wrong sum', address: 0, command: 0x81 }]);
  t.match(read(bytes(RECORDED)), [{ kind: 'frame', command: 0x81 }]);
  // A byte was lost: the frame behind it is taken for its end, found wrong, and read then.
  const torn = [...bytes(RECORDED).slice(0, -3), ...bytes(RECORDED)];
  t.match(
    read(Uint8Array.from(torn)).map(({ kind }) => kind),
    ['wrong sum', 'frame'],
  );
});

t.test('a pixel is hit by each usual way to scale the chip’s points', async (t) => {
  for (const size of [720, 768, 1024, 1080, 1280, 1920, 2048]) {
    const missed = { down: 0, near: 0, last: 0 };
    let farthest = 0;
    for (let px = 0; px < size; px += 1) {
      const point = ch9329Point(px, size);
      const last = (point * (size - 1)) / 4095;
      if (Math.floor((point * size) / 4096) !== px) missed.down += 1;
      if (Math.round((point * size) / 4096) !== px) missed.near += 1;
      if (Math.round(last) !== px) missed.last += 1;
      farthest = Math.max(farthest, Math.abs(Math.floor(last) - px));
    }
    t.same(missed, { down: 0, near: 0, last: 0 }, `${size} px`);
    t.ok(farthest <= 1, 'and where the last is taken to the last and rounded down, at most one off');
  }
  t.same(
    [-5, 0, 1919, 1920, 99999].map((px) => ch9329Point(px, 1920)),
    [0, 0, 4094, 4095, 4095],
  );
});

t.test('keys have the usage IDs of the USB tables', async (t) => {
  const known = {
    KeyA: 0x04,
    KeyZ: 0x1d,
    Digit1: 0x1e,
    Digit9: 0x26,
    Digit0: 0x27,
    Enter: 0x28,
    Escape: 0x29,
    Backspace: 0x2a,
    Tab: 0x2b,
    Space: 0x2c,
    Minus: 0x2d,
    Equal: 0x2e,
    BracketLeft: 0x2f,
    BracketRight: 0x30,
    Backslash: 0x31,
    Semicolon: 0x33,
    Quote: 0x34,
    Backquote: 0x35,
    Comma: 0x36,
    Period: 0x37,
    Slash: 0x38,
    CapsLock: 0x39,
    Delete: 0x4c,
    ArrowRight: 0x4f,
    ArrowLeft: 0x50,
    ArrowDown: 0x51,
    ArrowUp: 0x52,
  };
  for (const [code, usage] of Object.entries(known)) t.equal(usageOf(code), usage, code);
  for (const code of ['F13', 'constructor', '']) t.equal(usageOf(code), undefined, code);
});
