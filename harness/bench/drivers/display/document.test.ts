import t, { type Test } from 'tap';
import type { Item } from '../../../terms/frame.ts';
import { type ShownPage, showPage, testBrowser } from './page.fixture.ts';

const browser = await testBrowser(t);

/** A test of what is read of a page. */
function reading(
  title: string,
  body: string,
  check: (t: Test, items: readonly Item[], shown: ShownPage) => unknown,
): void {
  t.test(title, { skip: browser.skip }, async (t) => {
    const style = 'body { margin: 10px; font: 16px/20px sans-serif } p { margin: 0 }';
    await using shown = await showPage(
      browser.get(),
      `<!DOCTYPE html><meta charset="utf-8"><style>${style}</style><body>${body}</body>`,
    );
    await check(t, (await shown.display.read()).items, shown);
  });
}
const told = (items: readonly Item[]) => items.map(({ kind, text }) => `${kind}: ${text}`);

reading(
  'what is hidden is not listed, in whatever way it is',
  `<p>shown</p>
  <p style="display:none">display</p><p hidden>attribute</p><p style="visibility:hidden">visibility</p>
  <p style="opacity:0">opacity</p><div style="opacity:0"><button>within</button></div>
  <p style="position:absolute;left:-500px">left of it</p><p style="position:absolute;left:900px">right of it</p>
  <p style="position:absolute;top:700px">below it</p>
  <div style="width:0;height:0;overflow:hidden"><img alt="nothing" src="data:,"></div>
  <script>/* script */</script><style>/* style */</style><template><p>template</p></template>
  <noscript>no script</noscript><details><summary>more</summary><p>folded</p></details>
  <input type="hidden" value="secret">`,
  (t, items) => t.same(told(items), ['text: shown', 'text: more']),
);

reading(
  'what something else covers is not listed, what shines through is',
  `<p>under the dialog</p><button>also under it</button>
  <div style="position:fixed;left:0;top:0;width:400px;height:200px;background:rgba(9,9,9,.5)"><p style="margin-top:100px">dialog</p></div>
  <p style="position:absolute;top:300px">beside it</p>
  <p style="position:absolute;top:350px">behind glass</p>
  <div style="position:absolute;top:340px;width:400px;height:60px;pointer-events:none"></div>`,
  (t, items) => t.same(told(items), ['text: dialog', 'text: beside it', 'text: behind glass']),
);

reading(
  'what is deaf to the pointer is listed, unless what comes later lies above it',
  `<p style="pointer-events:none">deaf</p>
  <p style="pointer-events:none;position:absolute;top:300px">deaf and covered</p>
  <div style="position:absolute;top:280px;width:400px;height:60px;background:white"></div>`,
  (t, items) => t.same(told(items), ['text: deaf']),
);

reading(
  'what is out of reach is mere text, and its pictures are none',
  `<main inert><h1>Menu</h1><button>Save</button><a href="#">Help</a><input value="typed"><input>
  <label><input type="checkbox" checked> Tick</label><img alt="logo" width="20" height="20" src="data:,"></main>
  <div style="position:absolute;top:400px"><button>OK</button></div>`,
  (t, items) => {
    t.same(told(items), [
      'text: Menu',
      'text: Save',
      'text: Help',
      'text: typed',
      'text: Tick',
      'button: OK',
    ]);
    t.ok(items.slice(0, -1).every((item) => item.enabled === undefined && item.checked === undefined));
  },
);

reading(
  'pictures have their name and their place; those for decoration are none',
  `<img alt="QR code" src="data:," style="position:absolute;left:100px;top:50px;width:150px;height:140px">
  <div style="margin-top:250px"></div>
  <canvas width="30" height="30"></canvas><svg width="30" height="30" aria-label="lock"><text y="20">in it</text></svg>
  <div role="img" aria-label="camera 1" style="width:50px;height:50px">content</div>
  <img alt="decoration" aria-hidden="true" width="20" height="20" src="data:,">
  <div aria-hidden="true"><canvas width="20" height="20"></canvas></div>`,
  (t, items) => {
    t.same(told(items), ['image: QR code', 'image: ', 'image: lock', 'image: camera 1']);
    t.same(items[0]?.box, { x: 100, y: 50, width: 150, height: 140 });
  },
);

reading(
  'boxes and checkboxes stand with their labels, within, beside or without',
  `<label><input type="checkbox" checked> Remember <b>me</b></label>
  <p><input type="radio" name="r" id="one"><label for="one">One</label></p>
  <p><input type="radio" name="r" id="two" checked disabled><label for="two">Two</label></p>
  <input type="checkbox" aria-label="Bare">
  <div role="checkbox" aria-checked="true" tabindex="0">Drawn</div>
  <div role="radio" aria-checked="false" aria-disabled="true">Drawn too</div>`,
  (t, items) => {
    t.same(
      items.map(({ kind, text, checked, enabled }) => [kind, text, checked, enabled]),
      [
        ['checkbox', 'Remember me', true, true],
        ['radio', 'One', false, true],
        ['radio', 'Two', true, false],
        ['checkbox', 'Bare', false, true],
        ['checkbox', 'Drawn', true, true],
        ['radio', 'Drawn too', false, false],
      ],
    );
  },
);

reading(
  'a field has its value, a password dots, a list its choice; their labels are text',
  `<p><label for="user">User</label> <input id="user" value="admin"></p>
  <p><label>Password <input type="password" value="secret"></label></p>
  <p><input type="password"><textarea>two
lines</textarea><input type="email" value="a@b.example" disabled></p>
  <p><label>Language <select><option>English<option selected>Deutsch</select></label></p>
  <p><input type="submit" value=" Sign  in "><input type="reset" value="Clear" disabled></p>`,
  (t, items) => {
    t.same(told(items), [
      'text: User',
      'field: admin',
      'text: Password',
      'field: ••••••',
      'field: ',
      'field: two\nlines',
      'field: a@b.example',
      'text: Language',
      'option: Deutsch',
      'button: Sign in',
      'button: Clear',
    ]);
    const fields = items.filter(({ kind }) => kind === 'field');
    t.same(
      fields.map(({ concealed }) => concealed),
      [false, true, true, false, false],
    );
    t.same(
      items.filter(({ enabled }) => enabled === false).map(({ text }) => text),
      ['a@b.example', 'Clear'],
    );
  },
);

reading(
  'a reading never holds a password',
  `<input type="password" value="Harbour-77"><input type="password" value="Harbour-78" inert>`,
  (t, items) => {
    t.equal(items.length, 2);
    t.notMatch(JSON.stringify(items), /Harbour/);
  },
);

reading(
  'roles count like the elements that they stand for',
  `<div role="button" aria-disabled="true">Apply</div><span role="link">More</span><a href="#">Help</a><a>no link</a>
  <ul><li role="option">O</li><li role="menuitem">M</li><li role="tab">T</li><li role="treeitem">I</li></ul>
  <div role="combobox" aria-label="Resolution" style="width:50px;height:20px"></div>
  <button title="Close" style="width:20px;height:20px"></button><button disabled>Off</button>`,
  (t, items) => {
    t.same(told(items), [
      'button: Apply',
      'link: More',
      'link: Help',
      'text: no link',
      'option: O',
      'option: M',
      'option: T',
      'option: I',
      'option: Resolution',
      'button: Close',
      'button: Off',
    ]);
    t.same(
      items.filter(({ enabled }) => enabled === false).map(({ text }) => text),
      ['Apply', 'Off'],
    );
  },
);

reading(
  'what is in use is said by the document, in whatever way, for all that stands in it',
  `<nav><a href="#" aria-current="page">Home</a><a href="#" aria-current="false">Other</a><a href="#">Plain</a></nav>
  <button aria-pressed="true">Mute</button><button aria-pressed="false">Loud</button>
  <div role="tab" aria-selected="true">General</div><div role="option">Spare</div>
  <table><tr aria-selected="true"><td>cam 1</td><td><button>Edit</button></td></tr>
  <tr aria-selected="false"><td>cam 2</td></tr><tr><td>cam 3</td></tr></table>`,
  (t, items) => {
    t.same(
      items.map(({ text, checked }) => [text, checked]),
      [
        ['Home', true],
        ['Other', false],
        ['Plain', undefined],
        ['Mute', true],
        ['Loud', false],
        ['General', true],
        ['Spare', false],
        ['cam 1', true],
        ['Edit', true],
        ['cam 2', false],
        ['cam 3', undefined],
      ],
    );
  },
);

reading(
  'texts are single-spaced, each with the place it takes in the picture',
  `<p style="position:absolute;left:40px;top:60px">  Forgot
     Password?  </p><p style="position:absolute;left:40px;top:100px">one<b>two</b>three</p>
  <div style="position:absolute;left:300px;top:200px;width:90px;height:30px"><button style="width:90px;height:30px">Next</button></div>`,
  (t, items) => {
    const placed = items.toSorted((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
    t.same(told(placed), ['text: Forgot Password?', 'text: one', 'text: two', 'text: three', 'button: Next']);
    t.match(placed[0]?.box, { x: 40 });
    t.same(placed[4]?.box, { x: 300, y: 200, width: 90, height: 30 });
    t.equal(new Set(placed.slice(1, 4).map(({ box }) => box.y)).size, 1, 'side by side');
  },
);

reading(
  'who has the focus, and what a script has put in, is found',
  `<input id="a"><input id="b" type="checkbox" aria-label="B"><p id="p">old</p>`,
  async (t, items, { display, page }) => {
    t.ok(items.every(({ focused }) => focused !== true));
    await page.focus('#b');
    t.match((await display.read({ withinMs: 8000, stillMs: 0 })).items[1], { text: 'B', focused: true });
    await page.evaluate("document.querySelector('#a').value = 'by script'");
    const deadline = Date.now() + 8000;
    let value: string | undefined;
    while (value !== 'by script' && Date.now() < deadline)
      value = (await display.read({ withinMs: 200, stillMs: 0 })).items[0]?.text;
    t.equal(value, 'by script', 'though no event tells of it');
  },
);
