import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { en } from '../gui/text/en.ts';
import { LOG_NAMES } from '../recorder/log-names.ts';
import { APP_WORDS, MAIL_WORDS } from '../relay/mail-texts.ts';
import { type Brand, COLOURS, HOUSE_BRAND } from './brand.ts';

const FOLDER = new URL('../brands/', import.meta.url);
/** As problems name it. */
const SHOWN = 'harness/emulator/brands';

const some = z.string().min(1, 'expected a text that is not empty');
/** Mails of a twin never seem to come from somebody's own domain. */
const address = z
  .email('expected an e-mail address')
  .endsWith('.example', "expected an address in a domain under .example, which is nobody's");
const icons = (...names: readonly [string, ...string[]]) => z.array(z.enum(names)).min(1).optional();

/** Each of the names may have a text. */
function textsFor(names: readonly string[]) {
  return z.strictObject(Object.fromEntries(names.map((name) => [name, some.optional()])));
}
const texts = textsFor(Object.keys(en)).check((at) => {
  for (const [name, text] of Object.entries(at.value)) {
    const given = new Set(en[name as keyof typeof en].match(/\{\d\}/g) ?? []);
    const stray = (text?.match(/\{[^}]*\}/g) ?? []).find((mark) => mark !== '{app}' && !given.has(mark));
    if (stray !== undefined)
      at.issues.push({
        code: 'custom',
        path: [name],
        input: text,
        message: `expected no ${stray}: this text may hold ${['{app}', ...given].join(', ')}`,
      });
  }
});
const words = textsFor(Object.keys(MAIL_WORDS.en));
const eachLanguage = <T extends z.ZodType>(of: T) =>
  z.record(z.string().regex(/^[a-z]{2}$/, 'expected a language like de'), of).default({});

const brand = z.strictObject({
  deviceType: z.enum(['DVR', 'NVR']).optional(),
  threshold: z
    .string()
    .regex(/^V\d+\.\d+\.\d+$/, 'expected a version like V4.21.000')
    .optional(),
  disclaimer: z.enum(['none', 'legalDisclaimer', 'privacyPolicy']).optional(),
  service: z.strictObject({ name: some, sender: address, mailbox: address }),
  app: z.strictObject({ name: some, says: textsFor(Object.keys(APP_WORDS)).default({}) }),
  deviceName: some.optional(),
  menus: z
    .strictObject({
      main: icons(
        ...([
          'live',
          'play',
          'file',
          'chart',
          'camera',
          'disk',
          'gear',
          'wrench',
          'power',
          'record',
        ] as const),
      ),
      system: icons('gear', 'network', 'user'),
      maintenance: icons('info', 'log'),
    })
    .default({}),
  colours: z
    .partialRecord(z.enum(COLOURS), z.string().regex(/^#[0-9a-f]{6}$/, 'expected a colour like #26796e'))
    .default({}),
  log: z
    .strictObject({
      entries: textsFor(LOG_NAMES).default({}),
      channels: textsFor(['local', 'http', 'system']).default({}),
    })
    .default({ entries: {}, channels: {} }),
  texts: eachLanguage(texts),
  mail: eachLanguage(words),
});

/** A brand, or every problem as `file: path: what was expected`. */
export type BrandReading = { readonly brand: Brand } | { readonly problems: readonly string[] };

/** Reads and checks `brands/<name>.json`; the house's own firmware without a name. */
export function readBrand(name: string | undefined): BrandReading {
  if (name === undefined) return { brand: HOUSE_BRAND };
  const file = `${SHOWN}/${name}.json`;
  let text: string;
  try {
    text = readFileSync(new URL(`${name}.json`, FOLDER), 'utf8');
  } catch {
    return { problems: [`${file}: expected a file, found none; see docs/certify-a-model.md`] };
  }
  return parseBrand(file, text);
}

/** The same for a text. `{app}` in any text stands for the name of the app. */
export function parseBrand(file: string, text: string): BrandReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problems: [`${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const read = brand.safeParse(value);
  if (!read.success)
    return { problems: read.error.issues.flatMap(told).map((problem) => `${file}: ${problem}`) };
  const { app, ...rest } = named(read.data, read.data.app.name);
  // Absent and undefined mean the same to everybody who reads a brand.
  return { brand: { ...rest, appSays: app.says } as Brand };
}

function told(issue: z.core.$ZodIssue): readonly string[] {
  const at = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [`${at.join('.') || '(top level)'}: ${issue.message}`];
  const names = at[0] === 'texts' ? 'harness/emulator/gui/text/en.ts' : 'harness/emulator/brand/read.ts';
  return issue.keys.map((key) => `${[...at, key].join('.')}: no such name; see ${names}`);
}

/** The same value with the name of the app wherever `{app}` stands. */
function named<T>(value: T, app: string): T {
  if (typeof value === 'string') return value.replaceAll('{app}', app) as T;
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, named(inner, app)])) as T;
}
