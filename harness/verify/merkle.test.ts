import t from 'tap';
import { hexOf, utf8 } from './bytes.ts';
import { merkleRoot } from './merkle.ts';

t.test('the Merkle tree is that of RFC 6962', async (t) => {
  t.equal(await merkleRoot([]), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  const hash = async (...parts: readonly Uint8Array[]) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.concat(parts)));
  const entry = (name: string) => hash(Uint8Array.of(0), utf8(`evidence/${name}\n${name}`));
  const leaf = (name: string) => ({ path: `evidence/${name}`, sha256: name });
  const node = (left: Uint8Array, right: Uint8Array) => hash(Uint8Array.of(1), left, right);
  t.equal(await merkleRoot([leaf('a')]), hexOf(await entry('a')));
  const three = await node(await node(await entry('a'), await entry('b')), await entry('c'));
  t.equal(await merkleRoot([leaf('c'), leaf('a'), leaf('b')]), hexOf(three), 'ordered by path, left full');
});
