import t from 'tap';
import { type DisplayUnderTest, displayContract } from '../../ports/display.contract.ts';
import { SIZE, showPage, testBrowser } from './page.fixture.ts';
import { showLines, WITNESS_PAGE, witnessed } from './witness.fixture.ts';

for (const [name, kind] of [
  ['browser, by a line of its own', undefined],
  ['browser, by Playwright’s session', 'bare'],
] as const) {
  const browser = await testBrowser(t, kind);
  const open = async (): Promise<DisplayUnderTest> => {
    const shown = await showPage(browser.get(), WITNESS_PAGE);
    const { page } = shown;
    return {
      ...SIZE,
      display: shown.display,
      show: (...lines) => showLines(page, lines),
      inputs: () => witnessed(page),
      vanish: () => page.close(),
      elapse: async () => undefined,
      [Symbol.asyncDispose]: () => shown[Symbol.asyncDispose](),
    };
  };
  displayContract(t, name, open, { skip: browser.skip });
}
