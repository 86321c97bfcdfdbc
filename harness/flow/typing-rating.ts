import { bad, good, type RatingLine, untried } from './rating-line.ts';
import type { Typed } from './typing-probe.ts';

const LOST =
  'let the driver type more slowly (keyDelayMs, or a lower baudRate), see that nobody else types, and plug the cable of the keyboard in anew';
const LAYOUT =
  "set the recorder's keyboard to the US layout, with Caps Lock off; where the picture shows the text as it was typed, it was misread: see the other figures of the capture";

/** Whether typed text arrives whole, as far as the field tells. */
export function typingLines(typing: Typed): readonly RatingLine[] {
  const { left = 0 } = typing;
  return [
    typingLine(typing),
    ...(left === 0
      ? []
      : [
          bad(
            'typing',
            `${left} of the characters typed are still in the field; nothing was confirmed`,
            'empty the field at the recorder, and see that Backspace arrives',
          ),
        ]),
  ];
}

function typingLine(typing: Typed): RatingLine {
  if (typing.state === 'not-tried') return untried('typing', `not tried, because ${typing.why}`, typing.cure);
  const { typed } = typing;
  const keys = `${typed.length} characters`;
  if (typing.state === 'counted') {
    const { dots } = typing;
    if (dots === typed.length)
      return good(
        'typing',
        `${keys} typed, ${dots} dots in a masked field: the keys arrive; whether as the right characters, a masked field does not tell`,
      );
    return bad('typing', `${keys} typed, ${dots} dots in the masked field`, LOST);
  }
  const { shown } = typing;
  if (shown === typed) return good('typing', `"${typed}" arrives whole`);
  const told = `"${typed}" was typed, the field shows "${shown}"`;
  return bad('typing', told, shown.length === typed.length ? LAYOUT : LOST);
}
