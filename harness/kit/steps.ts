import type { Credentials } from '../bench/ports/http.ts';
import type { Told } from '../flow/owner/screen.ts';
import type { CaseContext } from './case.ts';

/** From the login screen to the dialog for the new password. */
export async function toNewPassword({ owner, lab, address, expect }: CaseContext): Promise<void> {
  const { code } = await lab.obtainCode(address);
  const outcome = await owner.enterCode(code);
  expect(outcome.accepted, 'the mailed code is accepted').toBe(true);
}

/** A whole reset: the new password, and what the recorder said after it. */
export async function resetTelling(
  context: CaseContext,
  password = context.freshPassword(),
): Promise<{ readonly password: string; readonly told: readonly Told[] }> {
  await toNewPassword(context);
  const saved = await context.owner.setNewPassword(password);
  context.expect(saved.accepted, 'the new password is taken').toBe(true);
  context.changed({ password });
  return { password, told: saved.told };
}

/** A whole reset; the new password. */
export async function reset(context: CaseContext, password?: string): Promise<string> {
  return (await resetTelling(context, password)).password;
}

/** What of a case `addUser` needs. */
type UserMaker = Pick<CaseContext, 'admin' | 'expect' | 'freshPassword'> & {
  readonly http: Pick<CaseContext['http'], 'users' | 'addUser' | 'changePassword' | 'userCheck'>;
};

/**
 * A user of a level that can log in, made over HTTP as admin. One that an earlier case made, on a recorder that is brought
 * back by hand, gets a new password instead: users are never piled up. The lab's own have other names.
 */
export async function addUser(
  { http, admin, expect, freshPassword }: UserMaker,
  level: 'Operator' | 'Viewer',
): Promise<Credentials> {
  const name = `rb-${level.toLowerCase()}`;
  const user = { user: name, password: freshPassword() };
  const isThere = (await http.users(admin)).some((one) => one.name === name);
  const answer = isThere
    ? await http.changePassword(admin, name, user.password)
    : await http.addUser(admin, { name, password: user.password, level });
  const what = isThere ? `a new password of the ${level}` : `a new user of the level ${level}`;
  expect(answer.status, `the answer to ${what}`).toBe(200);
  expect((await http.userCheck(user)).http, `userCheck of the ${level}`).toBe(200);
  return user;
}
