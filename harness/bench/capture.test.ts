import t from 'tap';
import { systemClock as clock } from '../terms/clock.ts';
import { openCapture } from './capture.ts';
import { notingHost, openCabledChip } from './drivers/display/ch9329.fixture.ts';
import { noFfmpeg, plainJpeg, serveMjpeg } from './drivers/display/mjpeg.fixture.ts';
import { failure } from './ports/contract-help.ts';

t.test('the entry of a recorder becomes a display', { skip: noFfmpeg() }, async (t) => {
  const host = notingHost();
  await using cable = await openCabledChip({ host });
  await using server = await serveMjpeg();
  server.show(await plainJpeg(200));
  const hid = { path: cable.path, baudRate: 9600, address: 0 };
  const driver = 'capture';
  {
    const video = { url: server.url, delayMs: 100, range: 'limited' } as const;
    await using display = await openCapture({ driver, video, hid }, '320x240', clock);
    const asked = clock.now();
    t.match(await display.frame(), { width: 320, height: 240, format: 'jpeg' });
    t.ok(clock.now() - asked >= 100, 'the delay is waited out');
    await display.moveTo(319, 239);
    t.match(host.reports.at(-1), { kind: 'mouse', buttons: 0 });
  }
  const grabber = { device: '/dev/video99', framerate: 30, delayMs: 0 };
  const absent = (video: typeof grabber) => failure(openCapture({ driver, video, hid }, '1280x720', clock));
  t.match(await absent(grabber), { code: 'PORT_UNREACHABLE', message: /\/dev\/video99/ });
  t.match(await absent(grabber), { code: 'PORT_UNREACHABLE' }, 'the adapter was let go of');
});
