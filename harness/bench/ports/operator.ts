import type { Frame } from '../../terms/frame.ts';
import type { Answer, PromptRecord } from '../../terms/record.ts';

/** One of the answers to choose from. */
export interface PromptOption {
  /** What a script says and the record keeps: lower-case letters, digits and dashes. */
  readonly value: string;
  /** What a person reads. */
  readonly label: string;
  /** Whoever chooses it cannot do what was asked: the case then ends, and says nothing of the recorder. */
  readonly unable?: true;
}
interface Question {
  /** By which recorded answers are found, e.g. `scan-qr`: lower-case letters, digits and dashes. */
  readonly id: string;
  /** What is asked, one sentence. */
  readonly title: string;
  /** What to do before it is answered, a sentence each. */
  readonly steps?: readonly string[];
  /** The text of a QR that is shown for a phone to scan. */
  readonly qr?: string;
  /** What may be said beside the answer, e.g. `What the app said`. Default: nothing. */
  readonly note?: string;
}
type Options = readonly [PromptOption, ...PromptOption[]];
/** What a person is asked: to choose, to write a text, or to judge a picture. */
export type Prompt = Question &
  (
    | { readonly kind: 'options'; readonly options: Options }
    /** `pattern`: a regular expression that the whole text must match; `example`: a text that does. */
    | { readonly kind: 'text'; readonly pattern: string; readonly example: string }
    | {
        readonly kind: 'picture';
        readonly frame: Pick<Frame, 'bytes' | 'format'>;
        readonly options: Options;
      }
  );

export interface AskOptions {
  /** How long the answer may take, ms. */
  readonly timeoutMs: number;
  /** Withdraws the prompt; `ask` then fails with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Who stands at the bench of one recorder, in person or by proxy. A prompt may be seen in several places; the first answer
 * that fits counts, and the other places are told. Throws OPERATOR_TIMEOUT when nobody answered in time, OPERATOR_ABSENT
 * when nobody ever could, CONFIG_INVALID for a recorded answer that does not fit, PORT_CLOSED. Closing withdraws what is
 * still asked.
 */
export interface Operator extends AsyncDisposable {
  ask(prompt: Prompt, options: AskOptions): Promise<Answer>;
  /** Hears of each prompt when it is over, before `ask` returns. @returns ends it */
  watch(listener: (over: PromptRecord) => void): () => void;
}

/** Why a value is no answer to a prompt, as a sentence for whoever gave it; undefined where it is one. */
export function objectionTo(prompt: Prompt, value: string): string | undefined {
  if (prompt.kind === 'text')
    return new RegExp(`^(?:${prompt.pattern})$`, 'u').test(value)
      ? undefined
      : `Expected something like ${prompt.example}.`;
  return prompt.options.some((option) => option.value === value)
    ? undefined
    : `Expected one of ${prompt.options.map((option) => option.value).join(', ')}.`;
}
