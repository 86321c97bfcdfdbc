import type { Entry, Message } from './channels.ts';

/** Longest line of a time line, characters. */
const LONGEST = 160;

/** One message in one line, for people. */
export function lineOf(entry: Entry): string {
  const text = wordsOf(entry).replace(/\s+/g, ' ').trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function wordsOf(entry: Entry): string {
  switch (entry.topic) {
    case 'session':
      return sessionWords(entry.value);
    case 'step':
      return stepWords(entry.value);
    case 'frame': {
      const { frame_id, format, title, covered } = entry.value;
      const what = frame_id === 'qr' ? 'a QR' : `a picture (${format})`;
      return `${what}: ${title}${covered === 0 ? '' : `; ${covered} covered`}`;
    }
    case 'reading': {
      const texts = entry.value.items.map(({ text }) => text).filter((text) => text !== '');
      return `${entry.value.items.length} items: ${texts.join(' | ')}`;
    }
    case 'input':
      return inputWords(entry.value);
    case 'serial':
      return `${entry.value.direction === 'in' ? '<' : '>'} ${entry.value.text}`;
    case 'http': {
      const { request, response, failure = '', milliseconds, notes } = entry.value;
      const outcome = response === undefined ? `no answer: ${failure}` : String(response.status);
      const told = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
      return `${request.method} ${request.path} -> ${outcome}, ${milliseconds} ms${told}`;
    }
    case 'mail':
      return `to ${entry.value.to.join(', ')}: ${entry.value.subject}`;
    case 'scan': {
      const { as, characters, accepted, message = '', failure = '' } = entry.value;
      const outcome =
        failure === '' ? `${accepted ? 'accepted' : 'refused'}: ${message}` : `failed: ${failure}`;
      return `${characters} characters shown to the app (${as}): ${outcome}`;
    }
    case 'prompt': {
      const { title, outcome, value = '', by = '' } = entry.value;
      return `${title} ${outcome === 'answered' ? `${by}: ${value}` : outcome}`;
    }
    case 'sadp':
      return entry.value.answer ?? 'no answer';
    case 'power':
    case 'network':
    case 'usb':
    case 'hands': {
      const { act, detail = '', failure } = entry.value;
      return `${act} ${detail}${failure === undefined ? '' : ` failed: ${failure}`}`;
    }
  }
}

function sessionWords(value: Message<'session'>): string {
  switch (value.event) {
    case 'begin':
      return `begins: ${value.dut}, ${value.model} ${value.firmware}, ${value.resolution}`;
    case 'full':
      return `full at ${value.maxBytes} bytes: nothing was kept from here on`;
    case 'end':
      return 'ends';
  }
}

function stepWords({ kind, text, requirement = '', verdict = '', error = '' }: Message<'step'>): string {
  switch (kind) {
    case 'case':
      return `${requirement} begins: ${text}`;
    case 'step':
      return error === '' ? text : `${text}: ${error}`;
    case 'expectation':
      return `${verdict}: ${text}`;
    case 'verdict':
      return `${requirement}: ${verdict} ${text}`;
  }
}

function inputWords({ kind, x, y, button, key, count, text, hidden, failure }: Message<'input'>): string {
  const place = x === undefined ? 'somewhere' : `at ${x},${y}`;
  const words = {
    move: `pointer ${place}`,
    click: `${button ?? 'left'} click ${place}`,
    drag: `drag through ${count ?? 0} points`,
    press: `key ${key ?? ''}${(count ?? 1) > 1 ? ` ${count} times` : ''}`,
    type: text === undefined ? `types ${count ?? 0} characters` : `types ${text}`,
  }[kind];
  return `${words}${hidden ? ' (hidden)' : ''}${failure === undefined ? '' : `: ${failure}`}`;
}
