// Ratings of a twin's KVM, whose capture is made bad in known ways.
import t from 'tap';
import { testBrowser } from '../bench/drivers/display/page.fixture.ts';
import { openPikvmDisplay } from '../bench/drivers/display/pikvm.ts';
import { launchEmulator } from '../bench/drivers/twin/launch.ts';
import { systemClock as clock } from '../terms/clock.ts';
import { type CaptureChain, type EmulatorPlan, GOOD_CHAIN } from '../wire/emulator.ts';
import { probeDisplay, rateDisplay } from './display-rating.ts';

t.setTimeout(180_000);
const SIZE = { width: 1280, height: 720 };
const USER = { user: 'lab', password: 'Quay:Lantern-7' };
const { skip } = await testBrowser(t);

const PLAN: EmulatorPlan = {
  smtp: { host: '127.0.0.1', port: 25 },
  recorders: [
    {
      ...{ id: 'one', family: 'nvr', model: 'DS-7616NI-K2', firmware: 'V4.30.097', build: 'build 200922' },
      ...{ gui: '4.0', language: 'en', resolution: '1280x720', adminPassword: 'Harbour-77', bootMs: 50 },
      kvm: USER,
    },
  ],
};

/** Here it is the capture that is rated. */
const untyped = async () => ({ state: 'not-tried', why: 'it is not asked for', cure: 'none' }) as const;

t.test('a capture that is bad in one way is unfit for that reason', { skip }, async (t) => {
  await using emulator = await launchEmulator(PLAN, { clock });
  const [twin] = emulator.ready.recorders;
  const rated = async (chain: Partial<CaptureChain>) => {
    const body = JSON.stringify({ ...GOOD_CHAIN, ...chain });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${twin?.controlUrl}/kvm`, { method: 'POST', headers, body });
    t.ok(answer.ok, body);
    await using display = await openPikvmDisplay({ ...USER, url: twin?.kvmUrl ?? '', size: SIZE, clock });
    const { lines } = rateDisplay(await probeDisplay(display, clock, { expected: SIZE, type: untyped }));
    const wrong = lines.filter(({ ok }) => !ok).map(({ what, told }) => `${what}: ${told}`);
    // How old and how late a picture is, is a matter of the machine.
    return wrong.filter((line) => !/^(age|reaction):/.test(line));
  };
  t.same(await rated({}), []);
  t.match(await rated({ noise: 60 }), [/^noise: The picture has a noise of/]);
  t.match(await rated({ quality: 15 }), [/^JPEG: The JPEG has a quality of 15/]);
  t.match(await rated({ outputHeight: 480 }), [/^frame: /]);
  // Nothing of it makes noise: frames that are given again are told beside a pointer that moves.
  t.match(await rated({ keepOneIn: 60 }), [/^frames: \d+ % of the frames/]);
});
