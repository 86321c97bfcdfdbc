import type { Display } from '../bench/ports/display.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type Misfit, misfitsOf, NOISIEST } from '../vision/fitness.ts';
import { type FrameProbe, probeFrame } from './display-probe.ts';
import { type MotionProbe, probeMotion } from './motion-probe.ts';
import { type PointerProbe, probePointer } from './pointer-probe.ts';
import { bad, good, type RatingLine, untried } from './rating-line.ts';
import { calibrateStill } from './still.ts';
import type { Typed } from './typing-probe.ts';
import { typingLines } from './typing-rating.ts';

/** Why something could not be looked at. */
interface Trouble {
  readonly trouble: string;
  readonly cure?: string;
}
/** What was found of a display; `undefined` is what was not tried, since something before it failed. */
export interface DisplayFacts {
  /** As the inventory has it, px. */
  readonly expected: { readonly width: number; readonly height: number };
  readonly frame: FrameProbe | Trouble;
  /** `blank`: nothing was on the screen. */
  readonly calibration: Calibration | 'blank' | Trouble | undefined;
  readonly pointer: PointerProbe | Trouble | undefined;
  /** Frames beside a pointer that moves; where those of a picture that stands still do not tell which are repeated. */
  readonly motion: MotionProbe | Trouble | undefined;
  readonly typing: Typed | Trouble;
}
export interface DisplayRating {
  /** Whether a recorder can be judged through this display. */
  readonly fit: boolean;
  readonly lines: readonly RatingLine[];
}

/** ms; an older picture shows what was there before the last input, and an input without effect is waited for 1500 ms. */
const OLDEST_MS = 1000;
/** ms; by so much more than the time of a grab two clocks that are set by NTP do not differ. */
const AHEAD_MS = 500;
/** ms; the flow takes an input that shows no effect within 1500 ms for one without effect, and the recorder needs its share. */
const SLOWEST_MS = 1000;
/** How long the pointer is waited for, ms: longer than it may take, so that slow is told from absent. */
const POINTER_MS = 3000;
/** How long a recorder may take to show something, ms: nobody watches one boot that is looked at by hand. */
const SCREEN_MS = 20_000;

/**
 * Looks at a display, sends its pointer about, and has a text typed once the pointer is seen where it was sent: where it is
 * not, a click might hit anything. Never rejects: what fails is a fact.
 * @param type types a text into a field where that does no harm, and empties it again
 */
export async function probeDisplay(
  display: Display,
  clock: Clock,
  { expected, type }: { readonly expected: DisplayFacts['expected']; readonly type: () => Promise<Typed> },
): Promise<DisplayFacts> {
  const none = { calibration: undefined, pointer: undefined, motion: undefined };
  const frame = await tried(() => probeFrame(display, clock));
  if ('trouble' in frame) return { expected, frame, ...none, typing: untyped('there is no picture') };
  const calibration = await tried(
    async () => (await calibrateStill(display, clock, { withinMs: SCREEN_MS })) ?? 'blank',
  );
  const noise = typeof calibration === 'object' && 'noise' in calibration ? calibration.noise : 0;
  // In so much noise no pointer is seen, which says nothing of the mouse.
  if (noise > NOISIEST)
    return { expected, frame, ...none, calibration, typing: untyped('the picture has too much noise') };
  const pointer = await tried(() => probePointer(display, clock, { noise, withinMs: POINTER_MS }));
  if (!('state' in pointer) || pointer.state !== 'there') {
    const typing = untyped('the pointer is not seen where it was sent');
    return { expected, frame, ...none, calibration, pointer, typing };
  }
  const { at, reactedMs: lagMs } = pointer;
  const isTold =
    typeof calibration === 'object' && 'noise' in calibration && calibration.repeated !== undefined;
  const motion = isTold ? undefined : await tried(() => probeMotion(display, clock, { at, lagMs, noise }));
  const blank = untyped('the screen is blank');
  const typing = calibration === 'blank' ? blank : await tried(type);
  return { expected, frame, calibration, pointer, motion, typing };
}

function untyped(why: string): Typed {
  return { state: 'not-tried', why, cure: 'mend what is wrong of the picture and the pointer first' };
}

/** Rates the bench, not the recorder: whether what it shows and how it acts is fit to judge by. */
export function rateDisplay(facts: DisplayFacts): DisplayRating {
  const { expected, frame, calibration, pointer, motion, typing } = facts;
  const lines = [
    ...frameLines(frame, expected),
    ...(pointer === undefined ? [] : pointerLines(pointer)),
    ...('trouble' in typing ? [bad('typing', typing.trouble, typing.cure)] : typingLines(typing)),
    ...(calibration === undefined ? [] : captureLines(calibration, motion)),
  ];
  return { fit: lines.every(({ ok }) => ok), lines };
}

function frameLines(frame: DisplayFacts['frame'], expected: DisplayFacts['expected']): readonly RatingLine[] {
  if ('trouble' in frame) return [bad('frame', frame.trouble, frame.cure)];
  const { width, height, ageMs, format, bytes } = frame;
  const size = `${width}x${height}`;
  const wanted = `${expected.width}x${expected.height}`;
  const age = Math.round(ageMs);
  return [
    size === wanted
      ? good('frame', `${size} px, ${format} of ${Math.ceil(bytes / 1024)} KiB`)
      : bad(
          'frame',
          `${size} px, ${wanted} expected`,
          'set the recorder and the capture to the resolution of devices.yaml, or correct it there',
        ),
    age > OLDEST_MS
      ? bad(
          'age',
          `the picture is ${age} ms old; at most ${OLDEST_MS} may be`,
          'lower the buffer of the stream, and see that the capture has not stopped',
        )
      : age < -AHEAD_MS
        ? bad('age', `the picture is from ${-age} ms ahead`, 'set the clocks of bench and display by NTP')
        : good('age', `${age} ms`),
  ];
}

function pointerLines(pointer: PointerProbe | Trouble): readonly RatingLine[] {
  if ('trouble' in pointer) return [bad('pointer', pointer.trouble, pointer.cure)];
  switch (pointer.state) {
    case 'there': {
      const ms = Math.round(pointer.reactedMs);
      const slow = `the picture shows an input after ${ms} ms; at most ${SLOWEST_MS} may be`;
      return [
        good('pointer', 'where it was sent'),
        ms > SLOWEST_MS
          ? bad('reaction', slow, 'lower the buffer and the quality of the stream, or take a nearer bench')
          : good('reaction', `${ms} ms from an input to its picture`),
      ];
    }
    case 'elsewhere': {
      const { sent, seen } = pointer;
      const told = `sent to ${sent.x},${sent.y}, the picture changes at ${seen.x},${seen.y}`;
      return [bad('pointer', told, 'see that the mouse is absolute, and that nothing crops or scales')];
    }
    case 'unseen':
      return [
        bad(
          'pointer',
          'sent about, and the picture shows nothing of it',
          'see that mouse and picture are of the same recorder, and that it shows a pointer',
        ),
      ];
    case 'restless':
      return [
        bad(
          'pointer',
          'the picture moves wherever the pointer could be looked for',
          'bring the recorder to its login or wizard, and disconnect cameras that move',
        ),
      ];
  }
}

function captureLines(
  calibration: Calibration | 'blank' | Trouble,
  motion: DisplayFacts['motion'],
): readonly RatingLine[] {
  if (calibration === 'blank')
    return [
      bad('picture', 'the screen is blank', 'switch the recorder on, and bring it to its login or wizard'),
    ];
  if ('trouble' in calibration) return [bad('picture', calibration.trouble, calibration.cure)];
  const { black, white, range, noise, softness, jpegQuality, chroma } = calibration;
  const moving = motion === undefined || 'trouble' in motion ? undefined : motion;
  const repeated = calibration.repeated ?? (moving && moving.repeated / moving.frames);
  const misfits = misfitsOf({ ...calibration, repeated });
  const line = (what: Misfit['figure'], told: string) => {
    const misfit = misfits.find(({ figure }) => figure === what);
    return misfit === undefined ? good(what, told) : bad(what, misfit.what, misfit.cure);
  };
  return [
    line(
      'range',
      `${range ?? 'not told'}, black is ${Math.round(black)} and white ${Math.round(white)} of 255`,
    ),
    line('noise', `${noise.toFixed(1)} of 255`),
    line('softness', `edges blurred by ${softness.toFixed(1)} px`),
    line('JPEG', jpegQuality === undefined ? 'none: lossless' : `quality ${jpegQuality}, chroma ${chroma}`),
    repeated === undefined
      ? untried(
          'frames',
          'not told: the picture stands still, and no pointer is seen to move in it',
          'see that the pointer is shown, and call this again',
        )
      : line('frames', moving === undefined ? `${percent(repeated)} are repeated` : movedTold(moving)),
  ];
}

function movedTold({ frames, repeated, tookMs }: MotionProbe): string {
  const rate = Math.floor(((frames - repeated) * 1000) / Math.max(1, tookMs));
  return `${repeated} of ${frames} show nothing new while the pointer moves; at least ${rate} new ones a second`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

async function tried<T>(body: () => Promise<T>): Promise<T | Trouble> {
  try {
    return await body();
  } catch (error) {
    const trouble = error instanceof Error ? error.message : String(error);
    const cure = error instanceof HarnessError ? error.hint : undefined;
    return cure === undefined ? { trouble } : { trouble, cure };
  }
}
