import type { Item } from '../../../terms/frame.ts';

/** What lives in the page, in a world of its own. */
export interface Watcher {
  /**
   * The items as JSON; empty when they are those of the last time and not all are asked for. With `withinMs` they are
   * read when something has changed, or after that time.
   */
  read(all: boolean, withinMs: number): Promise<string>;
}

/**
 * Watches a document for changes, so that nobody need ask all the time. Runs inside the page, so it may use nothing
 * from outside itself. What changes without a trace (a property set by a script) is found by a full look now and then.
 */
export function watchDocument(look: () => Item[]): Watcher {
  const FULL_LOOK_MS = 120;
  let dirty = true;
  let lookedAt = 0;
  let last = '';
  let wake: (() => void) | undefined;
  const mark = () => {
    dirty = true;
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
    async read(all, withinMs) {
      if (withinMs > 0 && !dirty) await changed(withinMs);
      const now = performance.now();
      if (!all && !dirty && now - lookedAt < FULL_LOOK_MS) return '';
      dirty = false;
      lookedAt = now;
      const text = JSON.stringify(look());
      if (!all && text === last) return '';
      last = text;
      return text;
    },
  };
}
