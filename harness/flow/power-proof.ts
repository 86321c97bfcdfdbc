import type { Display } from '../bench/ports/display.ts';
import type { Power } from '../bench/ports/power.ts';
import type { Serial } from '../bench/ports/serial.ts';
import type { Clock } from '../terms/clock.ts';
import { type ErrorCode, HarnessError } from '../terms/error.ts';
import { watchBoots } from './boot-witness.ts';
import type { KeptHttp } from './kept-http.ts';

/** What one way of looking at the recorder tells of a cut. Times are wall time, ms since the epoch. */
export interface CutWitness {
  readonly by: 'serial' | 'http' | 'picture';
  /** When it was first seen to be gone. Silence of a console is none: it may have had nothing to say. */
  readonly goneAt?: number;
  /** When it was first seen to be back; on the console, when the boot began. */
  readonly backAt?: number;
  /** In words. */
  readonly told: string;
}
/** A cut that really happened. */
export interface CutProof {
  /** When each order was given, ms since the epoch. */
  readonly offAt: number;
  readonly onAt: number;
  readonly witnesses: readonly CutWitness[];
}

export interface CutOptions {
  readonly power: Power;
  readonly serial?: Pick<Serial, 'transcript' | 'trouble'> | undefined;
  readonly http?: Pick<KeptHttp, 'activated'> | undefined;
  readonly display?: Pick<Display, 'frame'> | undefined;
  /** What the console prints when a boot begins. */
  readonly bootSigns: readonly string[];
  /** How long the power is off at least, ms: longer than its supply lives on what it has stored. */
  readonly darkMs: number;
  /** How long it stays off, ms, while a witness still sees the recorder. Default: `darkMs`. */
  readonly goneMs?: number;
  /**
   * Brings the recorder to the instant of the cut. The witnesses are heard before it, so that nothing stands between
   * its end and the order.
   */
  readonly upTo?: (() => Promise<unknown>) | undefined;
  /** For so long after the cut a console may print what is on its way, ms. Default: 1000. */
  readonly lingerMs?: number;
  /** How long the recorder may take to come back, ms. */
  readonly bootMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

const POLL_MS = 50;
/** A supply's own store lets a recorder print for so long after the cut, ms. */
const LINGER_MS = 1_000;

/** Something that answers while the recorder has power. */
interface Look {
  readonly by: 'http' | 'picture';
  readonly once: () => Promise<unknown>;
  /** Errors by which it is gone; any other is one of the bench. */
  readonly away: readonly ErrorCode[];
  goneAt: number | undefined;
  backAt: number | undefined;
  last: string;
}

/**
 * Cuts the power, gives it back, and says by the recorder itself whether that really happened. A switch that does not
 * switch is a fault of the bench, whatever the switch says; so is a recorder of which nothing comes back, since the
 * power may not have come back either. One of which something comes back has its power: what is missing then is in the
 * proof, for the case to judge. The power is on again at the end, also after an error.
 * @throws HarnessError of the port `power`: PORT_PROTOCOL where the recorder was still there, or its witnesses disagree;
 * PORT_TIMEOUT where nothing came back; PORT_UNREACHABLE where nothing could witness a cut; what the ports throw
 */
export async function proveCut(options: CutOptions): Promise<CutProof> {
  const { power, serial, clock, signal, darkMs } = options;
  const goneMs = Math.max(darkMs, options.goneMs ?? darkMs);
  const looks = await present(options);
  const listens = serial !== undefined && serial.trouble() === undefined;
  if (looks.length === 0 && !listens)
    throw fault(
      'PORT_UNREACHABLE',
      'nothing can witness a power cut: neither HTTP, nor a picture, nor a console',
      {
        hint: 'see that the recorder is on, or give the bench a serial port',
      },
    );
  await options.upTo?.();
  const offAt = clock.now();
  let printedAt: number | undefined;
  try {
    await power.off();
    const darkAt = clock.now();
    const from = serial?.transcript().length ?? 0;
    const began = clock.monotonic();
    const lasted = () => clock.monotonic() - began;
    const seen = () => looks.some(({ goneAt }) => goneAt === undefined);
    do {
      for (const look of looks) if (look.goneAt === undefined) await glance(look, clock);
      await clock.sleep(POLL_MS, signal);
    } while (lasted() < darkMs || (seen() && lasted() < goneMs));
    const late = darkAt + (options.lingerMs ?? LINGER_MS);
    printedAt = serial
      ?.transcript()
      .slice(from)
      .findLast(({ at, missedMs }) => missedMs === undefined && at > late)?.at;
  } catch (error) {
    await power.on();
    throw error;
  }
  const boots = serial === undefined ? undefined : watchBoots(serial, options.bootSigns);
  const onAt = clock.now();
  await power.on();
  const alive = [
    ...looks.filter(({ goneAt }) => goneAt === undefined).map(({ by, last }) => `${by}: ${last}`),
    ...(printedAt === undefined ? [] : [`serial: printed ${printedAt - offAt} ms after the cut`]),
  ];
  if (alive.length > 0) {
    const gone = looks.filter(({ goneAt }) => goneAt !== undefined).map(({ by }) => by);
    const others = gone.length === 0 ? '' : ` (but gone: ${gone.join(', ')})`;
    throw fault(
      'PORT_PROTOCOL',
      `the recorder was still there ${goneMs} ms after its power was cut: ${alive.join('; ')}${others}`,
      {
        hint: 'the relay is stuck, on its other contact, or of another outlet; a KVM may also hold an old picture',
      },
    );
  }

  const until = clock.monotonic() + options.bootMs;
  const bootAt = () => boots?.boots()[0]?.at;
  const whole = () =>
    looks.every(({ backAt }) => backAt !== undefined) && (looks.length > 0 || bootAt() !== undefined);
  while (!whole() && clock.monotonic() < until) {
    await clock.sleep(POLL_MS, signal);
    for (const look of looks) if (look.backAt === undefined) await glance(look, clock);
  }
  if (bootAt() === undefined && looks.every(({ backAt }) => backAt === undefined))
    throw fault(
      'PORT_TIMEOUT',
      `nothing of the recorder came back within ${options.bootMs} ms after its power`,
      {
        hint: 'see that the outlet has power again: the relay may be stuck, or a fuse gone',
      },
    );
  const since = (at: number | undefined, start: number) => (at === undefined ? undefined : at - start);
  return {
    offAt,
    onAt,
    witnesses: [
      ...(listens ? [consoleTold(bootAt(), onAt)] : []),
      ...looks.map(({ by, goneAt, backAt }) => ({
        by,
        ...(goneAt === undefined ? {} : { goneAt }),
        ...(backAt === undefined ? {} : { backAt }),
        told:
          `gone ${since(goneAt, offAt)} ms after the cut, ` +
          (backAt === undefined
            ? `not back within ${options.bootMs} ms`
            : `back ${since(backAt, onAt)} ms after the power`),
      })),
    ],
  };
}

function consoleTold(bootAt: number | undefined, onAt: number): CutWitness {
  return bootAt === undefined
    ? { by: 'serial', told: 'silent while dark, and no boot text' }
    : {
        by: 'serial',
        backAt: bootAt,
        told: `silent while dark, boot text ${bootAt - onAt} ms after the power`,
      };
}

/** What answers before the cut: what does not cannot tell anything by its absence. */
async function present({ http, display, clock }: CutOptions): Promise<readonly Look[]> {
  const looks: Look[] = [];
  const add = (by: Look['by'], away: readonly ErrorCode[], once: () => Promise<unknown>) =>
    void looks.push({ by, away, once, goneAt: undefined, backAt: undefined, last: '' });
  if (http !== undefined) add('http', ['PORT_UNREACHABLE', 'PORT_TIMEOUT'], () => http.activated());
  if (display !== undefined) add('picture', ['FRAME_UNUSABLE'], () => display.frame());
  const there: Look[] = [];
  for (const look of looks) {
    await glance(look, clock);
    if (look.goneAt === undefined) there.push(look);
  }
  return there;
}

/** Looks once, and notes what changed. */
async function glance(look: Look, clock: Clock): Promise<void> {
  try {
    await look.once();
    look.last = 'answered';
    look.backAt ??= clock.now();
  } catch (error) {
    if (!(error instanceof HarnessError) || !look.away.includes(error.code)) throw error;
    look.goneAt ??= clock.now();
    look.last = error.message;
    look.backAt = undefined;
  }
}

function fault(
  code: 'PORT_PROTOCOL' | 'PORT_TIMEOUT' | 'PORT_UNREACHABLE',
  message: string,
  detail: { readonly hint: string },
): HarnessError {
  return new HarnessError(code, message, { port: 'power', ...detail });
}
