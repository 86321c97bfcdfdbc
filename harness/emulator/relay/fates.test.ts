import t from 'tap';
import { MAIL_FATES, type MailRoute } from '../../wire/mail-route.ts';
import { MailFates } from './fates.ts';

/** The fates and first numbers of the next mails. */
function drawn(route: MailRoute, count: number) {
  const fates = new MailFates(route);
  return Array.from({ length: count }, () => {
    const turn = fates.next();
    return turn && { fates: [...turn.fates], numbers: [turn.random(), turn.random()] };
  });
}

t.test('the same seed draws the same fates, another one others', async (t) => {
  const route = { kind: 'seeded', seed: 11 } as const;
  t.same(drawn(route, 40), drawn(route, 40));
  t.notSame(drawn(route, 40), drawn({ kind: 'seeded', seed: 12 }, 40));
  const met = new Set(drawn(route, 200).flatMap((turn) => turn?.fates ?? []));
  t.same([...met].sort(), [...MAIL_FATES].sort(), 'each fate comes up');
});

t.test('setting a seed again begins anew', async (t) => {
  const route = { kind: 'seeded', seed: 5 } as const;
  const fates = new MailFates(route);
  const first = [...(fates.next()?.fates ?? [])];
  fates.next();
  fates.set(route);
  t.same([...(fates.next()?.fates ?? [])], first);
});

t.test('a chance that is changed changes no other fate', async (t) => {
  const without = (fate: string) => (turn: ReturnType<typeof drawn>[number]) =>
    turn?.fates.filter((one) => one !== fate);
  const usual = drawn({ kind: 'seeded', seed: 3 }, 60);
  const more = drawn({ kind: 'seeded', seed: 3, chances: { spam: 1 } }, 60);
  t.same(more.map(without('spam')), usual.map(without('spam')));
  t.ok(more.every((turn) => turn?.fates.includes('spam')));
  t.same(
    drawn(
      { kind: 'seeded', seed: 3, chances: Object.fromEntries(MAIL_FATES.map((one) => [one, 0])) },
      9,
    ).flatMap((turn) => turn?.fates ?? ['straight']),
    [],
  );
});

t.test('a script goes mail by mail, and straight after its end', async (t) => {
  const script = drawn({ kind: 'script', mails: [['spam'], [], ['delay', 'foreign']] }, 4);
  t.same(
    script.map((turn) => turn?.fates),
    [['spam'], [], ['delay', 'foreign'], undefined],
  );
  t.same(drawn({ kind: 'straight' }, 2), [undefined, undefined]);
});
