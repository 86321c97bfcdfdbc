import type { Browser } from 'playwright';

/** The browser that shows the pages of all KVMs of an emulator; closing it closes them. */
export interface SharedBrowser extends AsyncDisposable {
  /**
   * It starts when it is first asked for.
   * @throws Error when there is none, or it does not start
   */
  get(): Promise<Browser>;
}

/** A browser that nobody has asked for yet. */
export function sharedBrowser(): SharedBrowser {
  let launched: Promise<Browser> | undefined;
  return {
    get() {
      // An emulator without a KVM does without what drives a browser: 70 MB.
      launched ??= import('./chromium.ts').then(({ launchChromium }) => launchChromium());
      return launched;
    },
    [Symbol.asyncDispose]: async () => {
      await launched?.then(
        (browser) => browser.close(),
        () => undefined,
      );
    },
  };
}
