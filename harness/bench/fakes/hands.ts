import { HarnessError } from '../../terms/error.ts';
import { MAIL_FATES, type MailRoute } from '../../wire/mail-route.ts';
import type { Hands } from '../ports/hands.ts';
import { otherEnd } from './other-end.ts';

export interface FakeHands extends Hands {
  /** ms by which the recorder's world has aged. */
  age(): number;
  /** How its mails travel. */
  route(): MailRoute;
  vanish(): void;
  /** The recorder comes by a place where a defect would show. */
  meet(id: string): void;
}

/**
 * @param memory what snapshots hold; without it they hold only their names
 * @param known the defects of the recorder's catalogue
 */
export function fakeHands(
  memory?: { get(): string; set(value: string): void },
  known: readonly string[] = [],
): FakeHands {
  const end = otherEnd('hands');
  const stored = new Map<string, string>();
  const met = new Set<string>();
  let age = 0;
  let route: MailRoute = { kind: 'straight' };
  return {
    async advance(ms) {
      end.check();
      age += ms;
    },
    async snapshot(name) {
      end.check();
      stored.set(name, memory?.get() ?? '');
    },
    async restore(name) {
      end.check();
      const value = stored.get(name);
      if (value === undefined) {
        throw new HarnessError('PORT_PROTOCOL', `There is no snapshot ${name}.`, {
          port: 'hands',
          hint: 'Take the snapshot first.',
        });
      }
      memory?.set(value);
    },
    async setDefects(ids) {
      end.check();
      const unknown = ids.find((id) => !known.includes(id));
      if (unknown !== undefined)
        throw new HarnessError('PORT_PROTOCOL', `There is no defect ${unknown}.`, {
          port: 'hands',
          hint: 'Name one of the catalogue.',
        });
      met.clear();
    },
    async metDefects() {
      end.check();
      return [...met];
    },
    async setMail(next) {
      end.check();
      const named =
        next.kind === 'script' ? next.mails.flat() : Object.keys('chances' in next ? next.chances : {});
      const unknown = named.find((fate) => !MAIL_FATES.some((known) => known === fate));
      if (unknown !== undefined)
        throw new HarnessError('PORT_PROTOCOL', `There is no fate ${unknown} of mails.`, {
          port: 'hands',
          hint: 'Name one of the wire contract.',
        });
      route = next;
    },
    route: () => route,
    meet: (id) => void met.add(id),
    age: () => age,
    vanish: end.vanish,
    async [Symbol.asyncDispose]() {
      end.close();
    },
  };
}
