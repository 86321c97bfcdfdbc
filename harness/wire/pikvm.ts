/**
 * The part of PiKVM's HTTP API that a bench uses, as the PiKVM handbook ("HTTP API reference") and the sources of kvmd
 * 4.x and ustreamer 6.x tell it. JSON answers are wrapped in {@link PikvmAnswer}; errors too, with the status of HTTP.
 * A route that there is not: 404, plain text.
 *
 * Who asks says so with each request by {@link PIKVM_USER} and {@link PIKVM_PASSWORD}, by HTTP Basic, or by the cookie
 * `auth_token` that `POST /api/auth/login` (form fields `user`, `passwd`) gives; the first of the three that is there
 * counts. Nobody: 401 UnauthorizedError, without `WWW-Authenticate`. The wrong one: 403 ForbiddenError. A parameter that
 * is missing or wrong: 400 ValidatorError. kvmd cannot read a Basic password with a colon in it: 401. TLS certificates of
 * these devices are self-signed as a rule.
 *
 * The streamer sleeps: it runs while a WebSocket with `stream=1` is open ({@link PIKVM}`.ws`), and some seconds longer
 * (kvmd: `streamer.shutdown_delay`, 10 s). While it does not run, a snapshot is 503 UnavailableError, also with
 * `allow_offline=1`, and `GET /api/streamer` says `streamer: null`. Owners may set `streamer.forever` instead.
 */

export const PIKVM_USER = 'X-KVMD-User';
export const PIKVM_PASSWORD = 'X-KVMD-Passwd';

export type PikvmAnswer<T> =
  | { readonly ok: true; readonly result: T }
  | { readonly ok: false; readonly result: { readonly error: string; readonly error_msg: string } };

/** Routes, by method and path. Parameters are of the query. */
export const PIKVM = {
  /** 200 where the credentials are right. */
  check: 'GET /api/auth/check',
  login: 'POST /api/auth/login',
  /** Ends all sessions of who owns the cookie. */
  logout: 'POST /api/auth/logout',
  /**
   * WebSocket; `stream` 1 (default) keeps the streamer running, 0 does not. Sends JSON `{ event_type, event }`: `loop`
   * first, then the states; answers `{ "event_type": "ping", "event": {} }` with `pong`. Opening and closing one lets go
   * of all keys and buttons.
   */
  ws: 'GET /api/ws',
  info: 'GET /api/info',
  /**
   * A JPEG with the headers below; 503 UnavailableError while the streamer sleeps, and without a signal, unless
   * `allow_offline=1`: then it is a picture of the device's own. Some makers' builds of kvmd answer `image/jpeg` with a
   * frame of H.264 (gl-inet/glkvm, issue 24).
   */
  snapshot: 'GET /api/streamer/snapshot',
  streamer: 'GET /api/streamer',
  hid: 'GET /api/hid',
  /** Lets go of all keys and buttons. */
  hidReset: 'POST /api/hid/reset',
  /** `to_x`, `to_y`: {@link pikvmPoint}; what is outside the range is taken to its end. */
  mouseMove: 'POST /api/hid/events/send_mouse_move',
  /** `button` left|right|middle|up|down; `state` true|false, without it both. */
  mouseButton: 'POST /api/hid/events/send_mouse_button',
  /**
   * `key`: a W3C UI Events `code`; `state` true|false, `finish` true: a pressed key is let go at once. Without `state`
   * both, but a modifier stays pressed (kvmd 4.x; earlier ones let it go).
   */
  key: 'POST /api/hid/events/send_key',
  /** `keys`: codes with commas or spaces between, pressed in order, let go in reverse, 50 ms apart. */
  shortcut: 'POST /api/hid/events/send_shortcut',
  /**
   * Body: the text. `limit` (characters, default 1024, 0 none), `keymap` (default: the owner's), `slow`, `delay` (s
   * before each event of a key, 0..5; default 0, slow 0.02). Characters that the keymap lacks are left out; the answer
   * does not tell.
   */
  print: 'POST /api/hid/print',
  keymaps: 'GET /api/hid/keymaps',
  atx: 'GET /api/atx',
  /**
   * `action` on|off|off_hard|reset_hard, `wait` 1: answer when done. Only `on` does anything while the power is off.
   * 409 AtxIsBusyError while the same switch is at work; it is for 1 s after a press, too.
   */
  atxPower: 'POST /api/atx/power',
  /** `button` power|power_long|reset, `wait`. `power` is short (0.1 s), `power_long` 5.5 s. */
  atxClick: 'POST /api/atx/click',
} as const;

/** Headers of a snapshot. Times are seconds with six decimals. */
export const SNAPSHOT_HEADERS = {
  /** `true` or `false`: whether there is a signal. */
  online: 'X-UStreamer-Online',
  width: 'X-UStreamer-Width',
  height: 'X-UStreamer-Height',
  /** Wall time of the answer, by the device's own clock. */
  sentAt: 'X-Timestamp',
  /**
   * Monotonic times of the device: when this frame was grabbed, and when it was sent. (A multipart stream has them as
   * `X-UStreamer-Grab-Time` and `-Send-Time`; so had snapshots of ustreamer 1.x.)
   */
  grabTime: 'X-UStreamer-Grab-Timestamp',
  sendTime: 'X-UStreamer-Send-Timestamp',
  /**
   * How many frames since were the same as this one, and therefore not taken (`--drop-same-frames`, 30 on a PiKVM). When
   * it is not 0, the last of them was compared from `compareBegin` to `compareEnd`; where both are the same time, nothing
   * was compared: no frame came for a second.
   */
  dropped: 'X-UStreamer-Dropped',
  compareBegin: 'X-UStreamer-Expose-Begin-Timestamp',
  compareEnd: 'X-UStreamer-Expose-Cmp-Timestamp',
} as const;

/** `GET /api/streamer`; `streamer` is null while it sleeps. */
export interface PikvmStreamer {
  readonly streamer: {
    readonly source: {
      readonly online: boolean;
      readonly resolution: { readonly width: number; readonly height: number };
      readonly captured_fps: number;
      readonly desired_fps: number;
    };
    readonly encoder: { readonly type: string; readonly quality: number };
  } | null;
}

/** `GET /api/hid`. Keyboard and mouse are online while the recorder takes them as USB devices. */
export interface PikvmHid {
  readonly online: boolean;
  readonly busy: boolean;
  /** `online`: whether the recorder has enumerated it. */
  readonly keyboard: {
    readonly online: boolean;
    readonly leds: { readonly caps: boolean; readonly num: boolean; readonly scroll: boolean };
  };
  readonly mouse: {
    readonly online: boolean;
    /** Where it is not, absolute moves are dropped without a word. */
    readonly absolute: boolean;
    readonly outputs: { readonly active: string; readonly available: readonly string[] };
  };
}

/** `GET /api/atx`; not enabled where the device has no wires to a power switch. */
export interface PikvmAtx {
  readonly enabled: boolean;
  readonly busy: boolean;
  readonly acts: { readonly power: boolean; readonly reset: boolean };
  readonly leds: { readonly power: boolean; readonly hdd: boolean };
}

/** Absolute mouse positions of the API run over this range from the first pixel to the last, in each direction. */
const FIRST = -32_768;
const LAST = 32_767;

/** A pixel of a picture `size` px wide (or high) as the API names it. */
export function pikvmPoint(px: number, size: number): number {
  if (size < 2) return FIRST;
  return Math.min(LAST, Math.max(FIRST, Math.round((px / (size - 1)) * (LAST - FIRST) + FIRST)));
}

/** The pixel that the API means; the inverse of {@link pikvmPoint} for pictures up to 65,536 px. */
export function pixelOf(point: number, size: number): number {
  return Math.round(((point - FIRST) / (LAST - FIRST)) * (size - 1));
}
