// The needles that come along, and what they ask for when they ask for everything.
import { readdir, readFile } from 'node:fs/promises';
import t from 'tap';
import { decodePicture } from '../png.ts';
import { parseNeedle } from './format.ts';
import { matchNeedle } from './match.ts';
import { needleOf } from './needle.ts';
import { sceneOf } from './scene.ts';

const FOLDER = new URL('../../../suites/needles/', import.meta.url);

t.test('each needle is alike to its own picture by 100 %, and as much is told as is decided', async (t) => {
  const names = (await readdir(FOLDER, { recursive: true })).filter((name) => name.endsWith('.json')).sort();
  t.ok(names.length > 0);
  const missed: string[] = [];
  for (const name of names) {
    const file = parseNeedle(await readFile(new URL(name, FOLDER), 'utf8'), name);
    const picture = await decodePicture(await readFile(new URL(name.replace(/json$/, 'png'), FOLDER)));
    const areas = file.areas.map((one) => ({ ...one, match: 100 }));
    const found = matchNeedle(sceneOf(picture), needleOf({ ...file, areas }, picture));
    if (found.kind !== 'match' || found.similarity !== 1)
      missed.push(`${name}: ${found.similarity} ${found.kind === 'match' ? '' : found.why}`);
  }
  t.same(missed, []);
});

t.test('what is decided is what is told, also between two thousandths', async (t) => {
  const name = 'nvr/1280x720/ok-message.json';
  const file = parseNeedle(await readFile(new URL(name, FOLDER), 'utf8'), name);
  const picture = await decodePicture(await readFile(new URL(name.replace(/json$/, 'png'), FOLDER)));
  const softer = {
    ...picture,
    data: picture.data.map((level, at) => (at % 4 === 3 ? level : level ** 1.02)),
  };
  const at = (match: number) => {
    const areas = file.areas.map((one) => ({ ...one, match }));
    return matchNeedle(sceneOf(softer), needleOf({ ...file, areas }, picture));
  };
  const { similarity } = at(50);
  t.ok(similarity < 1 && similarity > 0.5, String(similarity));
  const percent = Number((similarity * 100).toFixed(1));
  t.equal(Number((percent / 100).toFixed(6)), similarity, 'whole thousandths');
  t.equal(at(percent).kind, 'match');
  const missed = at(percent + 0.05);
  const asked = Number((percent + 0.05).toFixed(2));
  t.match(missed, { kind: 'near-miss', why: `alike by ${percent.toFixed(1)} % of ${asked} %` });
});
