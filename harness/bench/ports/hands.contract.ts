import type { Test } from 'tap';
import type { MailRoute } from '../../wire/mail-route.ts';
import { failure } from './contract-help.ts';
import type { Hands } from './hands.ts';

/** Open hands on a recorder, and a look at the recorder's own end. */
export interface HandsUnderTest extends AsyncDisposable {
  readonly hands: Hands;
  /** ms by which the recorder's world has aged since open. */
  age(): number;
  /** Something in the recorder that snapshots hold. */
  memory: { get(): string; set(value: string): void };
  /** An id of the recorder's catalogue of defects, and a way to come by its place. */
  defect: { readonly id: string; meet(): PromiseLike<void> };
  /** How the recorder's mails travel. */
  route(): MailRoute;
  vanish(): PromiseLike<void>;
}

/** What every driver of the hands port, and the fake, promise. */
export function handsContract(t: Test, name: string, open: () => Promise<HandsUnderTest>): Promise<unknown> {
  return t.test(`hands contract: ${name}`, async (t) => {
    t.test('lets the recorder age by as much as was said', async (t) => {
      await using bench = await open();
      await bench.hands.advance(48 * 3_600_000);
      await bench.hands.advance(1);
      t.equal(bench.age(), 48 * 3_600_000 + 1);
    });

    t.test('brings a stored state back, as often as wanted', async (t) => {
      await using bench = await open();
      bench.memory.set('before');
      await bench.hands.snapshot('one');
      for (const other of ['after', 'later']) {
        bench.memory.set(other);
        await bench.hands.restore('one');
        t.equal(bench.memory.get(), 'before');
      }
    });

    t.test('a name that was never stored is refused, and changes nothing', async (t) => {
      await using bench = await open();
      bench.memory.set('as it was');
      t.equal((await failure(bench.hands.restore('nobody')))?.code, 'PORT_PROTOCOL');
      t.equal(bench.memory.get(), 'as it was');
    });

    t.test('tells which defects were met since they were set', async (t) => {
      await using bench = await open();
      const { id } = bench.defect;
      await bench.hands.setDefects([id]);
      t.same(await bench.hands.metDefects(), []);
      await bench.defect.meet();
      t.ok((await bench.hands.metDefects()).includes(id));
      t.equal((await failure(bench.hands.setDefects(['no-such-defect'])))?.code, 'PORT_PROTOCOL');
      t.ok((await bench.hands.metDefects()).includes(id), 'what is refused changes nothing');
      await bench.hands.setDefects([]);
      t.same(await bench.hands.metDefects(), []);
    });

    t.test('troubles the mails as was said, until something else is said', async (t) => {
      await using bench = await open();
      const script: MailRoute = { kind: 'script', mails: [['delay', 'spam'], []], seed: 3 };
      await bench.hands.setMail(script);
      t.same(bench.route(), script);
      await bench.hands.snapshot('one');
      const seeded: MailRoute = { kind: 'seeded', seed: 7, chances: { duplicate: 1 } };
      await bench.hands.setMail(seeded);
      await bench.hands.restore('one');
      t.same(bench.route(), seeded, 'a restore leaves it alone');
      const wrong = { kind: 'script', mails: [['no-such-fate']] } as unknown as MailRoute;
      t.equal((await failure(bench.hands.setMail(wrong)))?.code, 'PORT_PROTOCOL');
      t.same(bench.route(), seeded, 'what is refused changes nothing');
      await bench.hands.setMail({ kind: 'straight' });
      t.same(bench.route(), { kind: 'straight' });
    });

    t.test('after close every call says so; when the other end is gone, that', async (t) => {
      await using bench = await open();
      await bench.vanish();
      const gone = await failure(bench.hands.advance(1));
      t.equal(gone?.code, 'PORT_UNREACHABLE');
      t.ok(gone?.hint);
      await bench.hands[Symbol.asyncDispose]();
      await bench.hands[Symbol.asyncDispose]();
      t.equal((await failure(bench.hands.advance(1)))?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.hands.snapshot('x')))?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.hands.restore('x')))?.code, 'PORT_CLOSED');
    });
  });
}
