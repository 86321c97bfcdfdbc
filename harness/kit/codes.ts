import type { HttpStatus } from '../bench/ports/recorder-http.ts';
import type { Outcome } from '../flow/owner/outcome.ts';
import type { CaseContext } from './case.ts';
import { randomCode } from './fresh.ts';
import { toldSeconds, unitsOf } from './told.ts';

/** Longest time that a dialog may take to give way after the recorder's world has aged, ms. */
const AGED_MS = 1500;

/** So many wrong codes more than may be free are tried. */
const BEYOND = 3;

/** A code that the recorder would take for one, and that is not `right`. */
export function wrongCode(right: string): string {
  for (;;) {
    const code = randomCode(right.length);
    if (code.toUpperCase() !== right.toUpperCase()) return code;
  }
}

/** Writes over HTTP. Just after a boot recorders answer any write with invalidOperation: that is no answer yet. */
export async function written(
  { pause }: Pick<CaseContext, 'pause'>,
  write: () => Promise<HttpStatus>,
): Promise<HttpStatus> {
  let answer = await write();
  for (let count = 0; count < 20 && /invalid ?operation/i.test(answer.subStatusCode ?? ''); count += 1) {
    await pause(250);
    answer = await write();
  }
  return answer;
}

/** Opens the reset anew and tries a code there; and over HTTP, before anything draws a new one. */
export async function expectRefused(context: CaseContext, code: string, when: string): Promise<void> {
  const { owner, http, expect } = context;
  const overHttp = await written(context, () => http.emailCertification(code));
  expect(overHttp.status, `the code over HTTP ${when}`).notToBe(200);
  await owner.openReset();
  const outcome = await owner.enterCode(code);
  expect(outcome.accepted, `the code is accepted ${when}`).toBe(false);
  await owner.cancel();
}

/** Keys a code in where its dialog stands, or where opening it anew shows the same QR; `fresh` where it shows another. */
export async function keyIn(
  { owner, gui, lab }: CaseContext,
  { code, payload }: { readonly code: string; readonly payload: string },
): Promise<Outcome | 'fresh'> {
  if (gui.screens.resetQr(await gui.look()) === undefined) {
    const { finding } = await lab.showQr();
    if (finding.text !== payload) return 'fresh';
  }
  return owner.enterCode(code);
}

/** Lets the recorder's world age, and its screen follow. */
export async function age({ time, pause, step }: CaseContext, ms: number, what: string): Promise<void> {
  await step(`Let ${what} pass`, async () => {
    await time.advance(ms);
    await pause(AGED_MS);
  });
}

/** How wrong codes ended in a lock. */
export interface Locked {
  /** Wrong codes until the recorder said that it is locked; undefined where it never did. */
  readonly tries: number | undefined;
  readonly message: string;
  /** Of the lock, as told; s. */
  readonly seconds: number | undefined;
}

/** Keys wrong codes into the dialog in front until the message is another one than for the first of them. */
export async function lockByWrongCodes(
  { owner, gui, profile, measure }: CaseContext,
  code: string,
  options: { readonly between?: (tries: number) => Promise<void> } = {},
): Promise<Locked> {
  const plain = (text: string) => text.replace(/\d+/g, '#');
  const most = profile.codeLock.maxFreeTries + BEYOND;
  let first: string | undefined;
  for (let tries = 1; tries <= most; tries += 1) {
    const { accepted, message } = await owner.enterCode(wrongCode(code));
    if (accepted) break;
    first ??= plain(message);
    if (plain(message) !== first) {
      const seconds = toldSeconds(message, unitsOf(gui));
      measure('wrong codes until the lock', tries, '');
      measure('length of the lock, as told', seconds ?? 'not told', seconds === undefined ? '' : 's');
      return { tries, message, seconds };
    }
    await options.between?.(tries);
  }
  measure('wrong codes until the lock', 'no lock', '');
  return { tries: undefined, message: first ?? '', seconds: undefined };
}
