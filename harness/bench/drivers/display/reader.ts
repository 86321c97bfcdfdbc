import type { Item } from '../../../terms/frame.ts';
import type { ReadWait } from '../../ports/display.ts';
import type { PageChannel } from './channel.ts';
import { readDocument } from './document.ts';
import { type Seen, watchDocument } from './watch.ts';

/** Reads what a page's document shows: at once, or as the waiting says. */
export type DocumentReader = (
  wait?: ReadWait,
) => Promise<{ readonly items: readonly Item[]; readonly stillMs: number }>;

/**
 * A reader in a JavaScript world of its own: the page cannot see it, nor it the page's variables. What has not
 * changed since the last reading does not travel again.
 */
export function documentReader(line: PageChannel): DocumentReader {
  let objectId: string | undefined;
  let last: readonly Item[] = [];

  /** Puts the reading functions into the page that is shown now. */
  async function install(): Promise<string> {
    const { frameTree } = await line.send('Page.getFrameTree');
    const { unreachableUrl } = frameTree.frame;
    if (unreachableUrl !== undefined) await loadAgain(unreachableUrl);
    const { executionContextId } = await line.send('Page.createIsolatedWorld', {
      frameId: frameTree.frame.id,
      worldName: 'reading',
    });
    const { result, exceptionDetails } = await line.send('Runtime.evaluate', {
      contextId: executionContextId,
      expression: `(() => { ${readDocument}; ${watchDocument}; return watchDocument(readDocument); })()`,
    });
    if (result.objectId === undefined)
      throw new Error(`the page cannot be read: ${exceptionDetails?.exception?.description ?? 'no object'}`);
    return result.objectId;
  }

  /** The browser shows an error of its own instead of a page that it could not load. */
  async function loadAgain(url: string): Promise<void> {
    const { errorText } = await line.send('Page.navigate', { url });
    if (errorText !== undefined) throw new Error(`no picture at ${url}: ${errorText}`);
  }

  async function read(all: boolean, { withinMs, stillMs }: ReadWait): Promise<Seen> {
    objectId ??= await install();
    const { result, exceptionDetails } = await line.send('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: 'function (...how) { return this.read(...how); }',
      arguments: [{ value: all }, { value: withinMs }, { value: stillMs }],
      returnByValue: true,
      awaitPromise: true,
    });
    if (result.value === undefined)
      throw new Error(`the page cannot be read: ${exceptionDetails?.exception?.description ?? 'no answer'}`);
    return result.value as Seen;
  }

  return async (wait = { withinMs: 0, stillMs: 0 }) => {
    let seen: Seen;
    try {
      seen = await read(objectId === undefined, wait);
    } catch {
      // The page was loaded anew: its worlds are gone.
      objectId = undefined;
      seen = await read(true, wait);
    }
    if (seen.items !== '') last = JSON.parse(seen.items) as Item[];
    return { items: last, stillMs: seen.stillMs };
  };
}
