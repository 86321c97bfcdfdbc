/** The drive that *Export* writes to. Throws PORT_UNREACHABLE, PORT_CLOSED. Safe state: pulled out. */
export interface Usb extends AsyncDisposable {
  insert(): Promise<void>;
  remove(): Promise<void>;
  /** Puts a file on the drive, as with a computer; what had its name is replaced. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Files on the drive. */
  files(): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]>;
}
