import { type Html, html } from './html.ts';
import type { Texts } from './text/en.ts';

/** State of the on-screen keyboard. */
export type Layer = 'lower' | 'upper' | 'symbols';

const LETTERS = ['1234567890', 'qwertyuiop', 'asdfghjkl@', 'zxcvbnm._-'];
const SYMBOLS = ['1234567890', '!#$%&*()+=', '[]{}<>/\\|~', '`^\'":;,?_-'];

/** The keyboard that comes up when a field is clicked on; `preview` stands above its keys. */
export function keyboard(text: Texts, layer: Layer, preview: string): Html {
  const lines = layer === 'symbols' ? SYMBOLS : LETTERS;
  const keys = lines.map(
    (line) =>
      html`<div>${[...line].map((key) => {
        const shown = layer === 'upper' ? key.toUpperCase() : key;
        return html`<button type="button" tabindex="-1" data-key="${shown}">${shown}</button>`;
      })}</div>`,
  );
  return html`<div class="keyboard" aria-label="keyboard"><div class="grip"><button type="button" tabindex="-1" data-key="close">✕</button>${preview}</div>${keys}<div>
    <button type="button" tabindex="-1" class="shift" data-key="shift" aria-pressed="${String(layer === 'upper')}">${text.keyShift}</button>
    <button type="button" tabindex="-1" class="symbols" data-key="symbols">${layer === 'symbols' ? 'abc' : '#+='}</button>
    <button type="button" tabindex="-1" class="space" data-key=" ">${text.keySpace}</button>
    <button type="button" tabindex="-1" class="erase" data-key="erase">←</button>
    <button type="button" tabindex="-1" class="enter" data-key="close">${text.keyEnter}</button></div></div>`;
}
