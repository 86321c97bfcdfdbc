import type { Entry } from './channels.ts';

/** One message with all that it holds, as a text for people; a picture without its bytes. */
export function wholeOf(entry: Entry): string {
  const head = `${new Date(entry.at).toISOString()} ${entry.topic}\n\n`;
  switch (entry.topic) {
    case 'http': {
      const { request, response, failure, milliseconds, notes } = entry.value;
      const headers = (all: Readonly<Record<string, string>>) =>
        Object.entries(all).map(([name, value]) => `${name}: ${value}`);
      return (
        head +
        [
          ...notes.map((note) => `* ${note}`),
          `${request.method} ${request.path}`,
          ...headers(request.headers),
          ...(request.body === '' ? [] : ['', request.body]),
          '',
          ...(response === undefined
            ? [`no answer after ${milliseconds} ms: ${failure ?? ''}`]
            : [`${response.status} (${milliseconds} ms)`, ...headers(response.headers), '', response.body]),
        ].join('\n')
      );
    }
    case 'mail': {
      const { from, to, subject, text } = entry.value;
      return `${head}From: ${from}\nTo: ${to.join(', ')}\nSubject: ${subject}\n\n${text}`;
    }
    case 'serial':
      return head + entry.value.text;
    case 'reading':
      return (
        head +
        entry.value.items
          .map(
            ({ kind, text, box: { x, y, width, height } }) =>
              `${kind} ${text} (${width}x${height} at ${x},${y})`,
          )
          .join('\n')
      );
    case 'frame': {
      const { data, ...facts } = entry.value;
      return `${head}${JSON.stringify({ ...facts, bytes: Math.floor((data.length * 3) / 4) }, null, 2)}`;
    }
    default:
      return head + JSON.stringify(entry.value, null, 2);
  }
}
