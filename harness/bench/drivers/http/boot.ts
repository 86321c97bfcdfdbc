import type { HttpRequest, HttpResponse } from '../../ports/http.ts';

/** A code, a file or a login counts as a try: whoever sends it decides whether to send it again. */
const TRY = /\/(?:emailCertification|questionCertification|GUIDFileData|loginPassword|sessionLogin)\b/i;
const STARTS_BOOT = /\/System\/(?:reboot|factoryReset)\b/i;

/**
 * Knows whether a recorder has just come up: for a while after a boot recorders refuse what they will do later, with
 * 403 and *Invalid Operation* (seen in public code for several clients).
 */
export interface BootWatch {
  /** The recorder did not answer. */
  gone(): void;
  /** It answered, at a monotonic time in ms. */
  answered(request: HttpRequest, response: HttpResponse, at: number): void;
  /** Whether a refusal may be of the boot, and costs nobody anything when asked again. */
  refusesYet(request: HttpRequest, response: HttpResponse, at: number): boolean;
}

/** @param graceMs how long after its first answer a recorder may still be booting, ms */
export function watchBoot(graceMs: number): BootWatch {
  let away = true;
  let upAt = Number.NEGATIVE_INFINITY;
  return {
    gone() {
      away = true;
    },
    answered({ path }, { status }, at) {
      if (away) upAt = at;
      away = status < 300 && STARTS_BOOT.test(path);
    },
    refusesYet: ({ path }, response, at) =>
      at - upAt < graceMs && !TRY.test(path) && isInvalidOperation(response),
  };
}

/** *Invalid Operation* with no other reason beside it. */
function isInvalidOperation({ status, body }: HttpResponse): boolean {
  if (status !== 403 || !/statusString\W{1,6}\s*Invalid ?Operation/i.test(body)) return false;
  const reason = /subStatusCode\W{1,6}([\w.-]+)/i.exec(body)?.[1];
  return reason === undefined || /^(?:invalidOperation|deviceBusy)$/i.test(reason);
}
