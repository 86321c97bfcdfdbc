import type { CDPSession } from 'playwright';
import type { Item } from '../../../terms/frame.ts';
import { readDocument } from './document.ts';
import { watchDocument } from './watch.ts';

/** Reads what a page's document shows, at once, or when it has changed since the last reading or `withinMs` are over. */
export type DocumentReader = (withinMs?: number) => Promise<readonly Item[]>;

/**
 * A reader in a JavaScript world of its own: the page cannot see it, nor it the page's variables. What has not
 * changed since the last reading does not travel again.
 */
export function documentReader(cdp: CDPSession): DocumentReader {
  let objectId: string | undefined;
  let last: readonly Item[] = [];

  /** Puts the reading functions into the page that is shown now. */
  async function install(): Promise<string> {
    const { frameTree } = await cdp.send('Page.getFrameTree');
    const { executionContextId } = await cdp.send('Page.createIsolatedWorld', {
      frameId: frameTree.frame.id,
      worldName: 'reading',
    });
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
      contextId: executionContextId,
      expression: `(() => { ${readDocument}; ${watchDocument}; return watchDocument(readDocument); })()`,
    });
    if (result.objectId === undefined)
      throw new Error(`the page cannot be read: ${exceptionDetails?.exception?.description ?? 'no object'}`);
    return result.objectId;
  }

  async function read(all: boolean, withinMs: number): Promise<string> {
    objectId ??= await install();
    const { result, exceptionDetails } = await cdp.send('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: 'function (all, withinMs) { return this.read(all, withinMs); }',
      arguments: [{ value: all }, { value: withinMs }],
      returnByValue: true,
      awaitPromise: true,
    });
    if (typeof result.value !== 'string')
      throw new Error(`the page cannot be read: ${exceptionDetails?.exception?.description ?? 'no text'}`);
    return result.value;
  }

  return async (withinMs = 0) => {
    let text: string;
    try {
      text = await read(objectId === undefined, withinMs);
    } catch {
      // The page was loaded anew: its worlds are gone.
      objectId = undefined;
      text = await read(true, withinMs);
    }
    if (text !== '') last = JSON.parse(text) as Item[];
    return last;
  };
}
