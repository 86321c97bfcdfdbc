/** What was done, as `.resetbench/setup.json` keeps it. */
export interface Stamp {
  /** SHA-256 of package-lock.json. */
  readonly lock: string;
  readonly node: string;
  readonly chromium: string;
  /** RESETBENCH_CHROMIUM when the browser was chosen. */
  readonly named?: string | undefined;
  /** The name in node_modules/.bin by which the harness finds a browser that is not on PATH. */
  readonly door?: string | undefined;
  readonly done: readonly string[];
}
export interface Facts {
  readonly lock: string;
  /** The lock file that node_modules was made from. */
  readonly installed: string | undefined;
  /** Version of the package `node`. */
  readonly node: string | undefined;
  readonly named: string | undefined;
  readonly taprc: string;
  /** The `.taprc` that the test runner was built for. */
  readonly builtFor: string | undefined;
  exists(path: string): boolean;
}
export interface Probes {
  readonly named: string | undefined;
  readonly canInstall: boolean;
  works(path: string): boolean;
  onPath(name: string): string | undefined;
  ofPlaywright(): readonly (string | undefined)[];
  /** Playwright's download of its headless shell; false where it cannot be reached. */
  download(): boolean;
  /** Debian's packages. */
  install(packages: readonly string[]): boolean;
  /** The browser of the package @sparticuz/chromium. */
  unpack(): string | undefined;
  say(line: string): void;
}
export type Choice =
  | { readonly path: string; readonly from: 'named' | 'playwright' | 'path' | 'package'; readonly problem?: never }
  | { readonly problem: string; readonly cure: string };

export declare const NAMES: readonly string[];
export declare const STEPS: readonly string[];
export declare const TEST_STEPS: readonly string[];
export declare const INTEGRATION_STEPS: readonly string[];
export interface Part {
  readonly package: string;
  readonly programs: readonly string[];
}
export declare const VNC: readonly Part[];
export declare const SERIAL: readonly Part[];
export declare const READERS: readonly Part[];
export declare function missingPackages(
  parts: readonly Part[],
  onPath: (name: string) => string | undefined,
): readonly string[];
export declare function stepsToDo(
  stamp: Stamp | undefined,
  facts: Facts,
  forTests: boolean,
  forIntegration?: boolean,
): readonly string[];
export declare function readStamp(text: string | undefined): Stamp | undefined;
export declare function shellBeside(
  full: string,
  list: (folder: string) => readonly string[],
): string | undefined;
export declare function firstOnPath(
  folders: readonly string[],
  exists: (path: string) => boolean,
): string | undefined;
export declare function chooseBrowser(probes: Probes): Choice;
