import type { Page } from 'playwright';
import type { ContractInput } from '../../ports/display.contract.ts';
import type { KeyName } from '../../ports/display.ts';

/** A page of plain HTML that shows lines, and writes down in `seen` what comes in. */
export const WITNESS_PAGE = `<!DOCTYPE html>
<meta charset="utf-8"><title>Recorder</title>
<style>body { margin: 0; font: 16px sans-serif } p { margin: 4px } input { position: fixed; bottom: 0; left: 0 }</style>
<main></main>
<input autofocus>
<script>
  const seen = [];
  for (const type of ['mousemove', 'mousedown', 'mouseup'])
    addEventListener(type, (event) => {
      const { clientX: x, clientY: y, button } = event;
      seen.push({ type, x, y, button });
      if (type === 'mousedown') event.preventDefault();
    });
  addEventListener('contextmenu', (event) => event.preventDefault());
  addEventListener('keydown', (event) => {
    if (event.key.length === 1) return;
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

/** Presses and releases, told as clicks and drags. */
function inputsOf(seen: readonly Seen[]): readonly ContractInput[] {
  const inputs: ContractInput[] = [];
  let path: { readonly x: number; readonly y: number }[] | undefined;
  for (const event of seen) {
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

/** Shows lines of text in such a page, and no others. */
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

/** What came in at such a page so far. */
export async function witnessed(page: Page): Promise<readonly ContractInput[]> {
  return inputsOf((await page.evaluate('seen')) as Seen[]);
}
