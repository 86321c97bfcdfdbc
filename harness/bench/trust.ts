import { readFileSync } from 'node:fs';
import type { TlsConfig } from '../config/devices.ts';
import { HarnessError } from '../terms/error.ts';
import type { TlsTrust } from './drivers/pikvm/pinned.ts';

/**
 * What an entry of devices.yaml says of a certificate, with the authority's file read.
 * @throws HarnessError CONFIG_MISSING where that cannot be read, CONFIG_INVALID where it is no certificate
 */
function trustOf(tls: TlsConfig): TlsTrust {
  if (!('caFile' in tls)) return tls;
  const { caFile } = tls;
  let ca: string;
  try {
    ca = readFileSync(caFile, 'utf8');
  } catch (cause) {
    throw new HarnessError('CONFIG_MISSING', `the authority's certificate ${caFile} cannot be read`, {
      cause,
      hint: 'correct tls: { caFile } in devices.yaml; its path is that of this machine',
    });
  }
  if (!ca.includes('-----BEGIN CERTIFICATE-----'))
    throw new HarnessError('CONFIG_INVALID', `${caFile} is no certificate in PEM`, {
      hint: 'openssl x509 -inform der -in FILE -out FILE.pem makes one of a DER file',
    });
  return { ca };
}

/** The same as a property that is there only where the entry says something. */
export function trusted(tls: TlsConfig | undefined): { readonly tls?: TlsTrust } {
  return tls === undefined ? {} : { tls: trustOf(tls) };
}
