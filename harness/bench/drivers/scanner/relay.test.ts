import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { type ScannerUnderTest, scannerContract } from '../../ports/scanner.contract.ts';
import type { ScanAnswer } from '../../ports/scanner.ts';
import { type FixtureServer, serveJson } from '../json-server.fixture.ts';
import { openRelayScanner } from './relay.ts';

const ACCOUNT = { user: 'lab', password: 'Harbour-77' };

interface Relay extends FixtureServer {
  readonly answers: Map<string, ScanAnswer>;
  readonly scans: { readonly payload: string; readonly as: 'visitor' | 'account' }[];
  readonly routes: string[];
  /** Forgets every session. */
  forget(): void;
}

/** The app's service as `wire/relay.ts` says it; a refusal comes with a status of its own. */
async function serveRelay(): Promise<Relay> {
  const answers: Relay['answers'] = new Map();
  const scans: Relay['scans'] = [];
  const routes: string[] = [];
  const sessions = new Map<string, 'visitor' | 'account'>();
  const server = await serveJson(async ({ route, body, token }) => {
    routes.push(route);
    const asked = body as Record<string, string>;
    if (route === 'POST /app/session') {
      if (asked.mode === 'account' && (asked.user !== ACCOUNT.user || asked.password !== ACCOUNT.password)) {
        return [401, { error: 'unknown account' }];
      }
      const fresh = `t${routes.length}`;
      sessions.set(fresh, asked.mode === 'account' ? 'account' : 'visitor');
      return [200, { token: fresh }];
    }
    const as = sessions.get(token ?? '');
    if (route !== 'POST /app/scan' || as === undefined) return [401, { error: 'sign in first' }];
    const payload = asked.payload ?? '';
    scans.push({ payload, as });
    const answer = answers.get(payload);
    if (answer === undefined) return [500, 'oops'];
    return answer.accepted
      ? [200, { status: 'sent', message: answer.message }]
      : [422, { status: 'refused', reason: 'invalid-qr', message: answer.message }];
  });
  return { ...server, answers, scans, routes, forget: () => sessions.clear() };
}

scannerContract(t, 'relay', async (): Promise<ScannerUnderTest> => {
  const relay = await serveRelay();
  const scanner = await openRelayScanner({ url: relay.url, clock, account: ACCOUNT });
  return {
    scanner,
    expectScan: (payload, answer) => relay.answers.set(payload, answer),
    scans: () => relay.scans,
    vanish: () => relay[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await scanner[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    },
  };
});

t.test('signs in once, and once more when the service has forgotten it', async (t) => {
  await using relay = await serveRelay();
  relay.answers.set('x', { accepted: true, message: 'sent' });
  await using scanner = await openRelayScanner({ url: relay.url, clock });
  await Promise.all([scanner.scan({ payload: 'x' }), scanner.scan({ payload: 'x' })]);
  t.same(relay.routes, ['POST /app/session', 'POST /app/scan', 'POST /app/scan']);
  relay.forget();
  t.ok((await scanner.scan({ payload: 'x' })).accepted);
  t.same(relay.routes.slice(3), ['POST /app/scan', 'POST /app/session', 'POST /app/scan']);
});

t.test('an account that is missing or refused is told apart', async (t) => {
  await using relay = await serveRelay();
  await using none = await openRelayScanner({ url: relay.url, clock });
  await t.rejects(none.scan({ payload: 'x' }, { as: 'account' }), {
    code: 'CONFIG_MISSING',
    hint: /account/,
  });
  await using wrong = await openRelayScanner({
    url: relay.url,
    clock,
    account: { ...ACCOUNT, password: 'no' },
  });
  await t.rejects(wrong.scan({ payload: 'x' }, { as: 'account' }), {
    code: 'CREDENTIALS_REFUSED',
    hint: /password/,
  });
});

t.test('a service that forgets its sessions for ever, or answers nonsense, is no service', async (t) => {
  await using relay = await serveRelay();
  await using scanner = await openRelayScanner({ url: relay.url, clock });
  await t.rejects(scanner.scan({ payload: 'unscripted' }), { code: 'PORT_PROTOCOL', message: /500/ });
  await using deaf = await serveJson(async ({ route }) =>
    route === 'POST /app/session' ? [200, { token: 't' }] : [401, {}],
  );
  await using lost = await openRelayScanner({ url: deaf.url, clock });
  await t.rejects(lost.scan({ payload: 'x' }), { code: 'PORT_PROTOCOL', message: /401/ });
  await using page = await serveJson(async () => [200, '<h1>hello</h1>']);
  await using stray = await openRelayScanner({ url: page.url, clock });
  await t.rejects(stray.scan({ payload: 'x' }), { code: 'PORT_PROTOCOL', hint: /URL/ });
});

t.test('a service that cannot do its part is told with its own words, and where to look', async (t) => {
  await using server = await serveJson(async ({ route }) =>
    route === 'POST /app/session'
      ? [200, { token: 't' }]
      : [502, { error: 'the mail server did not take the mail (ESOCKET)' }],
  );
  await using scanner = await openRelayScanner({ url: server.url, clock });
  await t.rejects(scanner.scan({ payload: 'x' }), {
    code: 'PORT_PROTOCOL',
    port: 'scanner',
    message: /cannot do a scan: the mail server did not take the mail/,
    hint: /SMTP server of the lab's mailbox/,
  });
});
