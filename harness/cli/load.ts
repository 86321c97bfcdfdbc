import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { type AppProfile, parseApp } from '../config/app.ts';
import { type Defect, parseDefects } from '../config/defects.ts';
import { type Devices, type DutConfig, parseDevices, type SecretRef } from '../config/devices.ts';
import { type Expectation, parseExpectations } from '../config/expectations.ts';
import { type Problem, refuse } from '../config/problems.ts';
import { type Profile, parseProfile } from '../config/profile.ts';
import { parseRequirements, type Requirement } from '../config/requirements.ts';
import { parseSets } from '../config/sets.ts';
import type { Place } from '../config/yaml.ts';
import type { CaseDefinition } from '../kit/case.ts';
import type { Model } from '../kit/model.ts';
import { type ExpectedCase, expectedCases, idleExpectations } from '../run/expected.ts';
import { caseProblems, makePlan, type Plan } from '../run/plan.ts';
import { HarnessError } from '../terms/error.ts';
import { globs } from '../terms/globs.ts';
import type { Args, Option } from './args.ts';
import { attendanceOf, isAttended } from './operator.ts';
import { ROOT } from './root.ts';

/** All that a run is made from, checked. */
export interface Loaded {
  readonly devices: Devices;
  readonly duts: readonly { readonly config: DutConfig; readonly profile: Profile }[];
  readonly requirements: readonly Requirement[];
  readonly cases: readonly CaseDefinition[];
  /** Profiles of the app on phones. */
  readonly apps: readonly AppProfile[];
  /** Where each reference to a secret stands in the inventory. */
  readonly references: ReadonlyMap<unknown, Place>;
}

/**
 * Reads inventory, profiles, requirements and suites.
 * @throws HarnessError CONFIG_INVALID with every problem of every file; CONFIG_MISSING for a file that is not there
 */
export async function load(devicesFile: string): Promise<Loaded> {
  const suites = join(ROOT, 'suites');
  const problems: Problem[] = [];
  const apps = namesIn(join(suites, 'apps'), '.yaml').flatMap((name) => {
    const path = join(suites, 'apps', `${name}.yaml`);
    const read = parseApp(relative(process.cwd(), path), readFileSync(path, 'utf8'), name);
    problems.push(...read.problems);
    return read.app === undefined ? [] : [read.app];
  });
  const known = {
    profile: namesIn(join(suites, 'profiles'), '.yaml'),
    brand: namesIn(join(ROOT, 'harness', 'emulator', 'brands'), '.json'),
    apps,
  };
  const inventory = parseDevices(
    relative(process.cwd(), devicesFile) || devicesFile,
    read(devicesFile),
    known,
  );
  problems.push(...inventory.problems);
  const requirementsFile = join(suites, 'requirements.yaml');
  const listed = parseRequirements(relative(process.cwd(), requirementsFile), read(requirementsFile));
  problems.push(...listed.problems);
  const duts: { config: DutConfig; profile: Profile }[] = [];
  const profiles = new Map<string, Profile | undefined>();
  for (const config of inventory.devices?.duts ?? []) {
    if (!profiles.has(config.profile)) {
      const parsed = parseProfile(config.profile, (name) => {
        try {
          return readFileSync(join(suites, 'profiles', `${name}.yaml`), 'utf8');
        } catch {
          return undefined;
        }
      });
      problems.push(...parsed.problems);
      profiles.set(config.profile, parsed.profile);
    }
    const profile = profiles.get(config.profile);
    if (profile !== undefined) duts.push({ config, profile });
  }
  refuse(problems);
  const cases = await loadSuites(suites);
  const requirements = listed.requirements ?? [];
  const wrong = caseProblems(cases, requirements);
  if (wrong.length > 0)
    throw new HarnessError('CONFIG_INVALID', wrong.join('\n'), { hint: 'correct the id in the suite file' });
  if (inventory.devices === undefined) throw new HarnessError('CONFIG_INVALID', 'the inventory is empty');
  const { devices, references = new Map() } = inventory;
  return { devices, duts, requirements, cases, apps, references };
}

/** Names of the files of a folder that end so. */
function namesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => basename(name, ending))
    .sort();
}

/**
 * Reads the catalogue of defects.
 * @throws HarnessError CONFIG_INVALID with every problem, also for a defect that names no requirement of the list
 */
export function loadDefects({ requirements }: Pick<Loaded, 'requirements'>): readonly Defect[] {
  const path = join(ROOT, 'suites', 'defects.yaml');
  const { defects = [], problems } = parseDefects(relative(process.cwd(), path), read(path));
  refuse(problems);
  const known = new Set(requirements.map(({ id }) => id));
  const stray = defects.filter(({ requirement }) => !known.has(requirement));
  if (stray.length > 0)
    throw new HarnessError(
      'CONFIG_INVALID',
      stray
        .map(({ id, requirement }) => `suites/defects.yaml: ${id} names ${requirement}, which is none`)
        .join('\n'),
      { hint: 'name a requirement of suites/requirements.yaml' },
    );
  return defects;
}

/**
 * Reads the failures that are known of.
 * @param file default: `suites/expectations.yaml`
 * @throws HarnessError CONFIG_INVALID with every problem; CONFIG_MISSING for a file that is not there
 */
function loadExpectations(
  file: string | undefined,
  { requirements }: Pick<Loaded, 'requirements'>,
): readonly Expectation[] {
  const path = file ?? join(ROOT, 'suites', 'expectations.yaml');
  const { expectations = [], problems } = parseExpectations(
    relative(process.cwd(), path) || path,
    read(path, 'expectations'),
    new Set(requirements.map(({ id }) => id)),
  );
  refuse(problems);
  return expectations;
}

/** The model of `suites/NAME.model.ts`. @throws HarnessError CONFIG_INVALID for one that names defects that are none */
export async function loadModel(name: string, defects: readonly Defect[]): Promise<Model> {
  const file = `${name}.model.ts`;
  const module: { readonly model?: Model } = await import(pathToFileURL(join(ROOT, 'suites', file)).href);
  if (module.model === undefined)
    throw new HarnessError('CONFIG_INVALID', `suites/${file} exports no "model"`, {
      hint: 'export const model: Model = { ... }',
    });
  const known = new Set(defects.map(({ id }) => id));
  const stray = module.model.finds.filter((id) => !known.has(id));
  if (stray.length > 0)
    throw new HarnessError('CONFIG_INVALID', `suites/${file}: no such defect: ${stray.join(', ')}`, {
      hint: 'name defects of suites/defects.yaml in "finds"',
    });
  return module.model;
}

async function loadSuites(folder: string): Promise<readonly CaseDefinition[]> {
  const cases: CaseDefinition[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.suite.ts')) continue;
    const module: { readonly cases?: readonly CaseDefinition[] } = await import(
      pathToFileURL(join(folder, file)).href
    );
    if (!Array.isArray(module.cases))
      throw new HarnessError('CONFIG_INVALID', `suites/${file} exports no "cases"`, {
        hint: 'export const cases = [requirement({ ... })]',
      });
    cases.push(...module.cases);
  }
  return cases;
}

function read(file: string, option = 'devices'): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HarnessError('CONFIG_MISSING', `${file} cannot be read`, {
      cause,
      hint: `create ${basename(file)}, or name another with --${option} FILE`,
    });
  }
}

/** What a run is told of failures that are known of, and of entries that hold for no case of the inventory. */
export interface Expected {
  readonly cases: readonly ExpectedCase[];
  readonly idle: readonly string[];
}

/** The expected failures of a plan, now. @throws HarnessError CONFIG_INVALID, CONFIG_MISSING */
export function expectedOf(args: Args, { loaded, plan }: Planned, now: number): Expected {
  const expectations = loadExpectations(args.text('expectations'), loaded);
  const whole = makePlan({ ...loaded, selected: () => true, attended: true });
  return {
    cases: expectedCases(expectations, plan, now),
    idle: idleExpectations(expectations, whole).map(({ id }) => id),
  };
}

/** A notice a line for entries that hold for no case: nobody would see if they were wrong. */
export function idleLines({ idle }: Expected): readonly string[] {
  return idle.map(
    (id) =>
      `notice: the expected failure ${id} holds for no case of this inventory: remove it, or mend its condition`,
  );
}

/** Looks secrets up: environment variables, and the entries of a YAML file of names and values. */
export function secretsFrom(file: string | undefined): (ref: SecretRef) => string | undefined {
  let entries: Readonly<Record<string, unknown>> = {};
  if (file !== undefined) {
    const value: unknown = parse(read(file));
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new HarnessError('CONFIG_INVALID', `${file}: expected names and values, one a line`);
    entries = value as Readonly<Record<string, unknown>>;
  }
  return (ref) => {
    if ('env' in ref) return process.env[ref.env];
    const value = entries[ref.secret];
    return value === undefined ? undefined : String(value);
  };
}

/** The options by which a person chooses what is run. */
export const SELECTION: Readonly<Record<'devices' | 'requirements', Option>> = {
  devices: { type: 'string', value: 'FILE', help: 'inventory (default: devices.yaml of this checkout)' },
  requirements: {
    type: 'string',
    value: 'LIST',
    help: 'e.g. CR01,CR4*,CR31..CR35,@core (a set of suites/sets.yaml)',
  },
};

/** What was read, and what of it is planned. */
interface Planned {
  readonly loaded: Loaded;
  readonly plan: Plan;
}

/** The option that names the failures known of. */
export const EXPECTATIONS: Readonly<Record<'expectations', Option>> = {
  expectations: {
    type: 'string',
    value: 'FILE',
    help: 'failures known of (default: suites/expectations.yaml)',
  },
};

/** What the arguments choose, checked and planned. @throws HarnessError as {@link load}; USAGE when nothing matches */
export async function planFrom(args: Args): Promise<Planned> {
  const loaded = await load(args.text('devices') ?? join(ROOT, 'devices.yaml'));
  const plan = makePlan({
    duts: pickDuts(loaded, args.positionals),
    requirements: loaded.requirements,
    cases: loaded.cases,
    selected: pickRequirements(args.text('requirements'), loaded.requirements),
    attended: isAttended(attendanceOf(args, isTerminal())),
  });
  return { loaded, plan };
}

/** Whether a person sits at the other end of this program. */
export function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** The recorders whose id matches one of the patterns (`*` stands for anything); all without patterns. */
export function pickDuts(loaded: Loaded, patterns: readonly string[]): Loaded['duts'] {
  if (patterns.length === 0) return loaded.duts;
  for (const pattern of patterns) {
    if (!loaded.duts.some(({ config }) => globs(pattern, config.id)))
      throw new HarnessError('USAGE', `no DUT matches "${pattern}"`, {
        hint: `there are: ${loaded.duts.map(({ config }) => config.id).join(', ')}`,
      });
  }
  return loaded.duts.filter(({ config }) => patterns.some((pattern) => globs(pattern, config.id)));
}

/** The patterns of a named set, of `suites/sets.yaml`. @throws HarnessError CONFIG_INVALID, USAGE */
function setOf(name: string): readonly string[] {
  const path = join(ROOT, 'suites', 'sets.yaml');
  const { sets, problems } = parseSets(relative(process.cwd(), path), read(path));
  refuse(problems);
  const found = sets?.[name];
  if (found === undefined)
    throw new HarnessError('USAGE', `no set of requirements "@${name}"`, {
      hint: `there are: ${Object.keys(sets ?? {})
        .map((one) => `@${one}`)
        .join(', ')}`,
    });
  return found;
}

/** Reads `CR01,CR4*,CR31..CR35,@core` into a test for one id. */
function pickRequirements(
  selection: string | undefined,
  requirements: readonly Requirement[],
): (id: string) => boolean {
  if (selection === undefined) return () => true;
  const parts = selection
    .split(',')
    .flatMap((part) => (part.trim().startsWith('@') ? setOf(part.trim().slice(1)) : [part]));
  const tests = parts.map((part) => {
    const [from = '', to] = part.trim().split('..');
    const test = (id: string) => (to === undefined ? globs(from, id) : id >= from && id <= to);
    if (!requirements.some(({ id }) => test(id)))
      throw new HarnessError('USAGE', `no requirement matches "${part}"`, {
        hint: 'name them like CR01, CR4*, CR31..CR35 or @core',
      });
    return test;
  });
  return (id) => tests.some((test) => test(id));
}
