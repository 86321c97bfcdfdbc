import { z } from 'zod';

/** A text of a form; the form is also what is expected where something else than a text stands. */
function text(form: RegExp, expected: string) {
  return z.string(expected).regex(form, expected);
}

/** Credentials in an address would stand in lists of processes and in messages. */
const stream = z
  .url({ protocol: /^(https?|rtsp)$/, message: 'expected an http, https or rtsp address' })
  .regex(/^[^@]*$/, 'expected an address without user and password');

const picture = {
  /** Which values the source uses for brightness; where it does not say it itself, or says it wrongly. */
  range: z.enum(['limited', 'full']).optional(),
  /** What the picture takes from the recorder to this machine, ms. */
  delayMs: z.int().min(0).max(2000).default(0),
};

const grabber = z.strictObject({
  ...picture,
  device: text(/^\/dev\/\S+$/, 'expected a device like /dev/video0'),
  /** Default: the resolution of the recorder. */
  size: text(/^\d{3,4}x\d{3,4}$/, 'expected a size like 1280x720').optional(),
  framerate: z.int().min(1).max(120).default(30),
  /** What the grabber hands over. Default: ffmpeg's choice. */
  pixels: text(/^[a-z0-9]+$/, 'expected a format of ffmpeg, like mjpeg or yuyv422').optional(),
});

/** A frame grabber, or an encoder's stream, with a CH9329 as mouse and keyboard. */
export const captureDisplay = z.strictObject({
  driver: z.literal('capture'),
  video: z.union([grabber, z.strictObject({ ...picture, url: stream })]),
  hid: z.strictObject({
    path: text(/^\/dev\/\S+$/, 'expected a device like /dev/ttyUSB0'),
    baudRate: z.int().min(1200).max(115_200).default(9600),
    address: z.int().min(0).max(254).default(0),
  }),
});

export type CaptureConfig = z.infer<typeof captureDisplay>;
