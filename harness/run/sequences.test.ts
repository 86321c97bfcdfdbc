import t from 'tap';
import type { CaseContext } from '../kit/case.ts';
import { ExpectationFailed, expectInto } from '../kit/expect.ts';
import type { Model } from '../kit/model.ts';
import { systemClock as clock } from '../terms/clock.ts';
import type { PlannedDut } from './plan.ts';
import { canPlay, playSequences, type SequenceTask } from './sequences.ts';
import type { Station, Tried } from './station.ts';

/** A door that must not open while it is locked. */
class Door {
  locked = false;
  open = false;
}

const model: Model = {
  id: 'CR00',
  title: 'a locked door stays shut',
  about: 'CR39',
  needs: 'reserved',
  with: ['power'],
  moves: [
    { name: 'knock', tells: 'Knock at the door', weight: 3 },
    { name: 'lock', tells: 'Lock the door', weight: 1 },
    { name: 'pull', tells: 'Pull the handle', weight: 1 },
    { name: 'shut', tells: 'Shut the door', weight: 1 },
  ],
  finds: ['lock-does-nothing'],
  begin({ expect, freshPassword: _, ...rest }) {
    const real = (rest as unknown as { readonly door: Door }).door;
    let locked = false;
    let open = false;
    return {
      can: (move) => (move === 'shut' ? open : move === 'lock' ? !locked && !open : true),
      async make(move) {
        if (move === 'lock') locked = real.locked = true;
        if (move === 'shut') open = real.open = false;
        if (move !== 'pull') return;
        real.open = true;
        expect(real.open && locked, 'a locked door opens').toBe(false);
        open = true;
      },
    };
  },
};

/** A station whose door is healthy, or opens though it is locked; `undecided` stands for a bench that gives up. */
function station(options: { readonly undecided?: boolean; readonly met?: boolean } = {}) {
  const runs: (readonly string[])[] = [];
  const run: Station['run'] = async (definition, defects) => {
    runs.push(defects);
    const door = new Door();
    if (!defects.includes('lock-does-nothing'))
      Object.defineProperty(door, 'open', { get: () => false, set: () => undefined });
    const met = options.met === false ? [] : defects;
    const judged = (verdict: Tried['verdict'], facts = '') =>
      ({ verdict, met, ...(facts === '' ? {} : { reason: facts }) }) as unknown as Tried;
    if (options.undecided) return judged('inconc', 'the line went dead');
    try {
      await definition.test({
        door,
        gui: { photograph: async () => undefined },
        http: { accepts: async () => true },
        admin: {},
        expect: expectInto(() => undefined),
        step: (_title: string, body: () => Promise<unknown>) => body(),
      } as unknown as CaseContext);
      return judged('pass');
    } catch (error) {
      if (error instanceof ExpectationFailed) return judged('fail', error.message);
      return judged('error', error instanceof Error ? error.message : String(error));
    }
  };
  return { run, runs };
}

const play = (
  task: Partial<SequenceTask>,
  at: Pick<Station, 'run'> = station(),
  signal = new AbortController().signal,
) =>
  playSequences(
    { runs: 30, seed: 5, ...task },
    { station: at, dut: 'one', model, clock, signal, shrinkMs: 60_000 },
  );

t.test('sequences on a healthy recorder find nothing, and their moves are counted', async (t) => {
  const record = await play({});
  t.match(record, { dut: 'one', seed: 5, drawn: 30, played: 30, undecided: [] });
  t.equal(record.violation, undefined);
  t.ok(record.moves > 60 && record.moves <= 30 * 14, `${record.moves} moves`);
});

t.test('a violation is made as short as it will go, for a person to follow', async (t) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const record = await play({ defect: 'lock-does-nothing', seed });
    t.same(record.violation, {
      moves: [
        { name: 'lock', tells: 'Lock the door' },
        { name: 'pull', tells: 'Pull the handle' },
      ],
      facts: 'a locked door opens: expected false, saw true',
    });
    t.ok(record.played >= record.drawn);
  }
});

t.test('the same seed draws the same', async (t) => {
  const draw = async (seed: number) => {
    const { drawn, played, moves } = await play({ seed });
    return { drawn, played, moves };
  };
  t.same(await draw(9), await draw(9));
  t.notSame(await draw(9), await draw(10));
});

t.test('a failure where the defect was not met is no find', async (t) => {
  const record = await play({ defect: 'lock-does-nothing' }, station({ met: false }));
  t.equal(record.violation, undefined);
  t.ok(record.undecided.length > 0, 'but it is told');
});

t.test('what comes to no verdict is told, and is no violation', async (t) => {
  const record = await play({ runs: 3 }, station({ undecided: true }));
  t.equal(record.violation, undefined);
  t.match(record.undecided, [{ facts: 'the line went dead' }, {}, {}]);
});

t.test('nothing is played once the proof is stopped', async (t) => {
  const stop = new AbortController();
  stop.abort();
  const at = station();
  t.match(await play({}, at, stop.signal), { drawn: 0, played: 0, moves: 0 });
  t.same(at.runs, []);
});

t.test('moves that are named are played as they stand', async (t) => {
  const moves = ['knock', 'lock', 'pull'];
  const found = await play({ moves, defect: 'lock-does-nothing' });
  t.same(
    found.violation?.moves.map(({ name }) => name),
    moves,
    'nothing is left out',
  );
  t.equal((await play({ moves })).violation, undefined, 'the healthy one');
  const wrong = await play({ moves: ['knock', 'shut'] });
  t.match(wrong, { moves: 1, undecided: [{ facts: 'move 2, shut, cannot be made here' }] });
});

t.test('a recorder plays where it has the function, and its bench the ports', async (t) => {
  const dut = (kind: string, ...ids: readonly string[]) =>
    ({ config: { kind }, cases: ids.map((id) => ({ requirement: { id } })) }) as unknown as PlannedDut;
  t.ok(canPlay(model, dut('twin', 'CR39')));
  t.notOk(canPlay(model, dut('twin', 'CR02')));
  t.notOk(canPlay(model, dut('hardware', 'CR39')), 'its bench has no power port');
});
