import type { Answer, PromptRecord } from '../../../terms/record.ts';
import type { Prompt } from '../../ports/operator.ts';

/** A prompt as it is put before people. */
export interface Posted {
  /** 1, 2, 3, … in the order of asking. */
  readonly number: number;
  /** Whose bench asks. */
  readonly dut: string;
  readonly prompt: Prompt;
  /** When it is given up, ms since the epoch. */
  readonly until: number;
}
/** How what was answered comes back. */
export interface Reply {
  /** Hands an answer in. @returns why it does not count; undefined where it does */
  answer(answer: Answer): string | undefined;
  /** Ends the prompt with an error: nobody can answer it rightly here. */
  fail(error: unknown): void;
}
/** A prompt that is shown in one place. */
export interface Shown {
  /** Takes it away, and tells what came of it. */
  over(record: PromptRecord): void;
}

/** One place where prompts are shown and answered. */
export interface Way extends AsyncDisposable {
  /** Shows a prompt; undefined where nobody will ever answer it here. */
  show(posted: Posted, reply: Reply): Shown | undefined;
}

/** What came of a prompt, in a sentence. */
export function outcomeText({ outcome, answer }: PromptRecord): string {
  if (answer === undefined) return outcome === 'withdrawn' ? 'It was withdrawn.' : 'Nobody answered in time.';
  const note = answer.note === undefined ? '' : ` (${answer.note})`;
  return `Answered: ${answer.value}${note}, by ${answer.by}, ${WAYS[answer.way]}.`;
}

const WAYS: Readonly<Record<Answer['way'], string>> = {
  terminal: 'in the terminal',
  page: 'on the page',
  script: 'by a script',
  recorded: 'by a recorded answer',
};
