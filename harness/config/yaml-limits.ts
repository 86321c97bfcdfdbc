import { Composer, type CST, type Document, Lexer, type LineCounter, Parser, YAMLParseError } from 'yaml';

/** Longest file, characters: the longest of this project has a thirtieth. */
const LONGEST = 1024 * 1024;
/** Most words, signs and gaps between them: the longest file of this project has a tenth. */
const MOST_PIECES = 100_000;
/** Most levels that a file may have. */
const DEEPEST = 64;

/** Why a file is not read any further, and from where on. */
interface Excess {
  /** Characters from the begin. */
  readonly offset: number;
  readonly message: string;
}
/** The first document of a file, with its errors in it. */
type Read = { readonly doc: Document.Parsed } | { readonly excess: Excess };

/**
 * Reads a text within limits, so that the time goes with its length and no text overflows the stack. Whether keys are unique
 * is not checked: the parser compares each with all before it.
 *
 * @param counter learns where lines begin, up to where was read
 */
export function documentOf(text: string, counter: LineCounter): Read {
  counter.addNewLine(0);
  if (text.length > LONGEST)
    return {
      excess: {
        offset: 0,
        message: `expected at most ${LONGEST} characters, found ${text.length}: split the file, or take out what is no configuration`,
      },
    };
  const tokens = tokensOf(text, counter);
  if ('excess' in tokens) return tokens;
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const [doc, second] = withoutStacks(() => firstTwo(composer.compose(tokens.list, true, text.length)));
  // Given `true`, the composer ends with a document whatever it was fed.
  if (doc === undefined) throw new Error('the YAML composer made no document');
  if (second !== undefined)
    doc.errors.push(
      new YAMLParseError(
        [second.range[0], second.range[1]],
        'MULTIPLE_DOCS',
        'expected one document, found another: take out what stands from its --- on',
      ),
    );
  return { doc };
}

/** The parser is fed piece by piece: it calls itself for each level, and is stopped before it does so too often. */
function tokensOf(
  text: string,
  counter: LineCounter,
): { readonly list: readonly CST.Token[] } | { readonly excess: Excess } {
  const parser = new Parser(counter.addNewLine);
  const list: CST.Token[] = [];
  let pieces = 0;
  for (const piece of new Lexer().lex(text)) {
    pieces += 1;
    const { offset } = parser;
    if (pieces > MOST_PIECES)
      return {
        excess: {
          offset,
          message: `more than ${MOST_PIECES} words and signs before this place: split the file, or mend what is repeated above`,
        },
      };
    for (const token of parser.next(piece)) list.push(token);
    // On top of the levels are the document, and a text that is not yet at its end.
    if (parser.stack.length > DEEPEST + 2)
      return {
        excess: {
          offset,
          message: `more than ${DEEPEST} levels, one in another: close the brackets before this place, or indent less`,
        },
      };
  }
  for (const token of parser.end()) list.push(token);
  return { list };
}

/** What comes after them is not composed. */
function firstTwo<T>(all: Iterable<T>): readonly T[] {
  const [one, two] = all;
  return [one, two].filter((found) => found !== undefined);
}

/** A text may have tens of thousands of errors, and nearly all of the time would go into where in the parser each was made. */
function withoutStacks<T>(body: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return body();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
