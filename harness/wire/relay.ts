/**
 * The twin's app-and-mail service as its clients see it: JSON over HTTP on loopback. The scheme is this project's
 * own and says nothing about any vendor's. A reset QR holds a sealed letter from the recorder to the service; for
 * everybody else it is an opaque string.
 */

/** `POST /app/session`: answer {@link AppSession}. */
export type AppSessionRequest =
  | { readonly mode: 'visitor' }
  | { readonly mode: 'account'; readonly user: string; readonly password: string };
export interface AppSession {
  readonly token: string;
}
/** `POST /app/scan`, `Authorization: Bearer <token>`: what the phone's camera read. */
export interface ScanRequest {
  readonly payload: string;
}
export type ScanResult =
  | { readonly status: 'sent'; readonly message: string }
  | {
      readonly status: 'refused';
      readonly reason: 'invalid-qr' | 'rate-limited' | 'expired';
      readonly message: string;
    };

/** Longest payload a reset QR may hold, bytes. */
export const RESET_QR_MAX_BYTES = 1024;
/** Length of the mailed code, characters. */
export const CODE_LENGTH = 8;
