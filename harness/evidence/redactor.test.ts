import sharp from 'sharp';
import t from 'tap';
import type { Box, Frame, Item, Reading } from '../terms/frame.ts';
import { coverFrame, secretBoxes } from './cover.ts';
import { createRedactor, type Redactor } from './redactor.ts';

const CODE = 'A7b9C2d4';
const PASSWORD = 'Lab "9" <w>&é/\\1';
const ADDRESS = 'Reserved.Box@lab.example';

function redactor(): Redactor {
  const own = createRedactor();
  own.add('code', CODE);
  own.add('password', PASSWORD);
  own.add('address', ADDRESS);
  return own;
}

t.test('secrets become labels that stay the same all through a run', async (t) => {
  const own = redactor();
  own.add('code', 'ZZ99yy88');
  own.add('code', CODE);
  t.equal(
    own.text(`${CODE} then ZZ99yy88, ${PASSWORD} for ${ADDRESS}; ${CODE}`),
    '[code 1] then [code 2], [password 1] for [address 1]; [code 1]',
  );
  t.equal(own.text('nothing to hide: A7b9C2d5'), 'nothing to hide: A7b9C2d5');
});

t.test('what is under 4 characters is no secret', async (t) => {
  const own = createRedactor();
  own.add('password', 'abc');
  own.add('password', '  12  ');
  own.add('password', '');
  t.equal(own.text('abc 12'), 'abc 12');
  own.add('password', 'abcd');
  t.equal(own.text('abcd'), '[password 1]', 'and takes no number');
});

t.test('an address is hidden in any case and with blanks around its @', async (t) => {
  const own = redactor();
  t.equal(
    own.text('reserved.box@lab.example RESERVED.BOX@LAB.EXAMPLE <Reserved.Box @ lab.example>'),
    '[address 1] [address 1] <[address 1]>',
  );
  t.equal(
    own.text('r***@lab.example reserved.box'),
    'r***@lab.example reserved.box',
    'the masked form stays',
  );
  t.notOk(own.hides('a7B9c2D4'), 'codes and passwords are told apart by case');
});

t.test('each secret is hidden in the forms of URLs, XML, JSON, quoted-printable and hex', async (t) => {
  const own = redactor();
  const xml = PASSWORD.replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  const forms = {
    url: encodeURIComponent(PASSWORD),
    'url, small': encodeURIComponent(PASSWORD).replace(/%../g, (one) => one.toLowerCase()),
    form: new URLSearchParams({ p: PASSWORD }).toString().slice(2),
    'url, twice': encodeURIComponent(encodeURIComponent(PASSWORD)),
    xml,
    'xml, numbers': [...PASSWORD].map((one) => `&#${one.codePointAt(0)};`).join(''),
    'xml, hex': [...PASSWORD].map((one) => `&#x${one.codePointAt(0)?.toString(16)};`).join(''),
    json: JSON.stringify(PASSWORD).slice(1, -1),
    'json, ascii': [...PASSWORD]
      .map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
    'json, slashes': JSON.stringify(PASSWORD).slice(1, -1).replaceAll('/', '\\/'),
    'quoted-printable': [...Buffer.from(PASSWORD)]
      .map((one) => `=${one.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
    'quoted-printable, broken': `Lab=20=\r\n"9" <w=\r\n>&=C3=\r\n=A9/\\1`,
    hex: Buffer.from(PASSWORD).toString('hex'),
  };
  for (const [name, form] of Object.entries(forms)) t.equal(own.text(`x${form}y`), 'x[password 1]y', name);
});

t.test('each secret is hidden in base64, wherever in it it stands', async (t) => {
  const own = redactor();
  for (const secret of [CODE, PASSWORD, ADDRESS, ADDRESS.toLowerCase()]) {
    for (let before = 0; before < 7; before += 1) {
      for (let after = 0; after < 4; after += 1) {
        const text = `${'<'.repeat(before)}${secret}${'~'.repeat(after)}`;
        for (const encoding of ['base64', 'base64url'] as const) {
          const encoded = Buffer.from(text).toString(encoding);
          if (!own.hides(encoded)) t.fail(`${secret} after ${before} and before ${after} in ${encoding}`);
        }
      }
    }
  }
  const mail = Buffer.from(`${'-'.repeat(50)}${CODE}${'-'.repeat(50)}`).toString('base64');
  const wrapped = mail.replace(/.{71}/g, '$&\r\n');
  t.match(own.text(wrapped), /\[code 1\]/, 'over the end of a line');
  t.match(own.text(JSON.stringify(wrapped)), /\[code 1\]/, 'also where JSON holds it');
  t.notOk(own.hides(Buffer.from('a harmless text of some length').toString('base64')));
});

t.test('secrets that overlap go together, under the label of the longer', async (t) => {
  const own = createRedactor();
  own.add('code', 'abcd');
  own.add('password', 'cdefgh');
  own.add('secret', 'abcdef123');
  t.equal(own.text('.abcdefgh.'), '.[password 1].');
  t.equal(own.text('.abcdef123.'), '.[secret 1].');
  t.equal(own.text('.abcd.cdefgh.'), '.[code 1].[password 1].');
  t.equal(own.text('.abcdabcd.'), '.[code 1][code 1].');
});

t.test('hiding twice changes nothing more, even if a secret is a word of the labels', async (t) => {
  const own = redactor();
  own.add('password', 'password');
  own.add('password', 'hidden');
  const once = own.text(
    `password ${CODE} <password>${PASSWORD}</password>\nCookie: a=b\n"newPassword": "x1"`,
  );
  t.equal(own.text(once), once);
  t.match(once, /^\[password 2\] \[code 1\]/);
});

t.test('credentials of HTTP are hidden whether they are known or not', async (t) => {
  const own = createRedactor();
  t.equal(
    own.text(
      'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Digest username="admin",\r\n response="f00"\r\nAccept: */*',
    ),
    'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Digest [hidden]\r\nAccept: */*',
  );
  t.equal(
    own.text('cookie: WebSession=1; x=2\nSet-Cookie: s=3; Path=/'),
    'cookie: [hidden]\nSet-Cookie: [hidden]',
  );
  t.equal(own.text('> Proxy-Authorization: Basic YTpi'), '> Proxy-Authorization: Basic [hidden]');
  t.equal(own.text('WWW-Authenticate: Digest realm="r"'), 'WWW-Authenticate: Digest realm="r"');
});

t.test('credentials of HTTP are hidden in JSON, which stays JSON', async (t) => {
  const own = createRedactor();
  const before = {
    request: 'GET / HTTP/1.1\r\nAuthorization: Digest username="admin", nonce="1"\r\nHost: a',
    headers: {
      authorization: 'Digest username="admin", response="f00"',
      'set-cookie': ['a="1]"', 'b=2'],
      host: 'a',
    },
    raw: ['Host', 'a', 'Cookie', 's=secret'],
    last: 'GET /\nCookie: s=secret',
    body: '{"password":"p\\"q1","newPassword": 12345}',
    password: 'geheim"1',
    passwordRules: 'two classes',
  };
  const text = own.text(JSON.stringify(before));
  t.same(JSON.parse(text), {
    ...before,
    request: 'GET / HTTP/1.1\r\nAuthorization: Digest [hidden]\r\nHost: a',
    headers: { authorization: '[hidden]', 'set-cookie': '[hidden]', host: 'a' },
    raw: ['Host', 'a', 'Cookie', '[hidden]'],
    last: 'GET /\nCookie: [hidden]',
    password: '[hidden]',
    body: '{"password":"[hidden]","newPassword": "[hidden]"}',
  });
});

t.test('password elements are hidden in XML, JSON and forms', async (t) => {
  const own = createRedactor();
  t.equal(
    own.text(
      '<User><userName>admin</userName><password>Xy12</password><v2:newPassword encrypt="no">a\nb</v2:newPassword></User>',
    ),
    '<User><userName>admin</userName><password>[hidden]</password><v2:newPassword encrypt="no">[hidden]</v2:newPassword></User>',
  );
  t.equal(
    own.text('{"password" : "a\\"b", "newPassword":12}'),
    '{"password" : "[hidden]", "newPassword":"[hidden]"}',
  );
  t.equal(own.text('user=a&password=x%20y&b=c'), 'user=a&password=[hidden]&b=c');
  t.equal(
    own.text('<password/><passwordLevel>2</passwordLevel>'),
    '<password/><passwordLevel>2</passwordLevel>',
  );
  own.add('password', 'Known123');
  t.equal(
    own.text('<password>Known123</password>'),
    '<password>[password 1]</password>',
    'a label says more',
  );
});

function item(text: string, box: Partial<Box> = {}): Item {
  return { kind: 'text', text, box: { x: 10, y: 10, width: 60, height: 12, ...box } };
}
const reading = (...items: readonly Item[]): Reading => ({ items, width: 320, height: 200 });

t.test('the boxes of whatever shows a secret are found, in every reading', async (t) => {
  const own = redactor();
  const readings = [
    reading(item('Verification code', { y: 1 }), item(`Code: ${CODE}`, { y: 2 })),
    reading(
      item('A7b9 C2d4', { y: 3 }),
      item('reserved.box@LAB.example', { y: 4 }),
      item('r***@lab.example', { y: 5 }),
    ),
  ];
  t.same(
    secretBoxes(readings, own).map((box) => box.y),
    [2, 3, 4],
  );
  t.same(secretBoxes([], own), []);
});

t.test('a code that stands character by character in a row is found', async (t) => {
  const own = redactor();
  const cells = [...CODE].map((text, at) => item(text, { x: 200 - at * -20, y: 50 + (at % 2), width: 16 }));
  const others = [
    item('A', { x: 10, y: 90, width: 16 }),
    item('OK', { x: 10, y: 120 }),
    item('Next', { x: 60, y: 50 }),
  ];
  const boxes = secretBoxes([reading(...others, ...cells.toReversed())], own);
  t.equal(boxes.length, CODE.length);
  t.ok(boxes.every((box) => box.x >= 200));
  t.same(secretBoxes([reading(...others, ...cells.slice(1))], own), []);
});

async function frame(): Promise<Frame> {
  const create = { width: 64, height: 48, channels: 3 as const, background: '#ffffff' };
  return {
    width: 64,
    height: 48,
    bytes: await sharp({ create }).jpeg().toBuffer(),
    format: 'jpeg',
    grabbedAt: 77,
  };
}

t.test('a frame with nothing to cover stays the same object', async (t) => {
  const own = await frame();
  t.equal(await coverFrame(own, []), own);
});

t.test(
  'a covered frame is a PNG with flat boxes, 2 px larger on each side, and nothing else changed',
  async (t) => {
    const own = await frame();
    const boxes = [
      { x: 10.4, y: 12, width: 20, height: 8 },
      { x: -50, y: -50, width: 52, height: 52 },
      { x: 60, y: 44, width: 100, height: 100 },
      { x: 500, y: 500, width: 10, height: 10 },
    ];
    const covered = await coverFrame(own, boxes);
    t.match(covered, { width: 64, height: 48, format: 'png', grabbedAt: 77 });
    const { data, info } = await sharp(covered.bytes).raw().toBuffer({ resolveWithObject: true });
    t.same([info.width, info.height, info.channels], [64, 48, 3]);
    const shown = (x: number, y: number) => (data[(y * 64 + x) * 3] === 255 ? 'seen' : 'covered');
    const places = {
      seen: [
        [7, 15],
        [33, 15],
        [15, 9],
        [15, 22],
        [5, 5],
        [57, 47],
      ],
      covered: [
        [8, 10],
        [32, 21],
        [3, 3],
        [63, 47],
        [58, 42],
      ],
    };
    for (const [state, all] of Object.entries(places))
      for (const [x = 0, y = 0] of all) t.equal(shown(x, y), state, `${x},${y}`);
    const colours = new Set<string>();
    for (let at = 0; at < data.length; at += 3) colours.add([...data.subarray(at, at + 3)].join());
    t.equal(colours.size, 2, 'the boxes are flat');
  },
);

t.test('a frame that cannot be covered is not given back', async (t) => {
  const broken: Frame = { ...(await frame()), bytes: Buffer.from('no picture') };
  await t.rejects(coverFrame(broken, [{ x: 0, y: 0, width: 1, height: 1 }]), { code: 'FRAME_UNUSABLE' });
});
