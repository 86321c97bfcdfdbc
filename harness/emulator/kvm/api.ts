import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { PIKVM, SNAPSHOT_HEADERS } from '../../wire/pikvm.ts';
import { ATX_ACTIONS, ATX_BUTTONS, type Atx } from './atx.ts';
import type { Auth } from './auth.ts';
import { BUTTONS, type Button, type Hid } from './hid.ts';
import { KEYS, type KeyEvent, keysOf, MODIFIERS } from './keys.ts';
import { type Params, wrong } from './params.ts';
import { ok, type Reply, unavailable } from './reply.ts';
import type { Streamer } from './streamer.ts';

/** The parts of a KVM that its API reaches. */
export interface Parts {
  readonly auth: Auth;
  readonly streamer: Streamer;
  readonly hid: Hid;
  readonly atx: Atx;
}

export interface ApiRequest {
  /** `GET /api/info`. */
  readonly route: string;
  readonly query: Params;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Route = (request: ApiRequest) => Reply | Promise<Reply>;

/** Ends of the absolute positions. */
const MOVE_MIN = -32_768;
const MOVE_MAX = 32_767;
/** Before each event of a shortcut, ms. */
const SHORTCUT_MS = 50;
/** Before each event of a text that is typed slowly, s. */
const SLOW_S = 0.02;
const KEYMAP = 'en-us';
/** The software whose API this is. */
export const VERSION = { kvmd: '4.82', ustreamer: '6.13' };
const NEVER_CACHED = {
  'Cache-Control':
    'no-store, no-cache, must-revalidate, proxy-revalidate, pre-check=0, post-check=0, max-age=0',
  Pragma: 'no-cache',
  Expires: 'Mon, 3 Jan 2000 12:34:56 GMT',
};

/** Routes that ask for no login. */
export const OPEN_ROUTES: ReadonlySet<string> = new Set([PIKVM.login]);

/** What each route of the API does; all throw ApiError. */
export function routesOf({ auth, streamer, hid, atx }: Parts): Readonly<Record<string, Route>> {
  return {
    [PIKVM.login]: async ({ headers, body }) =>
      ok({}, { 'Set-Cookie': auth.login(await formOf(headers, body)) }),
    [PIKVM.logout]: ({ headers }) => {
      auth.logout(headers);
      return ok();
    },
    [PIKVM.check]: () => ok(),
    [PIKVM.info]: ({ query }) => ok(infoOf(query)),
    [PIKVM.streamer]: () => {
      const { quality } = streamer.chain;
      const params = { desired_fps: 30, quality };
      return ok({
        features: { quality: true, resolution: false, h264: false },
        limits: { desired_fps: { min: 0, max: 30 } },
        params,
        applied: params,
        snapshot: { saved: null },
        ...streamer.state(),
      });
    },
    [PIKVM.snapshot]: async ({ query }) => {
      const offline = query.flag('allow_offline', false);
      const snapshot = await streamer.snapshot();
      if (snapshot === undefined || (!snapshot.online && !offline)) throw unavailable();
      return {
        status: 200,
        body: snapshot.jpeg,
        headers: {
          'Content-Type': 'image/jpeg',
          ...NEVER_CACHED,
          [SNAPSHOT_HEADERS.online]: String(snapshot.online),
          [SNAPSHOT_HEADERS.width]: String(snapshot.width),
          [SNAPSHOT_HEADERS.height]: String(snapshot.height),
          [SNAPSHOT_HEADERS.sentAt]: (Date.now() / 1000).toFixed(6),
          [SNAPSHOT_HEADERS.grabTime]: snapshot.grabbedAt.toFixed(6),
          [SNAPSHOT_HEADERS.sendTime]: (performance.now() / 1000).toFixed(6),
        },
      };
    },
    [PIKVM.hid]: () =>
      ok({
        ...hid.state(),
        enabled: true,
        connected: null,
        jiggler: { enabled: true, active: false, interval: 60 },
      }),
    [PIKVM.hidReset]: async () => {
      await hid.reset();
      return ok();
    },
    [PIKVM.mouseMove]: async ({ query }) => {
      const [x, y] = ['to_x', 'to_y'].map((name) =>
        Math.min(MOVE_MAX, Math.max(MOVE_MIN, query.whole(name, 'Mouse move'))),
      );
      await hid.move(x ?? 0, y ?? 0);
      return ok();
    },
    [PIKVM.mouseButton]: async ({ query }) => {
      const button = query.oneOf('button', 'Mouse button', Object.keys(BUTTONS) as readonly Button[]);
      if (query.has('state')) await hid.button(button, query.flag('state', true));
      else {
        await hid.button(button, true);
        await hid.button(button, false);
      }
      return ok();
    },
    [PIKVM.key]: async ({ query }) => {
      const code = keyOf(query.text('key', KEY));
      const alone = !query.has('state');
      const down = query.flag('state', true);
      const finish = alone || query.flag('finish', false);
      await hid.key({ code, down });
      // A modifier stays down, and so does PrintScreen, which is one of Alt+SysRq.
      if (down && finish && !isModifier(code)) await hid.key({ code, down: false });
      return ok();
    },
    [PIKVM.shortcut]: async ({ query }) => {
      const codes = query.list('keys', 'string list').map(keyOf);
      const down = codes.map((code) => ({ code, down: true }));
      const up = codes.toReversed().map((code) => ({ code, down: false }));
      await type(hid, [...down, ...up], SHORTCUT_MS);
      return ok();
    },
    [PIKVM.print]: async ({ query, body }) => {
      const limit = query.whole('limit', 'int', { fallback: 1024, min: 0 });
      const keymap = query.text('keymap', 'keymap', KEYMAP);
      if (keymap !== KEYMAP) throw wrong(keymap, 'keymap');
      const fallback = query.flag('slow', false) ? SLOW_S : 0;
      const delay = query.real('delay', 'keys delay', { fallback, min: 0, max: 5 });
      const characters = [...body.toString('utf8')];
      const text = (limit > 0 ? characters.slice(0, limit) : characters).join('');
      await type(hid, keysOf(text), delay * 1000);
      return ok();
    },
    [PIKVM.keymaps]: () => ok({ keymaps: { default: KEYMAP, available: [KEYMAP] } }),
    [PIKVM.atx]: () => ok(atx.state()),
    [PIKVM.atxPower]: async ({ query }) => {
      await atx.power(query.oneOf('action', 'ATX power action', ATX_ACTIONS), query.flag('wait', false));
      return ok();
    },
    [PIKVM.atxClick]: async ({ query }) => {
      await atx.click(query.oneOf('button', 'ATX button', ATX_BUTTONS), query.flag('wait', false));
      return ok();
    },
  };
}

const KEY = 'Keyboard key';

/** @throws ApiError for a code that kvmd does not know */
function keyOf(code: string): string {
  if (!KEYS.has(code)) throw wrong(code, KEY);
  return code;
}

function isModifier(code: string): boolean {
  return code === 'PrintScreen' || MODIFIERS[KEYS.get(code)?.key ?? ''] !== undefined;
}

/** Sends keys, each after a pause. */
async function type(hid: Hid, events: readonly KeyEvent[], delayMs: number): Promise<void> {
  for (const event of events) {
    if (delayMs > 0) await sleep(delayMs);
    await hid.key(event);
  }
}

/** Fields of a form; none where it is no form. */
async function formOf(headers: IncomingHttpHeaders, body: Buffer): Promise<URLSearchParams> {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) return new URLSearchParams(body.toString('utf8'));
  if (!type.startsWith('multipart/form-data')) return new URLSearchParams();
  const form = await new Response(new Uint8Array(body), { headers: { 'Content-Type': type } })
    .formData()
    .catch(() => new FormData());
  return new URLSearchParams([...form].map(([name, value]) => [name, String(value)]));
}

function infoOf(query: Params): object {
  const platform = { type: 'twin', base: 'Resetbench twin', board: 'twin', model: 'twin', video: 'hdmi' };
  const info: Readonly<Record<string, object>> = {
    auth: { enabled: true },
    extras: {},
    fan: { monitored: false, state: null },
    hw: { platform },
    meta: { server: { host: 'twin' }, kvm: {} },
    system: {
      kvmd: { version: VERSION.kvmd },
      streamer: { app: 'ustreamer', version: VERSION.ustreamer, features: {} },
      kernel: { system: 'Linux', release: '', version: '', machine: '' },
    },
  };
  const fields = query.has('fields') ? query.list('fields', 'info fields') : Object.keys(info);
  return Object.fromEntries(
    fields.map((field) => {
      const value = info[field];
      if (value === undefined) throw wrong(field, 'info fields');
      return [field, value];
    }),
  );
}
