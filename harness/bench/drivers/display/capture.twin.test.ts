// A recorder's own GUI on a screen that ffmpeg grabs, and whose mouse and keyboard are a CH9329's.
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { missingTessdata } from '../../../vision/ocr/tessdata.fixture.ts';
import { openRfb } from '../rfb/client.ts';
import { startDesktop, xvncMissing } from '../rfb/xvnc.fixture.ts';
import { openCaptureDisplay } from './capture.ts';
import { openCabledChip } from './ch9329.fixture.ts';
import { noFfmpeg } from './mjpeg.fixture.ts';
import { resetsWhole, startShownTwin } from './twin-screen.fixture.ts';
import { xHost } from './x-host.fixture.ts';

// Browsers are slow on a busy machine.
t.setTimeout(600_000);
const skip = xvncMissing() || missingTessdata(['eng']) || noFfmpeg();
/** The chip's reports move a screen's mouse, which may take longer than a recorder's USB, ms. */
const ANSWER_MS = 20_000;
/** Pictures a second: two programs more share the machine with the encoder. */
const FRAMERATE = 15;

t.test('the owner resets a twin by grabbed pixels and a CH9329 alone', { skip }, async (t) => {
  await using twin = await startShownTwin();
  await using desktop = await startDesktop(twin.size);
  // All that is asked of the browser is to show the page.
  await desktop.page.goto(twin.url);
  // The X server's own pointer and keys, as its USB would move them; no picture is taken by this way.
  const signal = AbortSignal.timeout(60_000);
  const usb = await openRfb({ host: '127.0.0.1', port: desktop.xvnc.port, pointer: 'out', signal });
  t.teardown(() => usb.close());
  await using cable = await openCabledChip({ host: xHost(usb, twin.size) });
  await using display = await openCaptureDisplay({
    video: {
      source: { kind: 'x11grab', input: desktop.xvnc.display, framerate: FRAMERATE },
      maxAgeMs: 20_000,
      startMs: 60_000,
    },
    hid: { path: cable.path, baudRate: 9600, answerMs: ANSWER_MS },
    clock,
  });
  t.match(display.source, /^ffmpeg and CH9329 /);
  await resetsWhole(t, twin, display);
  t.ok(cable.frames() > 100, `the chip answered ${cable.frames()} reports`);
});
