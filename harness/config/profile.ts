import { z } from 'zod';
import { check, inOrder, type Problem, problem } from './problems.ts';
import { parseYaml, type YamlFile } from './yaml.ts';

const VERSION = 'expected a version like V4.21.000';
const NAME = /^[a-z0-9][a-z0-9.-]*$/;

/** A text on the screen, or several that firmwares use for the same thing. */
const label = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .transform((value) => (typeof value === 'string' ? [value] : value));

/** The labels a flow looks for, by meaning. */
const labels = z.strictObject({
  ok: label,
  cancel: label,
  next: label,
  yes: label,
  no: label,
  close: label,
  export: label,
  modify: label,
  edit: label,
  settings: label,
  login: label,
  password: label,
  userName: label,
  forgotPassword: label,
  passwordLogin: label,
  patternLogin: label,
  resetType: label,
  byEmail: label,
  byQuestion: label,
  byApp: label,
  byGuid: label,
  disclaimer: label,
  codeField: label,
  resetPassword: label,
  newPassword: label,
  confirmPassword: label,
  reservedEmailSettings: label,
  reservedEmail: label,
  emailAddress: label,
  activation: label,
  adminPassword: label,
  attention: label,
  firmwareVersion: label,
  noSignal: label,
  menu: label,
  busy: label,
  resetSent: label,
  logout: label,
  exportGuid: label,
  logResetStart: label,
  logWrongCode: label,
  logResetSuccess: label,
  /** How a log entry says that it happened at the recorder itself. */
  logLocal: label,
  /** What the question about copying the password names. */
  cameras: label,
  /** Words of messages that tell a time, behind its number. */
  unitMinute: label,
  unitSecond: label,
});

const profile = z.strictObject({
  family: z.string('expected a name like nvr').regex(NAME, 'expected a name like nvr'),
  gui: z.enum(['3.0', '4.0', 'lite']),
  /** First firmware with the function. */
  threshold: z.string(VERSION).regex(/^V\d+\.\d+\.\d+$/, VERSION),
  hasDisclaimer: z.boolean(),
  senderDomains: z.array(z.string()).min(1),
  codeLength: z.int(),
  /** Wordings of the mail that lead to its code, by language. Without one that fits: the word that stands alone. */
  mailTemplates: z
    .record(
      z.string().regex(/^[a-z]{2}$/, 'expected a language like de'),
      z.array(z.string().regex(/^[^{]*\{code\}[^{]*$/, 'expected a wording with {code} in it')).min(1),
    )
    .optional(),
  codeLifeSeconds: z.int(),
  mailWithinSeconds: z.int(),
  passwordRules: z.strictObject({
    min: z.int(),
    max: z.int(),
    classes: z.int(),
    refuses: z.array(z.string()),
  }),
  loginLock: z.strictObject({ tries: z.int(), userTries: z.int(), seconds: z.int() }),
  /** Longest gap in a recording that counts as none, s. */
  recordingGapSeconds: z.number(),
  /** GUID files that are wrong before the lock, and its length. */
  guidLock: z.strictObject({ tries: z.int(), seconds: z.int() }),
  cameraCopy: z.enum(['asked', 'none']),
  /** What `help` lists on the console: each was looked at, and shows or clears no password. */
  consoleCommands: z.array(z.string().min(1)),
  /** What the console prints when a boot begins. */
  consoleBoot: z.array(z.string().min(1)).min(1),
  /** `seconds`: length of the lock where its message does not tell it. */
  codeLock: z.strictObject({ maxFreeTries: z.int(), tries: z.int().optional(), seconds: z.int() }),
  capabilityNode: z.enum(['present', 'absent', 'any']),
  emailParameter: z.enum(['masked', 'complete', 'none']),
  /** Ways to places, label after label, from the live view. */
  paths: z.strictObject({
    menu: z.enum(['right-click', 'right-click-item']),
    users: z.array(label).min(1),
    info: z.array(label).min(1),
    reserveEmail: z.enum(['edit-gear', 'edit-user', 'direct']),
  }),
  labels,
});
export type Profile = z.infer<typeof profile>;

/**
 * Reads a profile by name, following `extends` (deep merge, the extending file wins).
 * @param load text of `suites/profiles/<name>.yaml`, undefined where there is none
 */
export function parseProfile(
  name: string,
  load: (name: string) => string | undefined,
): { readonly profile?: Profile; readonly problems: readonly Problem[] } {
  const chain: YamlFile[] = [];
  let next: string | undefined = name;
  while (next !== undefined) {
    const file: string = `suites/profiles/${next}.yaml`;
    const text = load(next);
    const from = chain.at(-1);
    if (text === undefined || chain.some((yaml) => yaml.file === file)) {
      const message = text === undefined ? `expected a file ${file}, found none` : `${file} extends itself`;
      return {
        problems: [
          from === undefined
            ? { file, line: 1, column: 1, path: '', message }
            : problem(from, ['extends'], message),
        ],
      };
    }
    const parsed = parseYaml(file, text);
    if (parsed.yaml === undefined) return { problems: parsed.problems };
    chain.push(parsed.yaml);
    const parent: unknown = isObject(parsed.yaml.value) ? parsed.yaml.value.extends : undefined;
    if (parent !== undefined && !(typeof parent === 'string' && NAME.test(parent)))
      return {
        problems: [problem(parsed.yaml, ['extends'], 'expected the name of a file in suites/profiles')],
      };
    next = parent;
  }
  const merged = chain.reduceRight<unknown>((value, yaml) => merge(value, yaml.value), {});
  const { extends: _, ...value } = isObject(merged) ? merged : {};
  const file = `suites/profiles/${name}.yaml`;
  // A problem lies in the file that had the last word.
  const place: YamlFile['place'] = (path, at) =>
    (chain.find((yaml) => holds(yaml.value, path)) ?? chain[0])?.place(path, at) ?? {
      file,
      line: 1,
      column: 1,
    };
  const checked = check({ file, value, place }, profile);
  if (checked.value === undefined) return { problems: inOrder(checked.problems) };
  return { profile: checked.value, problems: [] };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function holds(value: unknown, path: readonly (string | number)[]): boolean {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !(key in at)) return false;
    at = (at as Record<string | number, unknown>)[key];
  }
  return true;
}

function merge(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over))
    result[key] = key in result ? merge(result[key], value) : value;
  return result;
}
