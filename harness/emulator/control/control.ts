import { z } from 'zod';
import type { CaptureChain } from '../../wire/emulator.ts';
import { MAIL_FATES, type MailRoute } from '../../wire/mail-route.ts';
import { isDefectId } from '../defects.ts';
import {
  type JsonAnswer,
  type JsonRequest,
  type JsonServer,
  problem,
  startJsonServer,
} from '../json-server.ts';
import { captureChain } from '../kvm/chain-schema.ts';
import type { Kvm } from '../kvm/kvm.ts';
import type { Recorder } from '../recorder/recorder.ts';
import type { Snapshot } from '../recorder/state.ts';
import type { MailFates } from '../relay/fates.ts';

/** Snapshots a twin keeps at most: each holds the whole log. */
const SNAPSHOTS = 32;
/** Longest step of the clock, ms: a hundred years. */
const ADVANCE_MAX = 100 * 366 * 86_400_000;
const NAME_EXPECTED = 'name: expected 1 to 64 characters';

/** What a script or a seed may look like; a script is as long as a body may be. */
const seed = z.int().min(0);
const fate = z.enum(MAIL_FATES);
const mailRoute = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('straight') }),
  z.strictObject({ kind: z.literal('script'), mails: z.array(z.array(fate)), seed: seed.optional() }),
  z.strictObject({
    kind: z.literal('seeded'),
    seed,
    chances: z.partialRecord(fate, z.number().min(0).max(1)).optional(),
  }),
]);

/** What hands reach beside the recorder. */
export interface ControlOptions {
  readonly mail: MailFates;
  readonly kvm?: Pick<Kvm, 'setChain'> | undefined;
  readonly host?: string;
}

/** The hands of a lab at one twin ({@link ControlApi} of the wire): mains, calendar, USB drive, snapshots, mails, KVM. */
export async function startControl(
  recorder: Recorder,
  { mail, kvm, host = '127.0.0.1' }: ControlOptions,
): Promise<JsonServer> {
  const snapshots = new Map<string, Snapshot>();
  const done: JsonAnswer = { status: 200, body: {} };
  const routes: Readonly<Record<string, (body: unknown) => JsonAnswer | Promise<JsonAnswer>>> = {
    'GET /status': () => ({
      status: 200,
      body: {
        power: recorder.powered ? 'on' : 'off',
        phase: recorder.phase,
        clock: recorder.store.localTime,
      },
    }),
    'POST /power': (body) => {
      const state = member(body, 'state');
      if (state !== 'on' && state !== 'off') return problem(400, 'state: expected "on" or "off"');
      if (state === 'on') recorder.powerOn();
      else recorder.powerOff();
      return done;
    },
    'POST /time': (body) => {
      const ms = member(body, 'advanceMs');
      if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0 || ms > ADVANCE_MAX)
        return problem(400, `advanceMs: expected milliseconds from 0 to ${ADVANCE_MAX}`);
      recorder.advance(ms);
      return done;
    },
    'POST /network': (body) => {
      const state = member(body, 'state');
      if (state !== 'up' && state !== 'down') return problem(400, 'state: expected "up" or "down"');
      recorder.setNetwork(state === 'up');
      return done;
    },
    'POST /snapshot': (body) => {
      const name = nameOf(body);
      if (name === undefined) return problem(400, NAME_EXPECTED);
      if (!snapshots.has(name) && snapshots.size >= SNAPSHOTS)
        return problem(409, `there are ${SNAPSHOTS} snapshots already`);
      snapshots.set(name, recorder.snapshot());
      return done;
    },
    'POST /restore': (body) => {
      const name = nameOf(body);
      if (name === undefined) return problem(400, NAME_EXPECTED);
      const snapshot = snapshots.get(name);
      if (snapshot === undefined) return problem(404, `no snapshot ${name}`);
      recorder.restore(snapshot);
      return done;
    },
    'GET /defects': () => {
      const { active, met } = recorder.defects;
      return { status: 200, body: { active, met } };
    },
    'POST /defects': (body) => {
      const active = member(body, 'active');
      if (!Array.isArray(active) || !active.every((id) => typeof id === 'string'))
        return problem(400, 'active: expected a list of ids');
      const unknown = active.filter((id) => !isDefectId(id));
      if (unknown.length > 0) return problem(400, `active: no defect ${unknown.join(', ')}`);
      recorder.defects.set(active.filter(isDefectId));
      return done;
    },
    'POST /usb': (body) => {
      const folder = member(body, 'folder');
      if (folder !== null && (typeof folder !== 'string' || !folder.startsWith('/')))
        return problem(400, 'folder: expected an absolute path, or null');
      const state = member(body, 'state') ?? 'ok';
      if (state !== 'ok' && state !== 'full' && state !== 'read-only')
        return problem(400, 'state: expected ok, full or read-only');
      recorder.setUsb(folder ?? undefined, state);
      return done;
    },
    'POST /mail': (body) => {
      const read = mailRoute.safeParse(body);
      if (!read.success) return problem(400, told('route', read.error));
      // Absent and undefined mean the same to who draws the fates.
      mail.set(read.data as MailRoute);
      return done;
    },
    'POST /kvm': async (body) => {
      if (kvm === undefined) return problem(404, 'this twin has no KVM');
      const read = captureChain.safeParse(body);
      if (!read.success) return problem(400, told('chain', read.error));
      // Absent and undefined mean the same to who captures.
      await kvm.setChain(read.data as CaptureChain);
      return done;
    },
  };
  return startJsonServer(host, ({ method, path, body }: JsonRequest) => {
    const route = routes[`${method} ${path}`];
    if (route !== undefined) return route(body);
    const known = Object.keys(routes).some((key) => key.endsWith(` ${path}`));
    return known ? problem(405, `${path} does not take ${method}`) : problem(404, `no such path: ${path}`);
  });
}

/** `mails.0: what was expected; ...`. */
function told(whole: string, { issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || whole}: ${message}`).join('; ');
}

function member(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null
    ? (body as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function nameOf(body: unknown): string | undefined {
  const name = member(body, 'name');
  return typeof name === 'string' && name !== '' && name.length <= 64 ? name : undefined;
}
