// A recorder's own GUI on a real VNC server, as a KVM switch or a capture PC shows it.
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { missingTessdata } from '../../../vision/ocr/tessdata.fixture.ts';
import { startDesktop, xvncMissing } from '../rfb/xvnc.fixture.ts';
import { resetsWhole, startShownTwin } from './twin-screen.fixture.ts';
import { openVncDisplay } from './vnc.ts';

// Browsers are slow on a busy machine.
t.setTimeout(600_000);
const skip = xvncMissing() || missingTessdata(['eng']);

t.test('the owner resets a twin by the pixels of a real VNC server alone', { skip }, async (t) => {
  await using twin = await startShownTwin();
  await using desktop = await startDesktop(twin.size);
  // All that is asked of the browser is to show the page; it is looked at, and acted on, by VNC.
  await desktop.page.goto(twin.url);
  await using display = await openVncDisplay({
    host: '127.0.0.1',
    port: desktop.xvnc.port,
    size: twin.size,
    clock,
    timeoutMs: 60_000,
  });
  await resetsWhole(t, twin, display);
});
