import type { CDPSession } from 'playwright';
import type { Item } from '../../../terms/frame.ts';
import { readDocument } from './document.ts';
import { watchDocument } from './watch.ts';

/** Reads what a page's document shows. */
export interface DocumentReader {
  items(): Promise<readonly Item[]>;
  /** Resolves when the document has changed since the last reading, or after `ms`. */
  changed(ms: number): Promise<void>;
}

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

  async function call(method: 'read' | 'changed', argument: boolean | number): Promise<unknown> {
    objectId ??= await install();
    const { result, exceptionDetails } = await cdp.send('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: `function (value) { return this.${method}(value); }`,
      arguments: [{ value: argument }],
      returnByValue: true,
      awaitPromise: method === 'changed',
    });
    if (exceptionDetails !== undefined)
      throw new Error(
        `the page cannot be read: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`,
      );
    return result.value;
  }

  return {
    async items() {
      let text: unknown;
      try {
        text = await call('read', objectId === undefined);
      } catch {
        // The page was loaded anew: its worlds are gone.
        objectId = undefined;
        text = await call('read', true);
      }
      if (typeof text === 'string' && text !== '') last = JSON.parse(text) as Item[];
      return last;
    },
    async changed(ms) {
      try {
        await call('changed', ms);
      } catch {
        objectId = undefined;
        await call('changed', ms);
      }
    },
  };
}
