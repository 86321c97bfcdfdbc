/** The recorder's network cable. Safe state: plugged in. Throws PORT_UNREACHABLE, PORT_CLOSED. */
export interface Network extends AsyncDisposable {
  down(): Promise<void>;
  up(): Promise<void>;
}
