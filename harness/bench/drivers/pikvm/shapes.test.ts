import t from 'tap';
import { PIKVM } from '../../../wire/pikvm.ts';
import { hasShape } from './shapes.ts';

t.test('a result without what is read of it is no answer of a PiKVM', async (t) => {
  const hid = { online: true, keyboard: { online: true }, mouse: { online: true, absolute: true } };
  t.ok(hasShape(PIKVM.hid, hid));
  for (const wrong of [
    null,
    [],
    'x',
    {},
    { ...hid, keyboard: null },
    { ...hid, mouse: 7 },
    { ...hid, online: 'yes' },
  ])
    t.notOk(hasShape(PIKVM.hid, wrong), JSON.stringify(wrong));
  t.ok(hasShape(PIKVM.atx, { enabled: false }));
  t.ok(hasShape(PIKVM.atx, { enabled: true, leds: { power: false } }));
  t.notOk(hasShape(PIKVM.atx, { enabled: true, leds: null }));
  t.ok(hasShape(PIKVM.streamer, { streamer: null }));
  for (const wrong of [{}, { streamer: 7 }, { streamer: { source: null } }, null])
    t.notOk(hasShape(PIKVM.streamer, wrong), JSON.stringify(wrong));
  t.ok(hasShape(PIKVM.check, undefined), 'nothing is read of it');
});
