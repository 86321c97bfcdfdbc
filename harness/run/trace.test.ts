import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { createRedactor } from '../evidence/redactor.ts';
import { openStore } from '../evidence/store.ts';
import type { Frame, Reading } from '../terms/frame.ts';
import type { NeedleSeen } from '../terms/needle.ts';
import type { RunEvent } from '../terms/record.ts';
import { encodePng } from '../vision/png.ts';
import { AttemptTrace } from './trace.ts';

const SIZE = { width: 8, height: 8 };
const NEEDLE: NeedleSeen = {
  ...{ name: 'ok', tags: ['label-ok'], matched: true, score: 0.99 },
  ...{ box: { x: 1, y: 2, width: 3, height: 4 }, areas: [] },
};

t.test('what needles came to on a frame is evidence with it, and only with it', async (t) => {
  const events: RunEvent[] = [];
  const trace = new AttemptTrace({
    ...{ dut: 'one', requirement: 'CR01', attempt: 1, clock: handClock() },
    store: await openStore(t.testdir({})),
    redactor: createRedactor(),
    write: (event) => void events.push(event),
    onStep: () => undefined,
  });
  const pixels = { ...SIZE, data: new Uint8ClampedArray(256).fill(255) };
  const frame: Frame = { ...SIZE, bytes: await encodePng(pixels), format: 'png', grabbedAt: 0 };
  const reading: Reading = { ...SIZE, items: [] };
  await trace.step('Look', async () => {
    trace.frame('Seen', frame, [{ ...reading, needles: [NEEDLE] }, reading]);
    trace.frame('Plain', frame, [reading]);
    trace.frame('Grabbed', { ...frame, format: 'jpeg' }, [reading]);
  });
  await trace.settled();
  const [step] = events;
  const evidence = step?.type === 'step' ? step.step.evidence : [];
  t.same(
    evidence.map(({ title, ext, needles }) => [title, ext, needles]),
    [
      ['Seen', 'png', { ...SIZE, seen: [NEEDLE] }],
      ['Plain', 'png', undefined],
      ['Grabbed', 'jpg', undefined],
    ],
  );
});
