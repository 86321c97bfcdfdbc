import type { Page } from 'playwright';
import { testCard } from '../../../vision/test-card.ts';
import type { ContractInput } from '../../ports/display.contract.ts';
import type { KeyName } from '../../ports/display.ts';

/** A key that no display presses; as browsers, USB keyboards and the X Window System name it. */
export const MARK = 'Pause';

/** A page of plain HTML that shows lines, and writes down what comes in. */
export const WITNESS_PAGE = `<!DOCTYPE html>
<meta charset="utf-8"><title>Recorder</title>
<style>
  body { margin: 0; font: 16px sans-serif; overflow: hidden } p { margin: 4px } svg { display: block }
  input { position: fixed; bottom: 0; left: 0 }
</style>
<main></main>
<input autofocus>
<script>
  const seen = [];
  let marks = 0;
  // One event of a page may stand for several moves: all of them came in.
  addEventListener('pointermove', (event) => {
    for (const { clientX: x, clientY: y } of event.getCoalescedEvents()) seen.push({ type: 'mousemove', x, y, button: -1 });
  });
  for (const type of ['mousedown', 'mouseup'])
    addEventListener(type, (event) => {
      const { clientX: x, clientY: y, button } = event;
      seen.push({ type, x, y, button });
      if (type === 'mousedown') event.preventDefault();
    });
  addEventListener('contextmenu', (event) => event.preventDefault());
  addEventListener('keydown', (event) => {
    if (event.key === '${MARK}') marks += 1;
    if (event.key.length === 1 || ['Shift', '${MARK}'].includes(event.key)) return;
    seen.push({ type: 'key', key: event.key });
    event.preventDefault();
  });
  addEventListener('beforeinput', (event) => seen.push({ type: 'text', text: event.data }));
</script>`;

type Seen =
  | {
      readonly type: 'mousemove' | 'mousedown' | 'mouseup';
      readonly x: number;
      readonly y: number;
      readonly button: number;
    }
  | { readonly type: 'key'; readonly key: KeyName }
  | { readonly type: 'text'; readonly text: string };

/** Shows lines of text. */
export function showLines(page: Page, lines: readonly string[]): Promise<void> {
  return page.evaluate(
    (texts) =>
      document
        .querySelector('main')
        ?.replaceChildren(
          ...texts.map((text) => Object.assign(document.createElement('p'), { textContent: text })),
        ),
    lines,
  );
}

/** Shows the test card instead of all else. */
export function showTestCard(page: Page, width: number, height: number): Promise<void> {
  return page.evaluate(
    (svg) => {
      document.body.innerHTML = svg;
    },
    testCard(width, height),
  );
}

/** How long what was sent may be on its way, ms. */
const ARRIVAL_MS = 60_000;

/**
 * Waits until all that was sent has come to the page, however long a busy machine takes for it.
 * @param press presses {@link MARK} behind what was sent: where it has come, so has what was sent before
 */
export async function arrived(page: Page, press: () => Promise<unknown>): Promise<void> {
  const before = await page.evaluate('marks');
  await press();
  await page.waitForFunction(`marks > ${before}`, undefined, { timeout: ARRIVAL_MS, polling: 10 });
}

/** Presses and releases that came in, told as clicks and drags. */
export async function witnessed(page: Page): Promise<readonly ContractInput[]> {
  const inputs: ContractInput[] = [];
  let path: { readonly x: number; readonly y: number }[] | undefined;
  for (const event of (await page.evaluate('seen')) as readonly Seen[]) {
    if (event.type === 'key') inputs.push({ kind: 'key', key: event.key });
    else if (event.type === 'text') inputs.push({ kind: 'text', text: event.text });
    else {
      const { x, y, button } = event;
      if (event.type === 'mousedown') path = [{ x, y }];
      else if (path === undefined) inputs.push({ kind: 'move', x, y });
      else path.push({ x, y });
      if (event.type !== 'mouseup' || path === undefined) continue;
      const still = path.every((point) => point.x === x && point.y === y);
      const click = { kind: 'click', button: button === 2 ? 'right' : 'left', x, y } as const;
      inputs.push(still ? click : { kind: 'drag', points: path });
      path = undefined;
    }
  }
  return inputs;
}
