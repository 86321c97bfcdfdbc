/*
 * Runs in the page, as `client.ts` does.
 */

/** The matrix is one stop of the tab key; arrows move in it, Home and End along a row. */
export function matrixKeys(): void {
  const table = document.querySelector<HTMLTableElement>('table.matrix');
  if (!table) return;
  const all = [...table.querySelectorAll<HTMLAnchorElement>('a.c')];
  for (const cell of all.slice(1)) cell.tabIndex = -1;
  table.addEventListener('focusin', (event) => {
    if (!(event.target instanceof HTMLAnchorElement)) return;
    for (const cell of all) if (cell.tabIndex === 0) cell.tabIndex = -1;
    event.target.tabIndex = 0;
  });
  table.addEventListener('keydown', (event) => {
    const cell = event.target instanceof Element ? event.target.closest('td') : null;
    const row = cell?.closest('tr');
    if (!cell || !row) return;
    const rows = [...table.querySelectorAll<HTMLTableRowElement>('tr[data-req]')].filter(
      (one) => !one.hidden,
    );
    const fields = (one: HTMLTableRowElement | undefined) =>
      [...(one?.querySelectorAll('td') ?? [])].filter((field) => !field.hidden);
    const x = fields(row).indexOf(cell);
    const y = rows.indexOf(row);
    const moves: Record<string, () => HTMLElement | undefined> = {
      ArrowRight: () => fields(row)[x + 1],
      ArrowLeft: () => fields(row)[x - 1],
      ArrowDown: () => fields(rows[y + 1])[x],
      ArrowUp: () => (y > 0 ? fields(rows[y - 1])[x] : undefined),
      Home: () => fields(row)[0],
      End: () => fields(row).at(-1),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move()?.querySelector('a')?.focus();
  });
}

/** Search, recorder and verdicts; `/` goes to the search. */
export function filterForm(): void {
  const form = document.getElementById('filter');
  const search = document.getElementById('q');
  const dut = document.getElementById('dut');
  const shown = document.getElementById('shown');
  if (
    !(form instanceof HTMLFormElement) ||
    !(search instanceof HTMLInputElement) ||
    !(dut instanceof HTMLSelectElement)
  )
    return;
  const chips = [...form.querySelectorAll<HTMLElement>('[data-filter]')];
  const heads = [...document.querySelectorAll<HTMLElement>('.matrix thead th[data-col]')];
  const sections = [...document.querySelectorAll<HTMLTableSectionElement>('.matrix tbody')].map((body) => ({
    body,
    title: body.querySelector('.section')?.textContent ?? '',
    rows: [...body.querySelectorAll<HTMLTableRowElement>('tr[data-req]')].map((row) => ({
      row,
      text: (row.cells[0]?.textContent ?? '').toLowerCase(),
      fields: [...row.querySelectorAll('td')],
    })),
  }));
  const texts = new Map(
    sections.flatMap((one) =>
      one.rows.map(({ row, text }) => [row.dataset.req, `${text} ${one.title.toLowerCase()}`]),
    ),
  );
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = new Set(
      chips.filter((chip) => chip.getAttribute('aria-pressed') === 'true').map((chip) => chip.dataset.filter),
    );
    const said = (requirement: string | undefined, more = '') =>
      words.every((word) => texts.get(requirement)?.includes(word) || more.toLowerCase().includes(word));
    const fits = (state: string | undefined) => states.size === 0 || states.has(state);
    let found = 0;
    let all = 0;
    for (const head of heads) head.hidden = dut.value !== '' && head.dataset.col !== dut.value;
    for (const { body, rows } of sections) {
      let any = false;
      for (const { row, fields } of rows) {
        let hits = 0;
        for (const [index, field] of fields.entries()) {
          const link = field.querySelector<HTMLElement>('a.c');
          field.hidden = heads[index]?.hidden === true;
          const hit = !field.hidden && fits(link?.dataset.s) && said(row.dataset.req);
          link?.classList.toggle('off', !hit);
          if (hit) hits += 1;
          all += 1;
        }
        row.hidden = hits === 0;
        found += hits;
        any ||= hits > 0;
      }
      body.hidden = !any;
    }
    let listed = 0;
    for (const item of document.querySelectorAll<HTMLElement>('.attention > li')) {
      item.hidden = !(
        fits(item.dataset.s) &&
        (dut.value === '' || item.dataset.dut === dut.value) &&
        said(item.dataset.req, item.textContent ?? '')
      );
      if (!item.hidden) listed += 1;
    }
    const empty = document.getElementById('none-found');
    if (empty) empty.hidden = listed > 0;
    if (shown) shown.textContent = found === all ? '' : `${found} of ${all} fields`;
    form.classList.toggle('active', found !== all);
  };
  for (const chip of chips)
    chip.addEventListener('click', () => {
      chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
      apply();
    });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', apply);
  form.addEventListener('reset', () => {
    for (const chip of chips) chip.setAttribute('aria-pressed', 'false');
    requestAnimationFrame(apply);
  });
  document.addEventListener('keydown', (event) => {
    if (
      event.key !== '/' ||
      event.target instanceof HTMLInputElement ||
      document.querySelector('dialog[open]')
    )
      return;
    event.preventDefault();
    search.focus();
  });
  apply();
}
