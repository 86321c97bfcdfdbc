import { HarnessError } from '../../../terms/error.ts';

/** Where the picture comes from. */
export type VideoSource =
  | {
      /** A frame grabber, e.g. `/dev/video0`. */
      readonly kind: 'device';
      readonly device: string;
      readonly width: number;
      readonly height: number;
      /** Frames a second that the grabber is asked for. */
      readonly framerate: number;
      /** What the grabber hands over, e.g. `mjpeg` or `yuyv422`. Default: ffmpeg's choice. */
      readonly pixels?: string;
    }
  /** A stream: MJPEG over HTTP, or RTSP. */
  | { readonly kind: 'url'; readonly url: string }
  /**
   * ffmpeg's test pictures, and the screen of an X server: to try the driver with. Of an X server that has ended,
   * ffmpeg 5.1 goes on to give the last picture.
   */
  | { readonly kind: 'lavfi' | 'x11grab'; readonly input: string; readonly framerate: number };

/** Which values of brightness the source uses: 16..235 (`limited`, as television) or 0..255. */
export type ColourRange = 'limited' | 'full';

/**
 * The words that ffmpeg is started with: it writes each picture of the source to its standard output, in `mpjpeg`, as
 * soon as it has it. JPEGs use the full range, so pictures of a limited one are stretched to it; `range` says so where
 * the source does not, or says it wrongly. Quality 2 is ffmpeg's best but one: about 200 kB at 1920x1080.
 */
export function ffmpegWords(source: VideoSource, range?: ColourRange): readonly string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+warning'],
    // No frame waits for others: not to be probed, not in a decoder with several threads.
    ...['-fflags', 'nobuffer', '-flags', 'low_delay', '-threads', '1'],
    ...inputWords(source),
    '-an',
    // Numbered anew, one a tick: the encoder ends at a time stamp that comes twice, or is rounded to the one before.
    ...['-vf', `scale=in_range=${range ?? 'auto'}:out_range=full,settb=1/1000,setpts=N`],
    ...['-enc_time_base', '1:1000'],
    // Each picture once, whatever its time.
    ...['-fps_mode', 'passthrough', '-c:v', 'mjpeg', '-q:v', '2', '-threads', '1'],
    ...['-f', 'mpjpeg', '-flush_packets', '1', 'pipe:1'],
  ];
}

function inputWords(source: VideoSource): readonly string[] {
  switch (source.kind) {
    case 'device':
      return [
        ...['-f', 'v4l2', '-framerate', String(source.framerate)],
        ...['-video_size', `${source.width}x${source.height}`],
        ...(source.pixels === undefined ? [] : ['-input_format', source.pixels]),
        ...['-i', source.device],
      ];
    case 'url':
      return [
        // Pictures of a stream may hold no other addresses: of files of this machine, say.
        ...['-protocol_whitelist', 'http,https,tcp,tls,rtsp,rtp,udp'],
        ...(source.url.startsWith('rtsp:') ? ['-rtsp_transport', 'tcp'] : []),
        ...['-i', source.url],
      ];
    case 'lavfi':
      return ['-re', '-f', 'lavfi', '-i', source.input];
    case 'x11grab':
      return [
        ...['-f', 'x11grab', '-framerate', String(source.framerate), '-draw_mouse', '0'],
        ...['-i', source.input],
      ];
  }
}

/** What the source is called in messages. */
export function nameOf(source: VideoSource): string {
  switch (source.kind) {
    case 'device':
      return source.device;
    case 'url':
      return source.url;
    default:
      return `${source.kind} ${source.input}`;
  }
}

/** Of what ffmpeg said, the last line that tells of an error; with `level+`, each line names its kind. */
export function lastError(lines: readonly string[]): string {
  const told = lines.findLast((line) => /\[(error|fatal|panic)\]/.test(line)) ?? lines.at(-1) ?? 'nothing';
  return told.replace(/^(\[[^\]]*\] )+/, '').trim();
}

/** What ffmpeg says, by whose fault it is, and the cure. The first that fits counts. */
const FAULTS = [
  [/busy/i, 'PORT_BUSY', 'end the program that uses the grabber ("fuser -v DEVICE" names it)'],
  [
    /permission denied|operation not permitted/i,
    'PORT_UNREACHABLE',
    'let this user open the device: add it to the group video and sign in again',
  ],
  // ENOLINK and ENOLCK, as drivers of HDMI bridges answer without a signal.
  [
    /severed|no locks available|no signal/i,
    'FRAME_UNUSABLE',
    'there is no signal: see that the recorder is on, and its HDMI cable',
  ],
  [
    /no such (file|device)|not a video|inappropriate ioctl/i,
    'PORT_UNREACHABLE',
    'plug the grabber in, or correct its path ("v4l2-ctl --list-devices" lists grabbers)',
  ],
  [
    /refused|timed out|unreachable|no route|resolve|40\d |5\d\d |input\/output|end of file|server returned/i,
    'PORT_UNREACHABLE',
    'see that the encoder is on, and that the address is right and open to this machine',
  ],
  [
    /invalid argument|not supported|unsupported|unknown|invalid data|could not find/i,
    'PORT_UNREACHABLE',
    'correct size, framerate or pixels ("v4l2-ctl --list-formats-ext" lists what the grabber can do)',
  ],
] as const;

/** What is to be said where ffmpeg gives no more pictures: its last error, whose fault that is, and the cure. */
export function ffmpegFault(source: VideoSource, how: string, lines: readonly string[]): HarnessError {
  const said = lastError(lines);
  const [, code, hint] = FAULTS.find(([form]) => form.test(said)) ?? [
    undefined,
    'PORT_UNREACHABLE' as const,
    'run ffmpeg by hand on the same source to see why',
  ];
  return new HarnessError(code, `no picture of ${nameOf(source)}: ffmpeg ended (${how}): ${said}`, {
    port: 'display',
    hint: hint.replace('DEVICE', nameOf(source)),
  });
}
