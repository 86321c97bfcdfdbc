import { z } from 'zod';

const speed = {
  /** Bits per second; 8N1, no flow control. */
  baudRate: z.int().min(50).max(4_000_000).default(115_200),
  /** How long a line that was lost is looked for until cases end in a bench error, ms; 0: not at all. */
  reopenMs: z.int().min(0).max(600_000).default(20_000),
};

/** The console of a recorder on a shelf: an adapter of this machine, or one that another machine serves over TCP. */
export const serialPort = z.discriminatedUnion('driver', [
  z.strictObject({ driver: z.literal('tty').optional(), path: z.string().min(1), ...speed }),
  z.strictObject({
    driver: z.literal('tcp'),
    host: z.string().min(1),
    port: z.int().min(1).max(65_535),
    /** raw: the speed is set at the server; rfc2217: from here. */
    protocol: z.enum(['raw', 'rfc2217']).default('rfc2217'),
    ...speed,
  }),
]);
