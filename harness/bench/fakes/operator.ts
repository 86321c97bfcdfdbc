import { createHash } from 'node:crypto';
import { HarnessError } from '../../terms/error.ts';
import type { Answer, PromptRecord } from '../../terms/record.ts';
import { type Operator, objectionTo, type Prompt } from '../ports/operator.ts';
import { otherEnd } from './other-end.ts';

/** An operator with a script. Dispose complains (USAGE) of answers that nobody asked for. */
export interface FakeOperator extends Operator {
  /** The answer to the next prompt of this id. */
  answer(id: string, reply: Pick<Answer, 'value' | 'note'>): void;
  /** Every prompt so far, oldest first. */
  prompts(): readonly Prompt[];
}

/** Without a script nobody is there: OPERATOR_ABSENT. Time stands still. */
export function fakeOperator(): FakeOperator {
  const end = otherEnd('operator');
  const script: { readonly id: string; readonly reply: Pick<Answer, 'value' | 'note'> }[] = [];
  const prompts: Prompt[] = [];
  const listeners = new Set<(over: PromptRecord) => void>();
  return {
    async ask(prompt, { signal }) {
      end.check();
      signal?.throwIfAborted();
      prompts.push(prompt);
      const index = script.findIndex(({ id }) => id === prompt.id);
      const [step] = index < 0 ? [] : script.splice(index, 1);
      const { id, title, kind } = prompt;
      const seen = prompt.kind === 'picture' ? prompt.frame.bytes : prompt.qr;
      const shown = seen === undefined ? {} : { shown: createHash('sha256').update(seen).digest('hex') };
      const facts = { id, title, kind, at: 0, milliseconds: 0, ...shown };
      if (step === undefined) {
        for (const listener of listeners) listener({ ...facts, outcome: 'unanswered' });
        throw new HarnessError('OPERATOR_ABSENT', `Nobody is there to be asked: ${title}`, {
          port: 'operator',
          hint: 'Script an answer.',
        });
      }
      const objection = objectionTo(prompt, step.reply.value);
      if (objection !== undefined) throw new HarnessError('CONFIG_INVALID', objection, { port: 'operator' });
      const answer: Answer = { ...step.reply, by: 'a fake', way: 'script' };
      for (const listener of listeners) listener({ ...facts, outcome: 'answered', answer });
      return answer;
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    answer: (id, reply) => void script.push({ id, reply }),
    prompts: () => prompts.slice(),
    async [Symbol.asyncDispose]() {
      if (!end.close() || script.length === 0) return;
      throw new HarnessError(
        'USAGE',
        `Scripted answers that nobody asked for: ${script.map(({ id }) => id).join(', ')}.`,
        { port: 'operator' },
      );
    },
  };
}
