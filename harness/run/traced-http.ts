import type { Http, HttpExchange } from '../bench/ports/http.ts';
import type { Trace } from '../flow/trace.ts';

/** An HTTP port that leaves every exchange in the record, as a step with the text of what went over the wire. */
export function tracedHttp(http: Http, trace: Trace): Http {
  return {
    request: (request) =>
      trace.step(`HTTP ${request.method} ${request.path}`, async () => {
        const exchanges: HttpExchange[] = [];
        const stop = http.onExchange((exchange) => {
          if (exchange.request.path === request.path) exchanges.push(exchange);
        });
        try {
          return await http.request(request);
        } finally {
          stop();
          trace.text('http', `${request.method} ${request.path}`, exchanges.map(exchangeText).join('\n\n'));
        }
      }),
    onExchange: (listener) => http.onExchange(listener),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** An exchange as one would read it off the wire. */
export function exchangeText({ request, response, failure, milliseconds, notes = [] }: HttpExchange): string {
  const lines = (headers: Readonly<Record<string, string>>) =>
    Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    ...notes.map((note) => `* ${note}`),
    `> ${request.method} ${request.path}`,
    ...lines(request.headers).map((line) => `> ${line}`),
    ...(request.body === '' ? [] : ['>', ...request.body.split('\n').map((line) => `> ${line}`)]),
    ...(response === undefined
      ? [`! no answer after ${milliseconds} ms: ${failure ?? ''}`]
      : [
          `< ${response.status} (${milliseconds} ms)`,
          ...lines(response.headers).map((line) => `< ${line}`),
          '<',
          response.body,
        ]),
  ].join('\n');
}
