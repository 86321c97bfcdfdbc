import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Frame } from '../../../terms/frame.ts';
import type { ScanAnswer, Scanner } from '../../ports/scanner.ts';
import { beginSession, type Locator, type Session } from './webdriver.ts';

/** One act in the app, on a locator by its name. */
export type AppStep =
  | { readonly tap: string }
  | { readonly tapIfShown: string }
  | { readonly waitFor: string }
  | { readonly type: string; readonly what: 'user' | 'password' };

/** Where the password reset lies in some versions of the app (a file of suites/apps). */
export interface AppWays {
  readonly name: string;
  /** Of the first version that it holds for, and of the first that it does not. */
  readonly from: string;
  readonly before?: string | undefined;
  /** By language, then by name. */
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `{name}` in a value stands for a text. */
  readonly locators: Readonly<Record<string, Locator>>;
  readonly visitor: readonly AppStep[];
  readonly account: readonly AppStep[];
  readonly menu: readonly AppStep[];
  readonly sent: readonly string[];
  readonly refused: readonly string[];
}

export interface AppiumOptions {
  /** Of the Appium server. */
  readonly url: string;
  readonly capabilities: Readonly<Record<string, unknown>>;
  /** The app's version on the phone. */
  readonly appVersion: string;
  readonly language: string;
  /** All that are known; the one that holds for the version is used. */
  readonly apps: readonly AppWays[];
  readonly clock: Clock;
  readonly account?: { readonly user: string; readonly password: string };
  /** How long a screen of the app may take to come, ms. Default 20 s. */
  readonly screenMs?: number;
  /** How long the app may take from the camera to its word, ms. Default 60 s. */
  readonly resultMs?: number;
}

const SCREEN_MS = 20_000;
const RESULT_MS = 60_000;
/** How long something that may come is waited for, and between two looks, ms. */
const MAYBE_MS = 2_000;
const LOOK_MS = 250;

/**
 * The app on a phone that stands in front of the recorder's screen, driven through an Appium server. The camera sees the
 * QR itself; the payload of a scan is not used. Each scan has a session of its own, so that it begins on the app's first
 * screen. Beside the port's errors it throws SESSION_LOST, LOCATOR_NOT_FOUND (with a picture of the phone), CONFIG_MISSING
 * without an account for `as: 'account'`, and at once CONFIG_INVALID for a version or language that no profile knows.
 */
export function openAppium(options: AppiumOptions): Scanner {
  const { clock, screenMs = SCREEN_MS, resultMs = RESULT_MS } = options;
  const app = appFor(options);
  const texts = textsOf(app, options.language);
  const closing = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();
  const locatorOf = (name: string): Locator => {
    const { using, value } = app.locators[name] ?? { using: 'xpath', value: '' };
    return { using, value: value.replace(/\{(\w+)\}/g, (_, key: string) => texts[key] ?? '') };
  };

  /** The first of some elements that is there within a time. */
  async function seek(
    session: Session,
    names: readonly string[],
    withinMs: number,
  ): Promise<{ readonly name: string; readonly element: string } | undefined> {
    const until = clock.monotonic() + withinMs;
    for (;;) {
      for (const name of names) {
        closing.signal.throwIfAborted();
        const element = await session.find(locatorOf(name));
        if (element !== undefined) return { name, element };
      }
      if (clock.monotonic() >= until) return undefined;
      await clock.sleep(LOOK_MS, closing.signal);
    }
  }
  async function need(session: Session, names: readonly string[], withinMs: number) {
    const found = await seek(session, names, withinMs);
    if (found !== undefined) return found;
    throw notFound(
      app,
      names.map((name) => locatorOf(name).value),
      await pictureOf(session),
    );
  }
  async function act(session: Session, step: AppStep): Promise<void> {
    if ('tapIfShown' in step) {
      const found = await seek(session, [step.tapIfShown], MAYBE_MS);
      if (found !== undefined) await session.tap(found.element);
    } else if ('waitFor' in step) await need(session, [step.waitFor], screenMs);
    else if ('tap' in step) await session.tap((await need(session, [step.tap], screenMs)).element);
    else {
      const { element } = await need(session, [step.type], screenMs);
      await session.type(element, accountOf(options)[step.what]);
    }
  }
  async function result(session: Session): Promise<ScanAnswer> {
    const { name, element } = await need(session, [...app.sent, ...app.refused], resultMs);
    const said = await session.text(element);
    return { accepted: app.sent.includes(name), message: said === '' ? (texts[name] ?? name) : said };
  }

  async function scanOnce(as: 'visitor' | 'account'): Promise<ScanAnswer> {
    closing.signal.throwIfAborted();
    if (as === 'account') accountOf(options);
    const session = await beginSession(options);
    try {
      for (const step of [...app[as], ...app.menu]) await act(session, step);
      return await result(session);
    } finally {
      await session.end();
    }
  }

  return {
    async ready() {
      closing.signal.throwIfAborted();
      const session = await beginSession(options);
      await session.end();
      return `a session of the phone began and ended; the app is ${app.name}`;
    },
    scan(_, { as = 'visitor' } = {}) {
      // There is one phone: whoever comes second waits.
      const scan = turn.then(() => scanOnce(as));
      turn = scan.catch(() => undefined);
      return scan;
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new HarnessError('PORT_CLOSED', 'The scanner port is closed.', { port: 'scanner' }));
    },
  };
}

/** The profile that holds for a version. @throws HarnessError CONFIG_INVALID that lists those that are known */
function appFor({ apps, appVersion }: AppiumOptions): AppWays {
  const found = apps.find(
    ({ from, before }) =>
      compare(appVersion, from) >= 0 && (before === undefined || compare(appVersion, before) < 0),
  );
  if (found !== undefined) return found;
  const known = apps
    .map(
      ({ name, from, before }) =>
        `${name} (${from}${before === undefined ? ' and above' : ` to below ${before}`})`,
    )
    .join(', ');
  throw new HarnessError(
    'CONFIG_INVALID',
    `No profile knows the app in version ${appVersion}; there are: ${known}.`,
    {
      port: 'scanner',
      hint: 'Correct appVersion in devices.yaml, or add a profile to suites/apps (docs/drivers/scanner.md).',
    },
  );
}

function textsOf(app: AppWays, language: string): Readonly<Record<string, string>> {
  const texts = app.texts[language];
  if (texts !== undefined) return texts;
  throw new HarnessError(
    'CONFIG_INVALID',
    `The profile ${app.name} of the app has no texts in "${language}".`,
    {
      port: 'scanner',
      hint: `Add them to suites/apps/${app.name}.yaml; there are: ${Object.keys(app.texts).join(', ')}.`,
    },
  );
}

function accountOf({ account }: AppiumOptions): { readonly user: string; readonly password: string } {
  if (account !== undefined) return account;
  throw new HarnessError('CONFIG_MISSING', 'A scan with an account needs one, and the scanner has none.', {
    port: 'scanner',
    hint: "Give the scanner the app account's user and password.",
  });
}

function notFound(app: AppWays, wanted: readonly string[], frame: Frame | undefined): HarnessError {
  return new HarnessError(
    'LOCATOR_NOT_FOUND',
    `The app shows nothing that fits ${wanted.join(' or ')} (profile ${app.name}).`,
    {
      port: 'scanner',
      hint: 'Look at the picture of the phone: is it the screen that the profile expects, in its language?',
      ...(frame === undefined ? {} : { frame }),
    },
  );
}

/** What the phone shows now, if it can be had. */
function pictureOf(session: Session): Promise<Frame | undefined> {
  return session.screenshot().catch(() => undefined);
}

function compare(a: string, b: string): number {
  const [one, other] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let at = 0; at < 3; at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
