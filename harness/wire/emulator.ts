/**
 * How a bench starts the emulator and moves its twins. The emulator is a program of its own: it reads one
 * {@link EmulatorPlan} as JSON (file or standard input), and prints one {@link EmulatorReady} as a JSON line when
 * every twin listens. All servers bind to loopback. Closing its standard input, SIGTERM or SIGINT ends it.
 */

import type { MailRoute } from './mail-route.ts';

/** Generations of the local menu. */
export type GuiGeneration = '3.0' | '4.0' | 'lite';
export type DigestAlgorithm = 'MD5' | 'SHA-256';

export interface RecorderPlan {
  /** Unique in the plan; names the twin in the ready line. */
  readonly id: string;
  /** Product family: dvr-k, hghi-f, nvr, or another whose threshold its brand says. */
  readonly family: string;
  readonly model: string;
  /** As deviceInfo reports it, e.g. `V4.21.000`. */
  readonly firmware: string;
  /** As deviceInfo reports it, e.g. `build 190416`. */
  readonly build: string;
  readonly gui: GuiGeneration;
  /** Two letters: en, de, fr, es, pl, or another whose texts its brand has. */
  readonly language: string;
  readonly resolution: '1024x768' | '1280x720' | '1920x1080';
  /** Default: derived from model and id. */
  readonly serialNumber?: string;
  /** Password of `admin`; without it the twin starts inactive. */
  readonly adminPassword?: string;
  /** Address reserved at the start; needs adminPassword. */
  readonly reservedEmail?: string;
  /** Which XML namespace HTTP answers carry. Default: hikvision up to V4.7x, isapi from V5. */
  readonly namespace?: 'hikvision' | 'isapi';
  /** Algorithms offered in the 401, in this order. Default `['MD5']`. */
  readonly digest?: readonly DigestAlgorithm[];
  /** Whose firmware it shows: a file of the emulator's folder `brands`. Default: the house's own. */
  readonly brand?: string;
  /** Switches of the emulator's catalogue of defects that are on from the start. Default: a healthy recorder. */
  readonly defects?: readonly string[];
  /**
   * How steadily the unit works; a jittery one answers and repaints up to 800 ms late, and its mails fare as a
   * {@link MailRoute} drawn from the plan's seed has it. Default usual.
   */
  readonly pace?: 'usual' | 'jittery';
  /** Length of the boot sequence in ms of real time. Default 1200. */
  readonly bootMs?: number;
  /** Shows the GUI through a KVM too, by PiKVM's API: pixels, mouse and keyboard, nothing else. Default: no KVM. */
  readonly kvm?: KvmPlan;
}

/** Who may use the KVM of a twin, and how well it captures. */
export interface KvmPlan {
  readonly user: string;
  readonly password: string;
  /** Default: {@link GOOD_CHAIN}. */
  readonly chain?: CaptureChain | undefined;
  /** `forever`: the streamer never sleeps (see pikvm.ts). Default on-demand, as these devices are delivered. */
  readonly streamer?: 'on-demand' | 'forever';
}

/** What happens to a picture between the recorder's HDMI socket and the JPEG of the KVM. Each is left out where undefined. */
export interface CaptureChain {
  /** JPEG quality, 1..100. */
  readonly quality: number;
  /** `4:2:0` halves the resolution of colour both ways. */
  readonly chroma: '4:4:4' | '4:2:0';
  /** The picture is scaled to this height, and back up: what a capture card of less resolution does. px */
  readonly scaledToHeight?: number | undefined;
  /** The picture stays at this size. px */
  readonly outputHeight?: number;
  /** Standard deviation of the noise, of 255. */
  readonly noise?: number | undefined;
  /** Exponent: below 1 brighter, above 1 darker. */
  readonly gamma?: number | undefined;
  /** `limited`: 0..255 becomes 16..235, as a capture card does that takes one range for the other. */
  readonly range?: 'full' | 'limited' | undefined;
  /** Every frame but one in so many is lost: the picture before stays. */
  readonly keepOneIn?: number | undefined;
  /** Frames come so late, ms. */
  readonly delayMs?: number | undefined;
  /**
   * The picture stays what it was, for good, while the KVM goes on answering. true: so does the time of the grab;
   * `unnoticed`: that one moves on, as with cheap capture devices.
   */
  readonly frozen?: boolean | 'unnoticed';
  /** There is no signal. */
  readonly noSignal?: boolean;
}

/** As a PiKVM with a good HDMI bridge captures: JPEG 4:2:0 of high quality, at the recorder's own size. */
export const GOOD_CHAIN: CaptureChain = { quality: 90, chroma: '4:2:0' };

export interface EmulatorPlan {
  /** Where the relay's mail service delivers: the lab's SMTP server. */
  readonly smtp: { readonly host: string; readonly port: number };
  readonly recorders: readonly RecorderPlan[];
  /** Seed of all randomness but keys and codes; default random. */
  readonly seed?: number;
}

export interface RecorderEndpoints {
  readonly id: string;
  readonly serialNumber: string;
  /** ISAPI, `http://127.0.0.1:port`. */
  readonly httpUrl: string;
  /** The page that is the recorder's HDMI picture, mouse and keyboard. */
  readonly displayUrl: string;
  /** The console pty, 115200 8N1. */
  readonly serialPath: string;
  /** UDP port of the discovery protocol (SADP), unicast, on 127.0.0.1. */
  readonly sadpPort: number;
  /** Where its owner mails an exported QR. */
  readonly serviceMailbox: string;
  /** {@link ControlApi}: never evidence. */
  readonly controlUrl: string;
  /** PiKVM's API (see pikvm.ts), where the plan has a KVM. */
  readonly kvmUrl?: string;
}

export interface EmulatorReady {
  readonly ready: true;
  readonly pid: number;
  readonly relayUrl: string;
  /** Where the service takes mails with a QR as an attachment: no TLS, no login, mails to its own addresses. */
  readonly relaySmtp: EmulatorPlan['smtp'];
  readonly recorders: readonly RecorderEndpoints[];
}

/** A switch is met where the healthy and the defective behaviour part, whether it is on or off. */
export interface DefectState {
  readonly active: readonly string[];
  readonly met: readonly string[];
}

/**
 * The control port of a twin, JSON over HTTP, one route a member; errors are `{ error: string }` with status 4xx.
 * It stands for what a lab's hands do (mains, USB drive, calendar) and for what only a twin can do (snapshots).
 */
export interface ControlApi {
  'GET /status': {
    readonly power: 'on' | 'off';
    readonly phase: 'off' | 'booting' | 'ready';
    readonly clock: string;
  };
  /** Cutting the power loses all that flash does not hold, at once. */
  'POST /power': { readonly body: { readonly state: 'on' | 'off' } };
  /** Lets the recorder's whole world age: its real-time clock and its monotonic uptime both move by `advanceMs`. */
  'POST /time': { readonly body: { readonly advanceMs: number } };
  /** Stores flash and memory under a name / brings exactly that back; the display goes to where it is after a start. */
  'POST /snapshot': { readonly body: { readonly name: string } };
  'POST /restore': { readonly body: { readonly name: string } };
  /** Which defects the twin has; answers with them, and with the switches that were asked for since. */
  'GET /defects': DefectState;
  /** Sets all switches of the twin anew, and forgets which were met. Unknown ids are 400. */
  'POST /defects': { readonly body: { readonly active: readonly string[] } };
  /** Plugs a USB drive in (a folder on the bench's machine), or pulls it out. */
  'POST /usb': {
    readonly body: { readonly folder: string | null; readonly state?: 'ok' | 'full' | 'read-only' };
  };
  /** Plugs the network cable in or pulls it: then HTTP and SADP are silent. A restore plugs it in. */
  'POST /network': { readonly body: { readonly state: 'up' | 'down' } };
  /**
   * How the mails of this twin travel from now on; a wrong route is 400, and changes nothing. A restore leaves the
   * route as it is, a script goes on where it was; mails that are still under way then never come.
   */
  'POST /mail': { readonly body: MailRoute };
  /** How the KVM captures from now on; 404 where the twin has none, 400 for a wrong chain, which changes nothing. */
  'POST /kvm': { readonly body: CaptureChain };
}
