import { z } from 'zod';
import { check, inOrder, type Problem, problem } from './problems.ts';
import { parseYaml, type YamlFile } from './yaml.ts';

const name = z.string().regex(/^[a-zA-Z][a-zA-Z0-9]*$/, 'expected a name of letters and digits');
const version = z.string().regex(/^\d+\.\d+\.\d+$/, 'expected a version like 4.25.0');

/** How an element is found: a strategy of W3C WebDriver or of Appium; `{name}` in the value stands for a text. */
const locator = z.strictObject({
  using: z.enum([
    'xpath',
    'id',
    'accessibility id',
    'class name',
    '-android uiautomator',
    '-ios predicate string',
    '-ios class chain',
  ]),
  value: z.string().min(1),
});
/** One act in the app, on a locator by its name. */
const step = z.union([
  z.strictObject({ tap: name }),
  /** Taps it where it comes up within two seconds; a tip, a question about the camera. */
  z.strictObject({ tapIfShown: name }),
  z.strictObject({ waitFor: name }),
  z.strictObject({ type: name, what: z.enum(['user', 'password']) }),
]);
const steps = z.array(step).min(1);

const app = z.strictObject({
  version: z.literal(1),
  /** Versions that it holds for: from the first, up to and without the second. */
  from: version,
  before: version.optional(),
  /** By language, then by name: what the app writes. Each language has the same names. */
  texts: z.record(
    z.string().regex(/^[a-z]{2}$/, 'expected a language like de'),
    z.record(name, z.string().min(1)),
  ),
  locators: z.record(name, locator),
  /** From the app's first screen to where its menu is, without an account and with one. */
  visitor: steps,
  account: steps,
  /** From there to the camera. */
  menu: steps,
  /** Locators of what the app says when the code was sent, and when it refuses the QR. */
  sent: z.array(name).min(1),
  refused: z.array(name).min(1),
});

/** Where the password reset lies in some versions of the app. */
export type AppProfile = z.infer<typeof app> & { readonly name: string };

/** Versions that a profile of the app holds for, and the languages it has texts in. */
export type AppVersions = Pick<AppProfile, 'name' | 'from' | 'before' | 'texts'>;

/**
 * What is wrong with the app that a scanner names, and with which of its keys.
 * @param scanner as it stands in the file
 * @param apps those there are; undefined: any will do
 */
export function appProblem(
  scanner: unknown,
  apps: readonly AppVersions[] | undefined,
): { readonly key: 'appVersion' | 'language'; readonly message: string } | undefined {
  const named = z
    .object({ driver: z.literal('appium'), appVersion: version, language: z.string().default('en') })
    .safeParse(scanner).data;
  if (named === undefined || apps === undefined) return undefined;
  const own = apps.find(
    ({ from, before }) =>
      !isBelow(named.appVersion, from) && (before === undefined || isBelow(named.appVersion, before)),
  );
  if (own === undefined) {
    const known = apps.map(({ name, from, before }) => `${name}: ${from} to ${before ?? 'any'}`).join(', ');
    return {
      key: 'appVersion',
      message: `expected a version that a file of suites/apps is for (${known}), found ${named.appVersion}`,
    };
  }
  if (own.texts[named.language] !== undefined) return undefined;
  const languages = Object.keys(own.texts).join(', ');
  return {
    key: 'language',
    message: `expected a language of suites/apps/${own.name}.yaml (${languages}), found ${named.language}`,
  };
}

function isBelow(one: string, other: string): boolean {
  return one.localeCompare(other, 'en', { numeric: true }) < 0;
}

/** Reads a profile of the app; every problem at once. */
export function parseApp(
  file: string,
  text: string,
  as: string,
): { readonly app?: AppProfile; readonly problems: readonly Problem[] } {
  const parsed = parseYaml(file, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const { value, problems } = check(parsed.yaml, app);
  if (value === undefined) return { problems };
  const stray = inOrder(strayNames(parsed.yaml, value));
  return stray.length > 0 ? { problems: stray } : { app: { ...value, name: as }, problems };
}

/** Steps that name no locator, locators that name a text that a language lacks. */
function strayNames(yaml: YamlFile, value: z.infer<typeof app>): readonly Problem[] {
  const problems: Problem[] = [];
  const known = Object.keys(value.locators);
  const seek = (path: readonly (string | number)[], wanted: string) => {
    if (!known.includes(wanted))
      problems.push(problem(yaml, path, `expected a name of locators, found ${wanted}`));
  };
  for (const part of ['visitor', 'account', 'menu'] as const)
    for (const [at, one] of value[part].entries())
      for (const [key, wanted] of Object.entries(one)) if (key !== 'what') seek([part, at, key], wanted);
  for (const part of ['sent', 'refused'] as const)
    for (const [at, wanted] of value[part].entries()) seek([part, at], wanted);
  for (const [key, { value: text }] of Object.entries(value.locators))
    for (const [, wanted = ''] of text.matchAll(/\{(\w+)\}/g))
      for (const [language, texts] of Object.entries(value.texts))
        if (!Object.hasOwn(texts, wanted))
          problems.push(
            problem(yaml, ['locators', key, 'value'], `expected texts.${language}.${wanted}, found nothing`),
          );
  return problems;
}
