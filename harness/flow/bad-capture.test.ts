import QRCode from 'qrcode';
import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeMailbox } from '../bench/fakes/mailbox.ts';
import { fakeScanner } from '../bench/fakes/scanner.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Frame } from '../terms/frame.ts';
import { Lab } from './lab.ts';
import type { ResetDialog } from './owner/forgot.ts';
import type { Owner } from './owner/owner.ts';
import { grabbed, MENU, type Painted, painted } from './pictures.fixture.ts';
import type { Trace } from './trace.ts';

const CALIBRATION: Calibration = {
  ...{ width: 640, height: 360, black: 0, white: 255, range: 'full', gamma: undefined },
  ...{ jpegQuality: undefined, chroma: undefined, across: undefined, down: undefined },
  ...{ softness: 0.5, noise: 0, deviation: undefined, latencyMs: undefined, repeated: undefined },
};

/** A dialog with a reset QR; `ink` and `paper`: its greys, `px` a module. */
function dialog({ ink = 0, paper = 255, px = 4 } = {}) {
  const { modules } = QRCode.create('MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPI'.repeat(2), {
    errorCorrectionLevel: 'L',
  });
  const side = (modules.size + 8) * px;
  const [x, y] = [320, 80];
  const boxes: Painted[] = [
    { x: 40, y: 40, width: 560, height: 300, grey: 255 },
    { x: 60, y: 60, width: 20, height: 14, grey: 0 },
    { x: 100, y: 60, width: 200, height: 200, grey: 0 },
    { x, y, width: side, height: side, grey: paper },
  ];
  for (let row = 0; row < modules.size; row += 1)
    for (let column = 0; column < modules.size; column += 1)
      if (modules.get(row, column))
        boxes.push({ x: x + (column + 4) * px, y: y + (row + 4) * px, width: px, height: px, grey: ink });
  return painted(boxes);
}

/** The code of what reading a dialog threw; `read` where it was read. */
async function read(frame: Frame, calibration?: Calibration) {
  const trace: Pick<Trace, 'step' | 'picture' | 'secret'> = {
    step: (_, body) => body(),
    picture: () => undefined,
    secret: () => undefined,
  };
  const clock = handClock();
  const lab = new Lab({
    // Of the owner only its display is asked.
    owner: { gui: { calibration } } as unknown as Owner,
    trace: trace as Trace,
    scanner: fakeScanner(),
    mailbox: fakeMailbox({ clock }),
    clock,
    unit: { model: 'M', serialNumber: 'S' },
    codeLength: 8,
    mailTimeoutMs: 1000,
  });
  const shown: ResetDialog = {
    frame: Promise.resolve(frame),
    reading: { width: 640, height: 360, items: [], stillMs: 0 },
  };
  const of = (doing: Promise<unknown>) =>
    doing.then(
      () => ({ code: 'read', message: '' }),
      (error: { readonly code?: string; readonly message: string }) => error,
    );
  const [dialog, frameOnly] = [await of(lab.readDialog(shown)), await of(lab.resetQrsIn(frame))];
  return { dialog, frameOnly };
}
const unread = { code: 'SCREEN_NOT_REACHED' };
const unusable = { code: 'FRAME_UNUSABLE' };

t.test('a good code is read, without loss and through a good capture', async (t) => {
  t.match(await read(await grabbed(dialog())), { dialog: { code: 'read' }, frameOnly: { code: 'read' } });
  t.match(await read(await grabbed(dialog(), { jpeg: 90 }), CALIBRATION), { dialog: { code: 'read' } });
});

t.test('one that the capture made unreadable is no word on the recorder, with the figure', async (t) => {
  const soft = await read(await grabbed(dialog(), { blur: 5, jpeg: 90 }));
  t.match(soft, { dialog: { ...unusable, message: /blurred by \d\.\d px/ }, frameOnly: unusable });
  const noisy = await grabbed(dialog(), { noise: 110 });
  t.match(await read(noisy, { ...CALIBRATION, noise: 90 }), {
    dialog: { ...unusable, message: /noise of 90/ },
    frameOnly: unusable,
  });
});

t.test('one that the recorder drew badly is left to the expectations, through a capture too', async (t) => {
  const faint = dialog({ ink: 200, paper: 203 });
  for (const frame of [await grabbed(faint), await grabbed(faint, { jpeg: 90 })])
    t.match(await read(frame, CALIBRATION), { dialog: unread, frameOnly: { code: 'read' } });
  const dense = await grabbed(dialog({ px: 1 }), { jpeg: 8 });
  t.match(await read(dense), { dialog: unread, frameOnly: { code: 'read' } });
  const soft = await grabbed(dialog(), { blur: 5, jpeg: 90 });
  t.match(await read(soft, CALIBRATION), { dialog: unread }, 'the capture was found sharp: it is drawn so');
});

t.test('a dialog without any code is the fault of the recorder', async (t) => {
  const none = await grabbed(painted(MENU), { jpeg: 90 });
  t.match(await read(none, CALIBRATION), { dialog: unread, frameOnly: { code: 'read' } });
});

t.test('a dark dialog without any code is no capture of a narrow range', async (t) => {
  const dark = painted([
    { x: 0, y: 0, width: 640, height: 360, grey: 20 },
    { x: 40, y: 40, width: 560, height: 300, grey: 60 },
    ...Array.from({ length: 12 }, (_, at) => ({
      ...{ x: 100 + (at % 4) * 20, y: 100 + Math.floor(at / 4) * 20, width: 10, height: 10, grey: 110 },
    })),
  ]);
  t.match(await read(await grabbed(dark, { jpeg: 90 })), { dialog: unread, frameOnly: { code: 'read' } });
});

t.test('what came without loss and by no capture is as the recorder drew it, however it looks', async (t) => {
  t.match(await read(await grabbed(dialog(), { blur: 5 })), { dialog: unread, frameOnly: { code: 'read' } });
});
