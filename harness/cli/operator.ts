import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { type Desk, openDesk } from '../bench/drivers/operator/desk.ts';
import { openPage } from '../bench/drivers/operator/page.ts';
import { recordedWay } from '../bench/drivers/operator/recorded.ts';
import { terminalWay } from '../bench/drivers/operator/terminal.ts';
import type { Way } from '../bench/drivers/operator/way.ts';
import { type Answers, parseAnswers } from '../config/answers.ts';
import { refuse } from '../config/problems.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Args, Option } from './args.ts';

/** The options by which a command is told who can be asked. */
export const OPERATOR: Readonly<Record<'operator' | 'answers', Option>> = {
  operator: {
    type: 'string',
    value: 'WHERE',
    help: 'where people are asked: terminal (default on one), page (and on a terminal too), none',
  },
  answers: { type: 'string', value: 'FILE', help: 'answers given before (YAML; docs/drivers/operator.md)' },
};

/** Who can be asked. */
export interface Attendance {
  readonly terminal: boolean;
  readonly page: boolean;
  readonly answers: { readonly file: string; readonly content: Answers } | undefined;
}

const WHERE = ['terminal', 'page', 'none'] as const;

/**
 * What the arguments say of who can be asked.
 * @param isTerminal whether this program talks to a person
 * @throws HarnessError USAGE for another place, or a terminal where there is none; CONFIG_MISSING and CONFIG_INVALID of
 * the file of answers
 */
export function attendanceOf(args: Args, isTerminal: boolean): Attendance {
  const where = args.text('operator') ?? (isTerminal ? 'terminal' : 'none');
  if (!WHERE.some((one) => one === where))
    throw new HarnessError('USAGE', `--operator expects ${WHERE.join(', ')}; found ${where}`, {
      hint: 'leave it out: people are asked in the terminal, where there is one',
    });
  if (where === 'terminal' && !isTerminal)
    throw new HarnessError('USAGE', '--operator terminal: there is no terminal to ask in', {
      hint: 'use --operator page, or answers in a file (--answers)',
    });
  const file = args.text('answers');
  return {
    terminal: where !== 'none' && isTerminal,
    page: where === 'page',
    answers: file === undefined ? undefined : { file, content: answersIn(file) },
  };
}

/** Whether anybody, or a file of answers, can be asked. */
export function isAttended({ terminal, page, answers }: Attendance): boolean {
  return terminal || page || answers !== undefined;
}

export interface DeskOfRun {
  readonly clock: Clock;
  /** See {@link terminalWay}. */
  readonly hold: () => () => void;
  readonly onInterrupt: () => void;
  /** Says a line to whoever watches. */
  readonly say: (line: string) => void;
  /** Told the origin of the page, where there is one. An origin alone opens nothing. */
  readonly onPage?: (origin: string) => Promise<void>;
}

/** Opens the places where prompts are answered. */
export async function deskFor(attendance: Attendance, options: DeskOfRun): Promise<Desk> {
  const { clock, hold, onInterrupt, say } = options;
  const by = userInfo().username;
  const ways: Way[] = [];
  const { answers } = attendance;
  if (answers !== undefined) {
    const folder = dirname(resolve(answers.file));
    ways.push(recordedWay({ ...answers.content, folder }));
  }
  if (attendance.page) {
    const page = await openPage({ clock, by, onLink: (link) => say(`something is asked: ${link}`) });
    ways.push(page);
    await options.onPage?.(new URL(page.link()).origin);
  }
  if (attendance.terminal) {
    const colour = process.env.NO_COLOR === undefined;
    ways.push(terminalWay({ input: process.stdin, output: process.stdout, by, colour, hold, onInterrupt }));
  }
  return openDesk({ ways, clock });
}

function answersIn(file: string): Answers {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HarnessError('CONFIG_MISSING', `${file} cannot be read`, {
      cause,
      hint: 'name a file of answers with --answers FILE',
    });
  }
  const { answers, problems } = parseAnswers(relative(process.cwd(), file) || file, text);
  refuse(problems);
  if (answers === undefined) throw new HarnessError('CONFIG_INVALID', `${file} holds no answers`);
  return answers;
}
