import type { Sadp } from '../ports/sadp.ts';
import { otherEnd } from './other-end.ts';

/** A recorder that says of itself what the test lets it say. */
export interface FakeSadp extends Sadp {
  /** What is answered from now on; undefined: nothing. `UUID` in it stands for that of the question. */
  answers(text: string | undefined): void;
}

/** Silent at first. */
export function fakeSadp(): FakeSadp {
  const end = otherEnd('sadp');
  let text: string | undefined;
  return {
    async inquire() {
      end.check();
      if (text === undefined || !/<Uuid>UUID</.test(text)) return undefined;
      const leaves = [...text.matchAll(/<(\w+)>([^<]*)<\/\1>/g)];
      return {
        text,
        fields: Object.fromEntries(leaves.map(([, name = '', value = '']) => [name, value.trim()])),
      };
    },
    answers(next) {
      text = next;
    },
    async [Symbol.asyncDispose]() {
      end.close();
    },
  };
}
