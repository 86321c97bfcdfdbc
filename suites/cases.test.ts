// Cases whose requirement no twin can violate, as `gaps.test.ts` names them: each is shown a recorder made of words, one
// that obeys and some that don't.
import t from 'tap';
import type { CaseContext, CaseDefinition } from '../harness/kit/case.ts';
import { ExpectationFailed, expectInto } from '../harness/kit/expect.ts';
import { cases as availability } from './availability.suite.ts';
import { cases as dialogs } from './dialogs.suite.ts';
import { cases as life } from './life.suite.ts';
import { cases as mails } from './mail.suite.ts';

const CASES: readonly CaseDefinition[] = [...availability, ...dialogs, ...life, ...mails];
const ADDRESS = 'owner@lab.example';
const CODE = 'K7M2P9QX';

/** Runs a case on a recorder made of words. */
async function judge(id: string, world: object): Promise<string> {
  const found = CASES.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  const context = {
    address: ADDRESS,
    admin: { user: 'admin', password: 'Orchard-95' },
    profile: { codeLength: CODE.length, mailWithinSeconds: 300 },
    expect: expectInto(() => undefined),
    measure: () => undefined,
    pause: async () => undefined,
    step: (_title: string, body: () => Promise<unknown>) => body(),
    booted: async () => undefined,
    changed: () => undefined,
    freshPassword: () => 'Lantern-88',
    ...world,
  };
  try {
    await found.test(context as unknown as CaseContext);
    return 'pass';
  } catch (error) {
    if (error instanceof ExpectationFailed) return error.finding.title;
    throw error;
  }
}

t.test('CR15: an upgrade keeps the address and the admin account', async (t) => {
  const upgrade = (after: {
    readonly firmware?: string;
    readonly address?: string;
    readonly http?: number;
  }) => {
    let upgraded = false;
    return {
      owner: {
        forgotPassword: async () => 'methods',
        offersEmail: () => true,
        chooseEmail: async () => undefined,
        acceptDisclaimer: async () => undefined,
        cancel: async () => undefined,
        valueBeside: async () => (upgraded ? (after.address ?? 'o***r@lab.example') : 'o***r@lab.example'),
      },
      gui: { label: () => [] },
      http: {
        deviceInfo: async () => ({
          firmwareVersion: upgraded ? (after.firmware ?? 'V4.30.085') : 'V4.21.000',
        }),
        userCheck: async () => ({ http: after.http ?? 200 }),
      },
      ask: async () => {
        upgraded = true;
        return 'installed';
      },
    };
  };
  t.equal(await judge('CR15', upgrade({})), 'pass');
  t.equal(
    await judge('CR15', upgrade({ address: 'x***y@lab.example' })),
    'the masked address after the upgrade',
  );
  t.equal(await judge('CR15', upgrade({ address: '' })), 'the masked address after the upgrade');
  t.equal(await judge('CR15', upgrade({ http: 401 })), 'userCheck of admin after the upgrade');
});

t.test('CR25: two recorders show different payloads', async (t) => {
  const shown = (mine: string, other: string) => ({
    lab: { showQr: async () => ({ finding: { text: mine } }) },
    partner: { qrPayload: async () => other },
  });
  t.equal(await judge('CR25', shown('a', 'b')), 'pass');
  t.equal(await judge('CR25', shown('a', 'a')), 'the other recorder shows the same payload');
});

t.test('CR27: a dialog opened anew shows the same QR, or the earlier code is void', async (t) => {
  const reopened = (payload: string, accepted: boolean) => ({
    owner: { cancel: async () => undefined, enterCode: async () => ({ accepted, message: '' }) },
    lab: {
      obtainCode: async () => ({ code: CODE, qr: { text: 'first' } }),
      showQr: async () => ({ finding: { text: payload } }),
    },
  });
  t.equal(await judge('CR27', reopened('first', true)), 'pass');
  t.equal(await judge('CR27', reopened('second', false)), 'pass');
  t.equal(await judge('CR27', reopened('second', true)), 'the earlier code is accepted');
  t.equal(await judge('CR27', reopened('first', false)), 'the earlier code is accepted');
});

t.test('CR32: a mail answers the exported QR', async (t) => {
  const mailed = (what: {
    readonly files?: readonly string[];
    readonly taken?: boolean;
    readonly afterSeconds?: number;
  }) => {
    let exported = false;
    const { files = ['qr.png'], taken = true, afterSeconds = 20 } = what;
    return {
      owner: { closeMessages: async () => undefined },
      gui: {
        label: () => [],
        confirm: async () => undefined,
        poke: async (_title: string, act: () => Promise<void>) => {
          exported = true;
          await act();
        },
      },
      usb: {
        insert: async () => undefined,
        files: async () => (exported ? files.map((name) => ({ name, bytes: new Uint8Array(1) })) : []),
      },
      lab: {
        showQr: async () => undefined,
        known: async () => [],
        scanPicture: async () => ({ accepted: taken, message: 'no QR' }),
        mailWithin: async () =>
          Number.isFinite(afterSeconds) ? { receivedAt: Date.now() + afterSeconds * 1000 } : undefined,
      },
    };
  };
  t.equal(await judge('CR32', mailed({})), 'pass');
  t.equal(await judge('CR32', mailed({ files: [] })), 'the file on the drive');
  t.equal(await judge('CR32', mailed({ taken: false })), 'the service takes the attachment (no QR)');
  t.equal(
    await judge('CR32', mailed({ afterSeconds: Number.POSITIVE_INFINITY })),
    'what came to the reserved address',
  );
  t.equal(await judge('CR32', mailed({ afterSeconds: 330 })), 'from the attachment to the mail');
});

t.test('CR37: two scans leave one code alive at most', async (t) => {
  const scanned = (codes: readonly string[], alive: readonly string[]) => ({
    owner: {
      cancel: async () => undefined,
      enterCode: async () => ({ accepted: true, message: '' }),
      setNewPassword: async () => ({ accepted: true, message: '', told: [] }),
    },
    http: { emailCertification: async (code: string) => ({ status: alive.includes(code) ? 200 : 403 }) },
    lab: {
      obtainCode: async () => ({ code: CODE, qr: { text: 'first' } }),
      known: async () => [],
      scan: async () => undefined,
      mailWithin: async () => undefined,
      mailsSince: async () => codes,
      codesIn: (mail: string) => [mail],
    },
  });
  const other = 'A1B2C3D4';
  t.equal(await judge('CR37', scanned([], [CODE])), 'pass', 'no second mail');
  t.equal(await judge('CR37', scanned([CODE], [CODE])), 'pass', 'the same code twice');
  t.equal(await judge('CR37', scanned([other], [other])), 'pass', 'the newer one alone');
  t.equal(await judge('CR37', scanned([other], [CODE, other])), 'codes that are accepted');
});
