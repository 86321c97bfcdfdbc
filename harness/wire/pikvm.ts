/**
 * The part of PiKVM's HTTP API that a bench uses, as the PiKVM handbook ("HTTP API reference") and the sources of kvmd
 * 3.x and 4.x tell it. JSON answers are wrapped in {@link PikvmAnswer}; errors too, with the status of HTTP: 400
 * ValidatorError (a parameter is wrong), 409 (busy), 503 UnavailableError. While kvmd does not run, the web server in
 * front of it answers 502 with a page of HTML.
 *
 * Who asks says so with each request by {@link PIKVM_USER} and {@link PIKVM_PASSWORD}, by HTTP Basic (a password
 * without colons: kvmd splits at each), or by the cookie `auth_token` that `POST /api/auth/login` (form fields `user`,
 * `passwd`) gives. Nobody: 401 UnauthorizedError. The wrong one: 403 ForbiddenError. TLS certificates of these devices
 * are self-signed as a rule.
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
  info: 'GET /api/info',
  /**
   * A WebSocket of events. While one is open, or 10 s after, the streamer runs (`stream=0`: it does not count); without
   * any there are no snapshots, unless the device's own configuration has `streamer: { forever: true }`.
   */
  socket: 'GET /api/ws',
  /**
   * A JPEG with the headers below; 503 UnavailableError without a signal, unless `allow_offline=1`, and where the
   * streamer does not run. Some makers' builds of kvmd answer `image/jpeg` with a frame of H.264 (gl-inet/glkvm #24).
   */
  snapshot: 'GET /api/streamer/snapshot',
  streamer: 'GET /api/streamer',
  hid: 'GET /api/hid',
  /** `to_x`, `to_y`: {@link pikvmPoint}. */
  mouseMove: 'POST /api/hid/events/send_mouse_move',
  /** `button` left|right|middle; `state` true|false, without it both. */
  mouseButton: 'POST /api/hid/events/send_mouse_button',
  /** `key`: a W3C UI Events `code`; `state` true|false, without it both (modifiers stay pressed). */
  key: 'POST /api/hid/events/send_key',
  /** `keys`: codes with commas between, pressed in order, let go in reverse. */
  shortcut: 'POST /api/hid/events/send_shortcut',
  /**
   * Body: the text. `limit` (characters, default 1024, 0 none; what is beyond is dropped), `keymap` (default: the
   * device's own), `slow`, `delay` between key events (s, 0..5; 0.02 where slow). Characters that the keymap lacks are
   * skipped without a word; line feed is Enter, some quotes and dashes become those of ASCII.
   */
  print: 'POST /api/hid/print',
  keymaps: 'GET /api/hid/keymaps',
  atx: 'GET /api/atx',
  /** `action` on|off|off_hard|reset_hard, `wait` 1: answer when done. 409 where the switch is at work already. */
  atxPower: 'POST /api/atx/power',
  /** `button` power|power_long|reset. */
  atxClick: 'POST /api/atx/click',
} as const;

/**
 * Headers of a snapshot, as µStreamer's `/snapshot` has them since 2.0 (kvmd passes them on). Times are seconds with six
 * decimals. µStreamer before, and each part of its stream, ends the names with `-Time`, not `-Timestamp`.
 */
export const SNAPSHOT_HEADERS = {
  /** `true` or `false`: whether there is a signal. */
  online: 'X-UStreamer-Online',
  width: 'X-UStreamer-Width',
  height: 'X-UStreamer-Height',
  /** Wall time of the answer, by the device's own clock. */
  sentAt: 'X-Timestamp',
  /** Monotonic times of the device: when this frame was grabbed, and when it was sent. */
  grabTime: 'X-UStreamer-Grab-Timestamp',
  sendTime: 'X-UStreamer-Send-Timestamp',
  /**
   * How many frames since were the same as this one, and therefore not taken (`--drop-same-frames`, 30 on a PiKVM). When
   * it is not 0, the last of them was compared from `compareBegin` to `compareEnd`. Where both are the same time, nothing
   * was compared: no frame came for a second.
   */
  dropped: 'X-UStreamer-Dropped',
  compareBegin: 'X-UStreamer-Expose-Begin-Timestamp',
  compareEnd: 'X-UStreamer-Expose-Cmp-Timestamp',
} as const;

/** `GET /api/streamer`; `streamer` is null while the streamer does not run. */
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
  readonly keyboard: { readonly online: boolean; readonly leds?: { readonly caps: boolean } };
  readonly mouse: { readonly online: boolean; readonly absolute: boolean };
}

/** `GET /api/atx`; not enabled where the device has no wires to a power switch. */
export interface PikvmAtx {
  readonly enabled: boolean;
  readonly busy: boolean;
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
