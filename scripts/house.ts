/** A room of the house, and what its files may import beside the files of the room itself. */
export interface Room {
  readonly folder: string;
  /** The room is the files of the folder alone; the folders in it are rooms, or no rooms. */
  readonly flat?: true;
  /** Folders of other rooms, type imports included. */
  readonly rooms: readonly string[];
  /** npm packages and modules of Node; `*` at the end stands for any rest. */
  readonly packages: readonly string[];
  /** Rooms that its tests may import. Without it: all. */
  readonly testRooms?: readonly string[];
  /** May import what is known only when it runs. */
  readonly computed?: true;
}

/** Contracts, tests, measurements, and what only they use: these may import test packages and, as a rule, other rooms. */
export const TEST_FILE = /\.(test|contract|bench|fixture|integration)\.[cm]?[jt]s$/;

const TERMS = 'harness/terms';
const WIRE = 'harness/wire';
const PORTS = 'harness/bench/ports';
const NODE = 'node:*';
const VERIFY = 'harness/verify';

/** Folders in which every file belongs to a room. */
export const FLOORS: readonly string[] = ['harness', 'suites', 'scripts'];

/** Who may import whom. docs/architecture.md explains it; `npm run check:house` keeps it. */
export const HOUSE: readonly Room[] = [
  { folder: TERMS, rooms: [], packages: [] },
  { folder: WIRE, rooms: [], packages: ['node:crypto'] },
  { folder: 'harness/config', rooms: [TERMS], packages: ['yaml', 'zod'] },
  // What keeps recorders from harm: leases, kept passwords, spent tries. Knows files and processes, and no recorder.
  { folder: 'harness/safety', rooms: [TERMS], packages: ['node:*'] },
  // Reads no file but the WebAssembly of zxing, which would otherwise come from the internet, and where Tesseract's
  // models lie.
  {
    folder: 'harness/vision',
    rooms: [TERMS],
    packages: [
      'jsqr',
      'node:fs',
      'node:path',
      // To let others have their turn between two crops.
      'node:timers/promises',
      'node:url',
      'pixelmatch',
      'sharp',
      'tesseract.js',
      'zxing-wasm',
    ],
  },
  // The port recorder-http gives answers in the shapes that are sent on the wire.
  { folder: PORTS, rooms: [TERMS, WIRE], packages: [] },
  {
    folder: 'harness/bench/drivers',
    rooms: [PORTS, TERMS, WIRE],
    packages: [
      NODE,
      '@hono/node-server',
      'fast-xml-parser',
      'hono',
      'imapflow',
      'mailhog',
      'mailparser',
      'nodemailer',
      'playwright',
      'qrcode',
      'serialport',
      // A VNC server gives pixels; a frame is a picture.
      'sharp',
      'smtp-server',
      'testcontainers',
      'ws',
    ],
  },
  { folder: 'harness/bench/fakes', rooms: [PORTS, TERMS, WIRE], packages: [NODE] },
  // playwright, for the type of the one browser that all benches of a run share.
  {
    folder: 'harness/bench',
    flat: true,
    rooms: [PORTS, 'harness/bench/drivers', 'harness/bench/fakes', 'harness/config', 'harness/safety', TERMS],
    packages: [NODE, 'playwright'],
  },
  { folder: 'harness/flow', rooms: [PORTS, 'harness/vision', TERMS], packages: [] },
  { folder: 'harness/kit', rooms: ['harness/flow', PORTS, TERMS], packages: ['node:crypto'] },
  // vision, to encode frames for the evidence; ports, to record what passes through them.
  {
    folder: 'harness/run',
    rooms: [
      'harness/kit',
      'harness/flow',
      'harness/bench',
      PORTS,
      'harness/config',
      'harness/evidence',
      'harness/session',
      'harness/vision',
      TERMS,
    ],
    // Draws sequences of moves, and makes them shorter.
    packages: [NODE, 'fast-check'],
  },
  { folder: 'harness/evidence', rooms: [TERMS], packages: [NODE, 'sharp'] },
  // Recordings of sessions: what is in them, written and read.
  { folder: 'harness/session', rooms: [TERMS], packages: [NODE, '@mcap/core', 'zod'] },
  // Recordings served as recorders; report, for the look of its page.
  {
    folder: 'harness/replay',
    rooms: ['harness/session', 'harness/report', TERMS],
    packages: [NODE, '@lydell/node-pty'],
  },
  {
    folder: 'harness/report',
    rooms: [TERMS],
    packages: [
      NODE,
      '@fontsource/noto-sans/*',
      'ctrf',
      'fast-xml-parser',
      'pdfkit',
      'sarif',
      'sharp',
      'tap',
      'tap-parser',
      'yaml',
    ],
  },
  // Verifies runs wherever there is WebCrypto: in Node, and in the browser of a stranger, as one page.
  { folder: VERIFY, rooms: [TERMS], packages: [] },
  // Signs runs, and reads their folders from a disk.
  {
    folder: 'harness/attest',
    rooms: [VERIFY, TERMS],
    packages: [NODE, '@sigstore/bundle', '@sigstore/sign', '@sigstore/verify', '@sigstore/protobuf-specs'],
  },
  // A policy and a run in, an answer out.
  { folder: 'harness/gate', rooms: ['harness/config', TERMS], packages: [] },
  // An index over the runs of a folder, in SQLite, which Node has built in; evidence, for the journals of runs that have
  // no record yet.
  { folder: 'harness/history', rooms: ['harness/evidence', TERMS], packages: [NODE] },
  // What changed, told by webhook, chat and mail; report, for texts that are safe to show.
  {
    folder: 'harness/notify',
    rooms: ['harness/config', 'harness/history', 'harness/report', TERMS],
    packages: [NODE, 'nodemailer'],
  },
  // The page to watch the lab: reads the index, follows journals; report, for its look.
  {
    folder: 'harness/web',
    rooms: ['harness/history', 'harness/report', TERMS],
    packages: [NODE, '@hono/node-server', 'hono', 'hono/*'],
  },
  // Suites are found when it runs: nothing of the harness imports them.
  {
    folder: 'harness/cli',
    rooms: [
      'harness/attest',
      'harness/bench',
      'harness/bench/drivers',
      PORTS,
      'harness/config',
      'harness/evidence',
      'harness/flow',
      'harness/gate',
      'harness/history',
      'harness/kit',
      'harness/notify',
      'harness/replay',
      'harness/report',
      'harness/run',
      'harness/safety',
      'harness/session',
      'harness/vision',
      'harness/web',
      TERMS,
      VERIFY,
      WIRE,
    ],
    packages: [NODE, 'log-update', 'yaml'],
    computed: true,
  },
  // A program of its own; its pages import from its own server, by addresses that begin with a slash.
  {
    folder: 'harness/emulator',
    rooms: [WIRE],
    testRooms: [WIRE],
    packages: [
      NODE,
      '/client/*',
      '/idiomorph.js',
      '@lydell/node-pty',
      'fast-xml-parser',
      // The mail service reads the QR of a mailed picture.
      'jsqr',
      'nodemailer',
      // A KVM shows the recorder's page in a browser, and captures it.
      'playwright',
      'pngjs',
      'qrcode',
      'mailparser',
      'sharp',
      'smtp-server',
      'ws',
      'zod',
    ],
  },
  { folder: 'suites', rooms: ['harness/kit'], testRooms: ['harness/kit'], packages: [] },
  // Measures any room, so it may import any; packages, to do the same without the harness and compare.
  {
    folder: 'scripts/bench',
    rooms: [
      'harness/bench',
      'harness/bench/drivers',
      'harness/bench/fakes',
      PORTS,
      'harness/config',
      'harness/evidence',
      'harness/flow',
      'harness/history',
      'harness/kit',
      'harness/report',
      'harness/run',
      'harness/safety',
      'harness/vision',
      'harness/web',
      TERMS,
      WIRE,
    ],
    packages: [NODE, 'jsqr', 'pixelmatch', 'playwright', 'pngjs', 'qrcode', 'sharp', 'zxing-wasm'],
  },
  // The set-up imports a browser that it has just installed.
  {
    folder: 'scripts',
    rooms: [TERMS, 'harness/config', VERIFY, 'scripts/bench'],
    packages: [
      NODE,
      '@lydell/node-pty',
      '@swc/core',
      'esbuild',
      'playwright',
      'sharp',
      'tap-parser',
      'tesseract.js',
    ],
    computed: true,
  },
];
