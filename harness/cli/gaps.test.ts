// Requirements, cases and defects belong together: what has no counterpart is named.

import { join } from 'node:path';
import t from 'tap';
import { DEFECT_IDS } from '../emulator/defects.ts';
import { load, loadDefects } from './load.ts';
import { ROOT } from './root.ts';

const loaded = await load(join(ROOT, 'devices.yaml'));
const defects = loadDefects(loaded);

/** Why no twin can violate them, or not yet. */
const WITHOUT_DEFECT: Readonly<Record<string, string>> = {
  CR15: 'twins take no firmware files',
  CR25: 'two units would have to share a key',
  CR27: 'an earlier code that stays alive is CR55',
  CR32: 'the twins of the inventory scan their QRs, and mail none',
  CR37: 'a unit knows the code that it drew, and no other',
};

t.test('every requirement has a case', async (t) => {
  const cases = new Set(loaded.cases.map(({ id }) => id));
  t.same(
    loaded.requirements.map(({ id }) => id).filter((id) => !cases.has(id)),
    [],
  );
});

t.test('the emulator has exactly the defects that the suites name', async (t) => {
  t.same(defects.map(({ id }) => id).sort(), [...DEFECT_IDS].sort());
  t.ok(defects.length >= 120, `${defects.length} defects`);
});

t.test('every requirement that a twin can violate has a defect', async (t) => {
  const named = new Set(defects.map(({ requirement }) => requirement));
  const without = loaded.requirements.map(({ id }) => id).filter((id) => !named.has(id));
  t.same(without, Object.keys(WITHOUT_DEFECT));
});

t.test('every requirement with a defect has a blatant and a subtle one', async (t) => {
  const without = [true, false].flatMap((wanted) => {
    const have = new Set(
      defects.filter(({ subtle }) => subtle === wanted).map((defect) => defect.requirement),
    );
    const lack = [...new Set(defects.map(({ requirement }) => requirement))].filter((id) => !have.has(id));
    return lack.map((id) => `${id} has no ${wanted ? 'subtle' : 'blatant'} one`);
  });
  t.same(without, []);
});

t.test('each defect says in a sentence what is wrong, and no two say the same', async (t) => {
  const said = defects.map(({ what }) => what);
  t.equal(new Set(said).size, said.length);
  for (const what of said) t.match(what, /^[A-Za-z].{15,}[^.]$/);
});
