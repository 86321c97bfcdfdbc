import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makeCertificate } from './drivers/pikvm/certificate.fixture.ts';
import { trusted } from './trust.ts';

t.test('a fingerprint and an authority are handed on; the file of one is read', async (t) => {
  const { cert, fingerprint } = makeCertificate();
  const caFile = join(t.testdir(), 'ca.pem');
  await writeFile(caFile, cert);
  t.same(trusted(undefined), {});
  t.same(trusted({ fingerprint }), { tls: { fingerprint } });
  t.same(trusted({ ca: cert }), { tls: { ca: cert } });
  t.same(trusted({ caFile }), { tls: { ca: cert } });
});

t.test('a file that is not there, or no certificate, says what to do', async (t) => {
  const caFile = join(t.testdir({ 'ca.der': 'bytes' }), 'ca.der');
  t.throws(() => trusted({ caFile: `${caFile}.absent` }), { code: 'CONFIG_MISSING', hint: /caFile/ });
  t.throws(() => trusted({ caFile }), { code: 'CONFIG_INVALID', hint: /openssl x509/ });
});
