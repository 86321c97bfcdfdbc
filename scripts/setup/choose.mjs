// What the set-up decides, apart from what it does: every look at the machine is handed in.

/** Names under which systems keep a Chromium on PATH, the lightest first. */
export const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
];
const LIGHT = NAMES[0];

/** In the order in which they are done. */
export const STEPS = ['dependencies', 'node', 'browser', 'ptys', 'fonts'];
export const TEST_STEPS = [
  'test runner',
  'tesseract',
  'vnc',
  'ffmpeg',
  'serial',
  'dovecot',
  'readers',
  'in-toto',
];
/** Of `npm run test:integration`. */
export const INTEGRATION_STEPS = ['test runner', 'docker'];

/** Debian's packages of a mail server with IMAP and LMTP, and a file of each. */
export const DOVECOT = [
  { package: 'dovecot-imapd', file: '/usr/lib/dovecot/imap' },
  { package: 'dovecot-lmtpd', file: '/usr/lib/dovecot/lmtp' },
];

/** Debian's packages that check signatures with a library of in-toto's makers, and a file of each. */
export const INTOTO = [
  { package: 'python3-securesystemslib', file: '/usr/lib/python3/dist-packages/securesystemslib/keys.py' },
  { package: 'python3-cryptography', file: '/usr/lib/python3/dist-packages/cryptography/__init__.py' },
];

/** Debian's packages for tests by a real VNC server, and programs of each: one of them is enough. */
export const VNC = [
  { package: 'tigervnc-standalone-server', programs: ['Xvnc'] },
  { package: 'openbox', programs: ['openbox'] },
  // With a window: the headless shell has none.
  { package: 'chromium', programs: ['chromium', 'google-chrome'] },
];

/** Debian's packages for tests of serial ports: ptys in pairs, and a server of serial ports. */
export const SERIAL = [
  { package: 'socat', programs: ['socat'] },
  { package: 'ser2net', programs: ['ser2net'] },
];

/** Debian's packages for tests in which others read our reports: TAP, XML, PDF and JSON. */
export const READERS = [
  { package: 'perl', programs: ['prove'] },
  { package: 'libxml2-utils', programs: ['xmllint'] },
  { package: 'poppler-utils', programs: ['pdftotext'] },
  { package: 'jq', programs: ['jq'] },
];

/** Packages of a list of which no program is there. */
export function missingPackages(parts, onPath) {
  return parts
    .filter(({ programs }) => programs.every((name) => onPath(name) === undefined))
    .map((part) => part.package);
}

/** The steps that are not done yet, or no longer. */
export function stepsToDo(stamp, facts, forTests, forIntegration = false) {
  const more = (forTests ? TEST_STEPS : []).concat(forIntegration ? INTEGRATION_STEPS : []);
  const wanted = [...new Set(STEPS.concat(more))];
  const same =
    stamp !== undefined &&
    facts.node !== undefined &&
    facts.installed === facts.lock &&
    stamp.lock === facts.lock &&
    stamp.node === facts.node;
  if (!same) return wanted;
  const gone = {
    browser: stamp.named !== facts.named || ![stamp.chromium].concat(stamp.door || []).every(facts.exists),
    'test runner': facts.builtFor !== facts.taprc,
  };
  return wanted.filter((step) => !stamp.done.includes(step) || gone[step]);
}

/** Reads a stamp; undefined where it is none, or one of another shape. */
export function readStamp(text) {
  try {
    const stamp = JSON.parse(text);
    const whole = ['lock', 'node', 'chromium'].every((key) => typeof stamp[key] === 'string');
    return whole && Array.isArray(stamp.done) ? stamp : undefined;
  } catch {
    return undefined;
  }
}

/** Playwright's headless shell, which lies beside the full browser that it names. */
export function shellBeside(full, list) {
  const match = /^(.*[\\/])chromium-(\d+)[\\/]/.exec(full);
  if (match === null) return undefined;
  const folder = `${match[1]}chromium_headless_shell-${match[2]}`;
  for (const inner of list(folder)) {
    const file = list(`${folder}/${inner}`).find((name) =>
      /^(chrome-headless-shell|headless_shell)(\.exe)?$/.test(name),
    );
    if (file !== undefined) return `${folder}/${inner}/${file}`;
  }
  return undefined;
}

/** The browser that the harness finds on PATH by itself: folder after folder, in each name after name. */
export function firstOnPath(folders, exists) {
  for (const folder of folders) {
    for (const name of NAMES) if (folder !== '' && exists(`${folder}/${name}`)) return `${folder}/${name}`;
  }
  return undefined;
}

/**
 * A browser: named, Playwright's own, one on PATH, else installed. Answers `{ path, from }`, or `{ problem, cure }`.
 * A full browser from PATH gets the chance to be replaced by the much lighter headless shell.
 */
export function chooseBrowser(probes) {
  const { named, works, say } = probes;
  if (named !== undefined) {
    if (works(named)) return { path: named, from: 'named' };
    const problem = `RESETBENCH_CHROMIUM names ${named}, which does not exist or does not start`;
    return { problem, cure: 'unset RESETBENCH_CHROMIUM' };
  }
  const first = (paths, from) => {
    const path = paths.find((one) => one !== undefined && works(one));
    return path === undefined ? undefined : { path, from };
  };
  const ofPlaywright = () => first(probes.ofPlaywright(), 'playwright');
  const onPath = () => first(NAMES.map(probes.onPath), 'path');
  const there = ofPlaywright() || onPath();
  if (there !== undefined) {
    const light = there.from === 'playwright' || probes.onPath(LIGHT) === there.path;
    if (light || !probes.canInstall) return there;
    say('a lighter browser is tried for');
    return (probes.install(['chromium-headless-shell']) && onPath()) || there;
  }
  if (probes.download()) {
    const got = ofPlaywright();
    if (got !== undefined) return got;
    say("Playwright's browser does not start here");
  } else say("Playwright's download cannot be reached here");
  if (probes.canInstall) {
    for (const name of ['chromium-headless-shell', 'chromium']) {
      const got = probes.install([name]) ? onPath() : undefined;
      if (got !== undefined) return got;
    }
  }
  const packed = first([probes.unpack()], 'package');
  if (packed !== undefined) return packed;
  return {
    problem: 'no Chromium was found and none could be installed',
    cure: 'apt-get install chromium-headless-shell   (or set RESETBENCH_CHROMIUM to a browser)',
  };
}
