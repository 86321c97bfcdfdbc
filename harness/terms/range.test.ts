import t from 'tap';
import { inRange, parseRange } from './range.ts';
import { parseFirmware } from './version.ts';

t.test('bounds hold a version or do not; builds are not compared', async (t) => {
  const held = (version: string, bounds: string) => {
    const [own, range] = [parseFirmware(version), parseRange(bounds)];
    return own !== undefined && range !== undefined && inRange(own, range);
  };
  t.ok(held('V4.30.085 build 200922', '>=V4.21.000 <V4.31.000'));
  t.ok(held('V4.30.085', 'V4.30.085'));
  t.notOk(held('V4.30.085', '>V4.30.085'));
  t.ok(held('V4.30.085 build 190101', '=V4.30.085build 200922'), 'builds are not compared');
  t.equal(parseRange('new'), undefined);
  t.equal(parseRange(''), undefined);
});
