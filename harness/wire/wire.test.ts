import { generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import {
  exportActivationKey,
  openChallenge,
  openPassword,
  sealChallenge,
  sealPassword,
  sessionKey,
  sessionProof,
} from './credentials.ts';
import { newSealKeys, openLetter, sealLetter } from './seal.ts';

const LETTER = {
  serialNumber: 'DS-7608NI-K20120190416CCRR123456789WCVU',
  address: 'owner@lab.example',
  code: 'K7MPQ2XW',
  sealedAt: 1_767_225_600_000,
  language: 'de',
  model: 'DS-7608NI-K2',
} as const;
/** Fixed key pairs; the ephemeral one is that of "Bob" in RFC 7748, 6.1. */
const RELAY = {
  publicKey: 'c_W7pSDfy6Vj0GIIIgpe5TH7Pqe39jNiNeD7qYsDjVQ',
  privateKey: 'dwdtCnMYpX08FsFyUbJmRd9ML5LrwJmqwXf7pR25LCo',
};
const EPHEMERAL = {
  publicKey: '3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08',
  privateKey: 'XasIfmJKikt54X-Lg4AO5m87sSkmGLb9HC-LJ_-I4Os',
};

const GOLDEN_LETTER =
  'RB1.3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08p9KTzVG-_kNrQsBRj4ntnkcc2FanpiAWWid8c7JXZ-heDlfdqsEhEi5zE8GdZu2KqLYacrEsvQ-CdONqwhuCqE2uQ_Bz5lKCqWuQKDMiXptI5Dii8o-Vi-jBfiQLMWr3B4QtFohvVB_iuZtWVkNQBvdaIp7_uyn66VzfZ';
const GOLDEN_KEY = 'e421667bb35dbe912a4ca400431746a81353174764b754250a52161c74dc2fe8';
const GOLDEN_PROOF = 'c9571f7461ab12af415b326f39e192c9e0615440d93020053ac1fea11d1134f3';
const GOLDEN_PASSWORD = '1qtoE43Ig27P4qn4O3kQsZ7sd9ba0lIEldDu1vA2j7Q=';

t.test('a sealed letter is the golden one, and opens again', async (t) => {
  const payload = sealLetter(LETTER, RELAY.publicKey, EPHEMERAL);
  t.equal(payload, GOLDEN_LETTER);
  t.same(openLetter(GOLDEN_LETTER, RELAY), LETTER);
  t.ok(payload.length <= 260, 'and is small enough for a QR of small modules');
});

t.test('a letter that was changed, cut or is for somebody else does not open', async (t) => {
  const payload = sealLetter(LETTER, RELAY.publicKey);
  const middle = payload.charAt(80) === 'A' ? 'B' : 'A';
  t.equal(openLetter(payload.slice(0, 80) + middle + payload.slice(81), RELAY), undefined);
  t.equal(openLetter(payload.slice(0, -4), RELAY), undefined);
  t.equal(openLetter('https://recorder.example/disclaimer', RELAY), undefined);
  t.equal(openLetter(payload, newSealKeys()), undefined);
  t.not(sealLetter(LETTER, RELAY.publicKey), payload, 'two letters of the same words differ');
});

t.test('session proof is the golden one', async (t) => {
  const key = sessionKey({ user: 'admin', password: 'Harbour-77', salt: 'a1b2', iterations: 100 });
  t.equal(key, GOLDEN_KEY);
  t.equal(sessionProof(key, 'c3d4'), GOLDEN_PROOF);
});

t.test('activation password is the golden one, and travels only under its challenge', async (t) => {
  const challenge = '00112233445566778899aabbccddeeff';
  t.equal(sealPassword('Harbour-77', challenge), GOLDEN_PASSWORD);
  t.equal(openPassword(GOLDEN_PASSWORD, challenge), 'Harbour-77');
  t.equal(openPassword(GOLDEN_PASSWORD, challenge.replace('00', '01')), undefined);
});

t.test('a challenge reaches the holder of the key', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const sealed = sealChallenge(exportActivationKey(publicKey), 'ffeeddccbbaa99887766554433221100');
  t.equal(openChallenge(sealed, privateKey), 'ffeeddccbbaa99887766554433221100');
  t.throws(() => sealChallenge('AAAA', '00'));
});
