import type { LoginOutcome } from '../../recorder/api.ts';
import { html } from '../html.ts';
import { loginMessage } from '../messages.ts';
import { fill } from '../text/texts.ts';
import { field, type Screen, type Ui } from '../ui.ts';
import { button, dropdown, fieldRow, link, notice, row } from '../widgets.ts';
import { dots } from './pattern.ts';
import { forgotPassword } from './reset.ts';

/** The login: by pattern where one is set and not declined, else by password. */
export function loginScreen(ui: Ui, byPassword = !ui.core.hasPattern): Screen {
  return byPassword ? passwordLogin(ui) : patternLogin(ui);
}

/** Said of a login that failed; counts down while the lock lasts. */
function refusal(ui: Ui, user: () => string) {
  let failed: Extract<LoginOutcome, { readonly ok: false }> | undefined;
  let wrong = ui.text.loginWrong;
  const lock = () => ui.core.lockState(user(), 'local');
  return {
    note(outcome: LoginOutcome, text: string): void {
      failed = outcome.ok ? undefined : outcome;
      wrong = text;
    },
    clear(): void {
      if (failed?.locked !== true || !lock().locked) failed = undefined;
    },
    alive: () => failed?.locked === true,
    message(): string | undefined {
      if (failed === undefined) return undefined;
      if (!failed.locked) return loginMessage(ui.text, failed, wrong);
      const { locked, seconds } = lock();
      return locked ? fill(ui.text.loginLocked, seconds) : undefined;
    },
  };
}

function passwordLogin(ui: Ui): Screen {
  const { text, core } = ui;
  const fields = { password: field('password', 32) };
  let user = core.users[0]?.name ?? 'admin';
  let listed = false;
  const refused = refusal(ui, () => user);
  const submit = () => {
    const outcome = core.login(user, fields.password.value, 'local');
    fields.password.value = '';
    fields.password.caret = 0;
    refused.note(outcome, text.loginWrong);
    if (outcome.ok) {
      ui.signIn(outcome.user, outcome.level);
      ui.home();
    }
  };
  return {
    name: 'login',
    fields,
    first: 'password',
    submit: 'ok',
    cancel: 'cancel',
    alive: refused.alive,
    render: () =>
      ui.skin.dialog({
        title: text.login,
        body: html`${row(
          text.userName,
          dropdown(
            'list',
            user,
            core.users.map(({ name }) => name),
            listed,
          ),
        )}${fieldRow(text.password, 'password', fields.password)}<div class="links">${!core.defects.has('login-without-forgot-password') && link(text.forgotPassword, 'forgot')}${core.hasPattern && link(text.unlockPattern, 'pattern')}</div>${notice(refused.message())}`,
        buttons: [button(text.login, 'ok'), button(text.cancel, 'cancel')],
      }),
    touched: () => {
      listed = false;
      refused.clear();
    },
    act: (action, argument) => {
      listed = action === 'list' && !listed;
      if (action === 'choose') user = argument;
      else if (action === 'ok') submit();
      else if (action === 'cancel') ui.only();
      else if (
        action === 'forgot' &&
        core.lockState(user, 'local').locked &&
        core.defects.has('login-lock-blocks-reset')
      )
        ui.tell(fill(text.loginLocked, core.lockState(user, 'local').seconds));
      else if (action === 'forgot') forgotPassword(ui);
      else if (action === 'pattern') ui.swap(patternLogin(ui));
    },
  };
}

function patternLogin(ui: Ui): Screen {
  const { text, core } = ui;
  const refused = refusal(ui, () => 'admin');
  return {
    name: 'pattern-login',
    fields: {},
    cancel: 'cancel',
    alive: refused.alive,
    render: () =>
      ui.skin.dialog({
        title: text.unlockPattern,
        body: html`<p>${text.patternLogin}</p>${dots(text.unlockPattern)}<div class="links">${!core.defects.has('pattern-login-without-forgot-password') && link(text.forgotPassword, 'forgot')}${link(text.passwordLogin, 'password')}</div>${notice(refused.message())}`,
        buttons: [button(text.cancel, 'cancel')],
      }),
    act: (action) => {
      if (action === 'cancel') ui.only();
      else if (action === 'forgot') forgotPassword(ui);
      else if (action === 'password') ui.swap(passwordLogin(ui));
    },
    draw: (drawn) => {
      const outcome = core.loginPattern(drawn);
      refused.note(outcome, text.patternWrong);
      if (outcome.ok) {
        ui.signIn(outcome.user, outcome.level);
        ui.home();
      }
    },
  };
}
