/**
 * The part of PiKVM's HTTP API that a bench uses, as the PiKVM handbook ("HTTP API reference") and the sources of kvmd
 * 3.x and 4.x tell it. JSON answers are wrapped in {@link PikvmAnswer}; errors too, with the status of HTTP.
 *
 * Who asks says so with each request by {@link PIKVM_USER} and {@link PIKVM_PASSWORD}, by HTTP Basic, or by the cookie
 * `auth_token` that `POST /api/auth/login` (form fields `user`, `passwd`) gives. Nobody: 401 UnauthorizedError.
 * The wrong one: 403 ForbiddenError. TLS certificates of these devices are self-signed as a rule.
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
  /** A JPEG with the headers below; 503 UnavailableError without a signal, unless `allow_offline=1`. */
  snapshot: 'GET /api/streamer/snapshot',
  streamer: 'GET /api/streamer',
  hid: 'GET /api/hid',
  /** `to_x`, `to_y`: {@link pikvmPoint}. */
  mouseMove: 'POST /api/hid/events/send_mouse_move',
  /** `button` left|right|middle; `state` true|false, without it both. */
  mouseButton: 'POST /api/hid/events/send_mouse_button',
  /** `key`: a W3C UI Events `code`; `state` true|false, without it both. */
  key: 'POST /api/hid/events/send_key',
  /** `keys`: codes with commas between, pressed in order, let go in reverse. */
  shortcut: 'POST /api/hid/events/send_shortcut',
  /** Body: the text. `limit` (characters, default 1024, 0 none), `keymap` (default en-us), `slow`, `delay` (s, 0..5). */
  print: 'POST /api/hid/print',
  keymaps: 'GET /api/hid/keymaps',
  atx: 'GET /api/atx',
  /** `action` on|off|off_hard|reset_hard, `wait` 1: answer when done. 409 where the switch is at work already. */
  atxPower: 'POST /api/atx/power',
  /** `button` power|power_long|reset. */
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
  /** Monotonic times of the device: when this frame was grabbed, and when it was sent. */
  grabTime: 'X-UStreamer-Grab-Time',
  sendTime: 'X-UStreamer-Send-Time',
} as const;

/** `GET /api/streamer`. */
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

/** `GET /api/hid`. */
export interface PikvmHid {
  readonly online: boolean;
  readonly busy: boolean;
  readonly keyboard: { readonly online: boolean };
  readonly mouse: { readonly online: boolean; readonly absolute: boolean };
}

/** `GET /api/atx`. */
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
