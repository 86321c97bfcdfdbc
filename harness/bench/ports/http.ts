/** Who asks: nobody, or a user by digest. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}
export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Path and query, e.g. `/ISAPI/System/deviceInfo`. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: Credentials;
  /** Called each time right before the answer to a challenge goes out with the credentials: from then on a try is made. */
  readonly onLogin?: () => void;
  /** Ends the request: with its reason where that is a HarnessError, else with PORT_TIMEOUT. */
  readonly signal?: AbortSignal;
}
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
/** One exchange as it went over the wire, for evidence; digest retries are exchanges of their own. */
export interface HttpExchange {
  readonly at: number;
  readonly milliseconds: number;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly response?: HttpResponse;
  readonly failure?: string;
  /** What had to be tolerated, and why it was asked again: a sentence each. Absent: nothing. */
  readonly notes?: readonly string[];
}
/**
 * Raw HTTP to the recorder. A status is an answer, not an error. Throws HarnessError PORT_UNREACHABLE when no
 * answer comes (with the cause), PORT_TIMEOUT past the deadline, PORT_CLOSED after close, PORT_PROTOCOL for a body that
 * cannot be read, WRONG_DEVICE and CONFIG_MISSING where its certificate is not the one that was named.
 */
export interface Http extends AsyncDisposable {
  /** One request; with credentials a digest challenge is answered once. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Hears of every exchange until the returned function is called. */
  onExchange(listener: (exchange: HttpExchange) => void): () => void;
}
