import { createHash } from 'node:crypto';
import t from 'tap';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { ISAPI } from '../../wire/isapi.ts';
import { newSealKeys, openLetter } from '../../wire/seal.ts';
import type { DefectId } from '../defects.ts';
import { Recorder } from '../recorder/recorder.ts';
import { startHttpFace } from './server.ts';

const OLD = 'Harbour-77';
const NEW = 'Lantern-48';
const ADDRESS = 'owner@lab.example';
const keys = newSealKeys();
const plan: RecorderPlan = {
  id: 'http-1',
  family: 'nvr',
  model: 'DS-7608NI-K2',
  firmware: 'V4.62.210',
  build: 'build 230619',
  gui: '4.0',
  language: 'en',
  resolution: '1280x720',
  adminPassword: OLD,
  reservedEmail: ADDRESS,
  digest: ['MD5', 'SHA-256'],
  bootMs: 1,
};

interface Login {
  readonly user: string;
  readonly password: string;
  readonly algorithm?: 'MD5' | 'SHA-256';
}
interface Rig {
  readonly core: Recorder;
  readonly get: (path: string, login?: Login) => Promise<{ status: number; body: string }>;
  readonly put: (path: string, body: unknown) => Promise<{ status: number; body: string }>;
}

async function open(
  t: { teardown(act: () => Promise<void>): void },
  defects: readonly string[],
): Promise<Rig> {
  // Uptime stands still unless a test lets it pass.
  const clock = { now: () => Date.now(), monotonic: () => 0 };
  const core = new Recorder({ ...plan, defects }, { relayKey: keys.publicKey, clock });
  const face = await startHttpFace(core);
  t.teardown(async () => {
    core.close();
    await face[Symbol.asyncDispose]();
  });
  const send = async (path: string, init: RequestInit) => {
    const response = await fetch(face.url + path, init);
    const challenge = response.headers.get('www-authenticate') ?? '';
    return { status: response.status, body: await response.text(), challenge };
  };
  return {
    core,
    get: async (path, login) => {
      if (login === undefined) return send(path, {});
      const nonce = /nonce="([^"]+)"/.exec((await send(path, {})).challenge)?.[1] ?? '';
      const authorization = digest({ ...login, path, nonce, realm: core.facts.realm });
      return send(path, { headers: { authorization } });
    },
    put: (path, body) => send(path, { method: 'PUT', body: JSON.stringify(body) }),
  };
}

function digest(request: Login & { readonly path: string; readonly nonce: string; readonly realm: string }) {
  const { user, password, path, nonce, realm, algorithm = 'MD5' } = request;
  const hash = (text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const ha1 = hash(`${user}:${realm}:${password}`);
  const response = hash(`${ha1}:${nonce}:00000001:abcd:auth:${hash(`GET:${path}`)}`);
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${path}", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="abcd", response="${response}"`;
}

function reset({ core }: Rig): void {
  const letter = openLetter(core.openReset().payload, keys);
  core.enterCode(letter?.code ?? '', 'local');
  core.finishReset(NEW, 'local');
}

/** Answers whether the defect shows; in a healthy recorder it never does. */
const entries: Readonly<Partial<Record<DefectId, (rig: Rig) => Promise<boolean>>>> = {
  'qr-over-http-tells-code': async ({ core, get }) => {
    const { body } = await get(ISAPI.emailQrCode);
    return body.includes(core.store.memory.reset?.code ?? 'none');
  },
  'unauthorized-tells-address': async ({ get }) => (await get(ISAPI.userCheck)).body.includes(ADDRESS),
  'refusal-tells-address': async ({ put }) => {
    const { body } = await put(ISAPI.emailCertification, { EmailCertification: { code: 'ZZZZZZZZ' } });
    return body.includes(ADDRESS);
  },
  'retry-time-stuck': async ({ get }) => {
    const { body } = await get(ISAPI.userCheck, { user: 'admin', password: 'Orchard-95' });
    return body.includes('<retryLoginTime>7<');
  },
  'old-password-alive-by-sha-256': async (rig) => {
    reset(rig);
    const login = { user: 'admin', password: OLD } as const;
    const weak = await rig.get(ISAPI.userCheck, login);
    const strong = await rig.get(ISAPI.userCheck, { ...login, algorithm: 'SHA-256' });
    return weak.status === 401 && strong.status === 200;
  },
};

for (const [id, shows] of Object.entries(entries)) {
  t.test(`${id}: shows when it is on, not when it is off, and is met both times`, async (t) => {
    for (const defects of [[], [id]]) {
      const rig = await open(t, defects);
      t.equal(await shows(rig), defects.length > 0, defects.length > 0 ? 'on' : 'off');
      t.ok(
        rig.core.defects.met.some((met) => met === id),
        'met',
      );
    }
  });
}
