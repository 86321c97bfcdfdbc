import type { Item } from '../../../terms/frame.ts';

/** One reading, as it leaves the page. */
export interface Seen {
  /** JSON; empty when the items are those of the last time and not all were asked for. */
  readonly items: string;
  /** How long the document has not changed, ms. */
  readonly stillMs: number;
}

/** What lives in the page, in a world of its own. */
export interface Watcher {
  /** Reads once something has changed and has then stood still for `stillMs`, or after `withinMs`. */
  read(all: boolean, withinMs: number, stillMs: number): Promise<Seen>;
}

/**
 * Watches a document for changes, so that nobody need ask all the time. Runs inside the page, so it may use nothing
 * from outside itself. What changes without a trace (a property set by a script) is found by a full look now and then.
 */
export function watchDocument(look: () => Item[]): Watcher {
  const FULL_LOOK_MS = 120;
  let dirty = true;
  let lookedAt = 0;
  let changedAt = performance.now();
  let last = '';
  let wake: (() => void) | undefined;
  const mark = () => {
    dirty = true;
    changedAt = performance.now();
    wake?.();
  };
  new MutationObserver((changes) => {
    // What moves in pictures that are there to look at only (`aria-hidden`) is no change of the screen's items.
    const matters = changes.some(({ target }) => {
      const element = target instanceof Element ? target : target.parentElement;
      return element === null || element.closest('[aria-hidden=true]') === null;
    });
    if (matters) mark();
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  for (const name of ['focusin', 'focusout', 'input', 'change', 'scroll', 'resize', 'transitionend'])
    addEventListener(name, mark, { capture: true, passive: true });

  /** Until the next change, or so long. */
  const changed = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(() => wake?.(), ms);
      wake = () => {
        clearTimeout(timer);
        wake = undefined;
        resolve();
      };
    });

  return {
    async read(all, withinMs, stillMs) {
      const until = performance.now() + withinMs;
      if (withinMs > 0 && !dirty) await changed(withinMs);
      for (;;) {
        const now = performance.now();
        const wait = Math.min(until - now, changedAt + stillMs - now);
        if (!dirty || wait <= 0) break;
        await changed(wait);
      }
      const now = performance.now();
      const stood = { stillMs: now - changedAt };
      if (!all && !dirty && now - lookedAt < FULL_LOOK_MS) return { items: '', ...stood };
      dirty = false;
      lookedAt = now;
      const items = JSON.stringify(look());
      if (!all && items === last) return { items: '', ...stood };
      last = items;
      return { items, ...stood };
    },
  };
}
