import t from 'tap';
import type { Box, Pixels } from '../../../harness/terms/frame.ts';
import { approvedPicture, pasted, recoloured } from '../../../harness/vision/approved.fixture.ts';
import { matchNeedle } from '../../../harness/vision/needle/match.ts';
import { needleOf } from '../../../harness/vision/needle/needle.ts';
import { sceneOf } from '../../../harness/vision/needle/scene.ts';
import { crop, encodePng } from '../../../harness/vision/png.ts';
import { shippedNeedles } from './needle-sets.ts';
import { truthOf } from './needle-truth.ts';
import type { Photograph } from './screens.ts';

const DIALOG = await approvedPicture('reset-methods');
const OK = { x: 704, y: 404, width: 96, height: 30 };

async function photograph(pixels: Pixels, text: string, box: Box, gui = '4.0'): Promise<Photograph> {
  const bytes = await encodePng(pixels);
  return {
    gui,
    resolution: '1280x720',
    screen: 'methods',
    frame: { bytes, width: 1280, height: 720, takenAt: 0, source: 'twin' } as unknown as Photograph['frame'],
    reading: { items: [{ kind: 'button', text, box }] } as unknown as Photograph['reading'],
  };
}

t.test('needles that come along stand for a label of their profile', async (t) => {
  const shipped = await shippedNeedles('1280x720');
  const one = shipped.find(({ from }) => from === 'nvr/1280x720/ok-message.json');
  t.same(
    ['OK', 'Ok', 'Cancel', 'OK, thanks'].map((text) => one?.names(text)),
    [true, true, false, false],
  );
  t.match(one?.own, { width: 96, height: 30 });
});

t.test('a match that the document does not bear out is false, unless it looks the same', async (t) => {
  const area = { kind: 'match' as const, box: OK, other: {} };
  const file = { name: 'ok', tags: [], areas: [area], properties: [], other: {}, notices: [] };
  const names = (text: string) => text === 'OK';
  const needle = { needle: needleOf(file, DIALOG), names, own: crop(DIALOG, OK) };
  // Still a match, and no longer the same px for px.
  const darker = recoloured(DIALOG, (r, g, b) => [r * 0.88, g * 0.88, b * 0.88]);
  t.equal(matchNeedle(sceneOf(darker), needle.needle).kind, 'match');
  const at = { ...OK };
  const says = (text: string, pixels: Pixels, box: Box = OK) => photograph(pixels, text, box);
  const judged = async (one: Photograph, pixels: Pixels, shots: readonly Photograph[] = [one]) =>
    truthOf(needle, { photograph: one, pixels }, at, shots);
  t.equal(await judged(await says('OK', darker), darker), 'listed');
  t.equal(await judged(await says('Cancel', darker), darker), 'false', 'another text there');
  t.equal(await judged(await says('OK', darker, { ...OK, x: 100 }), darker), 'false', 'the text elsewhere');
  t.equal(await judged(await says('Cancel', DIALOG), DIALOG), 'the same');
  const [covered, open] = [await says('Cancel', darker), await says('OK', darker)];
  t.equal(await judged(covered, darker, [covered, open]), 'behind');
  const other = pasted(darker, DIALOG, { ...OK, x: 0, y: 0 }, OK);
  t.equal(await judged(covered, darker, [covered, await says('OK', other)]), 'false', 'it looks else there');
  // A window in front of it, as its border: of the 30 rows of the button and its 96 columns.
  const under = (box: Box) =>
    pasted(darker, darker, { ...box, x: 0, y: 0 }, { x: OK.x + box.x, y: OK.y + box.y });
  for (const [what, box, truth] of [
    ['the lowest fifth', { x: 0, y: 24, width: 96, height: 6 }, 'behind'],
    ['more of it', { x: 0, y: 23, width: 96, height: 7 }, 'false'],
    ['the first fifth', { x: 0, y: 0, width: 19, height: 30 }, 'behind'],
    ['two edges', { x: 0, y: 0, width: 96, height: 2 }, 'false'],
    ['a letter', { x: 40, y: 10, width: 8, height: 10 }, 'false'],
  ] as const) {
    const edge = what === 'two edges' ? under({ x: 0, y: 28, width: 96, height: 2 }) : darker;
    const at = { x: OK.x + box.x, y: OK.y + box.y };
    const shown = pasted(edge, edge, { ...box, x: 0, y: 0 }, at);
    t.equal(await judged(await says('Cancel', shown), shown, [open]), truth, what);
  }
  // The button once more, at another place, in a document that lists this one.
  const twice = pasted(darker, darker, OK, { x: 100, y: 100 });
  const listed = await says('OK', twice, { ...OK, x: 100.4, y: 99.6 });
  t.equal(await judged(covered, darker, [covered, listed]), 'the same');
  t.equal(await judged(covered, darker, [covered, { ...listed, gui: '3.0' }]), 'false', 'of another menu');
});
