/*
 * Runs in the page. Each function is put there as text (`script.ts`), so they may call one another but use no values
 * of this module; the import below only tells the compiler what stands beside them.
 */
import { filterForm, matrixKeys } from './client-table.ts';

/** Starts everything the page can do beyond being read. */
export function startPage(): void {
  themeButton();
  const open = caseView();
  matrixKeys();
  filterForm();
  open();
  window.addEventListener('hashchange', open);
}

/** Light, dark, or as the system says; kept where the browser allows it. */
export function themeButton(): void {
  const root = document.documentElement;
  const button = document.getElementById('theme');
  const names = ['auto', 'light', 'dark'];
  const show = (name: string) => {
    root.dataset.theme = name;
    if (button) button.textContent = `Theme: ${name}`;
  };
  let name = 'auto';
  try {
    name = localStorage.getItem('resetbench-theme') ?? 'auto';
  } catch {
    // A page opened from a file may have no storage.
  }
  show(names.includes(name) ? name : 'auto');
  button?.addEventListener('click', () => {
    const next = names[(names.indexOf(root.dataset.theme ?? 'auto') + 1) % names.length] ?? 'auto';
    show(next);
    try {
      localStorage.setItem('resetbench-theme', next);
    } catch {
      // As above.
    }
  });
}

/** Fills pictures and texts of an opened case from where they are kept once. */
export function fillEvidence(root: ParentNode): void {
  for (const image of root.querySelectorAll<HTMLImageElement>('img[data-p]')) {
    const kept = document.getElementById(`p${image.dataset.p}`);
    if (kept) image.src = `data:${kept.dataset.mime};base64,${kept.textContent}`;
  }
  for (const image of root.querySelectorAll<HTMLImageElement>('img[data-file]'))
    image.src = image.dataset.file ?? '';
  for (const pre of root.querySelectorAll<HTMLElement>('pre[data-text]')) {
    const kept = document.getElementById(`t${pre.dataset.text}`);
    if (kept instanceof HTMLTemplateElement) pre.textContent = kept.content.textContent;
  }
}

/** The case named by the address (`#dut/requirement`), in a dialog; answers with what opens it. */
export function caseView(): () => void {
  const dialog = document.getElementById('case');
  const body = document.getElementById('case-body');
  if (!(dialog instanceof HTMLDialogElement) || body === null) return () => undefined;
  const look = lightbox(body);
  const cells = () =>
    [...document.querySelectorAll<HTMLAnchorElement>('a.c')].filter(
      (cell) => cell.offsetParent !== null && !cell.classList.contains('off'),
    );
  const go = (by: number) => {
    const all = cells();
    const at = all.findIndex((cell) => cell.hash === location.hash);
    const next = all[at < 0 ? 0 : (at + by + all.length) % all.length];
    if (next) location.replace(next.hash);
  };
  const open = () => {
    const template = document.getElementById(`case:${location.hash.slice(1)}`);
    if (!(template instanceof HTMLTemplateElement)) {
      if (dialog.open) dialog.close();
      return;
    }
    body.replaceChildren(template.content.cloneNode(true));
    fillEvidence(body);
    if (!dialog.open) dialog.showModal();
    body.scrollTop = 0;
    document.getElementById('case-title')?.focus({ preventScroll: true });
  };
  dialog.addEventListener('close', () => {
    const { hash } = location;
    if (hash.length > 1) history.replaceState(null, '', location.href.slice(0, location.href.indexOf('#')));
    body.replaceChildren();
    for (const cell of document.querySelectorAll<HTMLAnchorElement>('a.c'))
      if (cell.hash === hash && cell.offsetParent) return cell.focus();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
    if (!(event.target instanceof Element)) return;
    const shot = event.target.closest<HTMLElement>('[data-shot], [data-open-shot]');
    if (shot) look(shot);
    timelineClick(event, event.target);
  });
  dialog.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'j' || event.key === 'ArrowRight') go(1);
    else if (event.key === 'k' || event.key === 'ArrowLeft') go(-1);
    else return;
    event.preventDefault();
  });
  document.getElementById('case-close')?.addEventListener('click', () => dialog.close());
  document.getElementById('case-next')?.addEventListener('click', () => go(1));
  document.getElementById('case-prev')?.addEventListener('click', () => go(-1));
  return open;
}

/** The stretch of an expectation on the time line; or, from the time line, what was going on at that time. */
export function timelineClick(event: MouseEvent, target: Element): void {
  const attempt = target.closest('.attempt') ?? document.getElementById('case-body');
  const button = target.closest<HTMLElement>('[data-show-band]');
  if (attempt === null) return;
  if (button) {
    const on = button.getAttribute('aria-pressed') !== 'true';
    for (const one of attempt.querySelectorAll<HTMLElement>('[data-show-band]'))
      one.setAttribute('aria-pressed', String(on && one === button));
    for (const band of attempt.querySelectorAll<SVGElement>('[data-band]'))
      band.classList.toggle('on', on && band.dataset.band === button.dataset.showBand);
    if (on) attempt.querySelector('.tl')?.scrollIntoView({ block: 'nearest' });
    return;
  }
  const lane = target.closest('.tl-lane')?.querySelector('svg');
  const axis = attempt.querySelector<HTMLElement>('.tl');
  if (!lane || !axis) return;
  const { left, width } = lane.getBoundingClientRect();
  const time = (Math.max(0, event.clientX - left) / width) * Number(axis.dataset.seconds);
  const lines = [...attempt.querySelectorAll<HTMLElement>('.line > li')];
  const at = (line: HTMLElement) => Number(line.querySelector('.t')?.textContent?.replace(/[^0-9.]/g, ''));
  const found = lines.findLast((line) => at(line) <= time + 0.05) ?? lines[0];
  for (const line of lines) line.classList.toggle('found', line === found);
  found?.scrollIntoView({ block: 'center' });
}

/** One screen large, the whole picture from beside the page where it is there; arrows go through the attempt. */
export function lightbox(body: HTMLElement): (from: HTMLElement) => void {
  const dialog = document.getElementById('light');
  const image = document.getElementById('light-image');
  const caption = document.getElementById('light-caption');
  const link = document.getElementById('light-file');
  const marks = document.getElementById('light-marks');
  if (
    !(dialog instanceof HTMLDialogElement) ||
    !(image instanceof HTMLImageElement) ||
    !(link instanceof HTMLAnchorElement)
  )
    return () => undefined;
  let shots: HTMLElement[] = [];
  let at = 0;
  const show = (index: number) => {
    at = (index + shots.length) % shots.length;
    const shot = shots[at];
    if (shot === undefined) return;
    const small = shot.querySelector('img');
    const { full } = shot.dataset;
    image.src = small?.src ?? '';
    image.alt = small?.alt ?? 'Picture missing';
    const drawn = shot.querySelector('svg.marks');
    marks?.replaceChildren(...(drawn === null ? [] : [drawn.cloneNode(true)]));
    const { needles } = shot.dataset;
    if (caption)
      caption.textContent = `${shot.dataset.shot} of ${shots.length} · ${shot.dataset.title} · ${shot.dataset.time}${needles ? ` · ${needles}` : ''}`;
    link.hidden = full === undefined;
    if (full === undefined) return;
    link.href = full;
    const large = new Image();
    large.onload = () => {
      if (shots[at] === shot) image.src = large.src;
    };
    large.src = full;
  };
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowRight') show(at + 1);
    else if (event.key === 'ArrowLeft') show(at - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog || event.target === image) dialog.close();
  });
  document.getElementById('light-close')?.addEventListener('click', () => dialog.close());
  document.getElementById('light-next')?.addEventListener('click', () => show(at + 1));
  document.getElementById('light-prev')?.addEventListener('click', () => show(at - 1));
  return (from) => {
    const attempt = from.closest('.attempt') ?? body;
    shots = [...attempt.querySelectorAll<HTMLElement>('[data-shot]')];
    const number = from.dataset.shot ?? from.dataset.openShot;
    const index = shots.findIndex((shot) => shot.dataset.shot === number);
    if (index < 0) return;
    dialog.showModal();
    show(index);
  };
}
