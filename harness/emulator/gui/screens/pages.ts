import type { LogEntry } from '../../recorder/api.ts';
import { deviceNameOf } from '../../recorder/state.ts';
import { type Html, html } from '../html.ts';
import { type Field, field, type Ui } from '../ui.ts';
import { wallTime, zoneMs } from '../wall-time.ts';
import { button, fieldRow, notice, table, valueRow } from '../widgets.ts';
import { usersPage } from './users.ts';

/** What stands in a menu at one of its entries. */
export interface Page {
  readonly fields: Readonly<Record<string, Field>>;
  /** Action of Enter. */
  readonly submit?: string;
  body(): Html;
  buttons(): readonly Html[];
  touched?(): void;
  act(action: string, argument: string): void;
}

function plain(body: () => Html): Page {
  return { fields: {}, body, buttons: () => [], act: () => {} };
}

/** The page with a name. */
export function pageOf(ui: Ui, name: string): Page {
  if (name === 'users') return usersPage(ui);
  if (name === 'general') return generalPage(ui);
  if (name === 'info') return infoPage(ui);
  if (name === 'log') return logPage(ui);
  const { text, core } = ui;
  if (name === 'network') return plain(() => html`${valueRow(text.macAddress, core.facts.macAddress)}`);
  if (name === 'cameras') {
    const rows = Array.from({ length: core.facts.channels }, (_, index) => [
      String(index + 1),
      `${text.camera} ${String(index + 1).padStart(2, '0')}`,
      text.online,
    ]);
    return pagedTable(ui, [text.number, text.camera, text.state], () => rows);
  }
  return plain(() => html`<p>${text.noData}</p>`);
}

function generalPage(ui: Ui): Page {
  const { text, core } = ui;
  const fields = { time: field('text', 19, wallTime(core)) };
  let message: string | undefined;
  const apply = () => {
    const typed = fields.time.value.trim();
    const at = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(typed)
      ? Date.parse(`${typed.replace(' ', 'T')}Z`)
      : Number.NaN;
    if (ui.user?.level !== 'admin') ui.tell(text.noPermission);
    else if (Number.isNaN(at)) message = text.timeWrong;
    else {
      core.setClock(at - zoneMs(core));
      ui.writing(() => ui.tell(text.timeSaved));
    }
  };
  return {
    fields,
    submit: 'apply',
    body: () =>
      html`${valueRow(text.language, text.languageName)}${valueRow(text.resolution, `${core.plan.resolution}/60HZ`)}${fieldRow(text.deviceTime, 'time', fields.time)}${notice(message)}`,
    buttons: () => [button(text.apply, 'apply')],
    touched: () => {
      message = undefined;
    },
    act: (action) => {
      if (action === 'apply') apply();
    },
  };
}

function infoPage(ui: Ui): Page {
  const { text, core } = ui;
  const { facts } = core;
  return plain(
    () =>
      html`${valueRow(text.deviceName, core.brand.deviceName ?? deviceNameOf(facts))}${valueRow(text.model, facts.model)}${valueRow(text.serialNumber, facts.serialNumber)}${valueRow(text.firmwareVersion, `${facts.firmware}, ${facts.build}`)}${valueRow(text.channels, String(facts.channels))}${valueRow(text.macAddress, facts.macAddress)}${valueRow(text.bootTime, facts.bootTime.slice(0, 19).replace('T', ' '))}`,
  );
}

const LINES = 12;

/** A table too long for the screen, in pages. */
function pagedTable(ui: Ui, head: readonly string[], rows: () => readonly (readonly string[])[]): Page {
  let page = 0;
  const last = () => Math.max(0, Math.ceil(rows().length / LINES) - 1);
  return {
    fields: {},
    body: () =>
      html`${table(head, rows().slice(page * LINES, (page + 1) * LINES))}<p class="pages">${page + 1} / ${last() + 1}</p>`,
    buttons: () => [
      button(ui.text.previousPage, 'previous', { disabled: page === 0 }),
      button(ui.text.nextPage, 'following', { disabled: page >= last() }),
    ],
    act: (action) => {
      if (action === 'previous') page = Math.max(0, page - 1);
      if (action === 'following') page = Math.min(last(), page + 1);
    },
  };
}

function logPage(ui: Ui): Page {
  const { text, core } = ui;
  const line = ({ time, major, minor, user, detail }: LogEntry) => [
    time.slice(0, 19).replace('T', ' '),
    major,
    minor,
    user,
    detail,
  ];
  return pagedTable(ui, [text.time, text.type, text.event, text.user, ''], () =>
    [...core.entries].reverse().map(line),
  );
}
