import type { HttpStatus, RecorderHttp } from '../bench/ports/recorder-http.ts';
import type { PasswordKeeper } from '../terms/passwords.ts';

declare const kept: unique symbol;

/** A recorder's HTTP interface that keeps each password before it sends it. Flow and suites get no other. */
export type KeptHttp = RecorderHttp & { readonly [kept]: true };

/** What gives some user of a recorder a password. A test holds this against the interface. */
export type PasswordWrites = Pick<
  RecorderHttp,
  'activate' | 'changePassword' | 'addUser' | 'emailCertification'
>;

/**
 * Stands in front of a recorder's HTTP interface. A password counts as held once the recorder answers 200; where no
 * answer comes, it may be held.
 */
export function keptHttp(http: RecorderHttp, passwords: PasswordKeeper): KeptHttp {
  const keeping = async (user: string, password: string, send: () => Promise<HttpStatus>) => {
    const one = passwords.intend(password, user);
    one.keyed();
    const answer = await send();
    if (answer.status === 200) one.confirmed('http');
    else one.abandoned(`the recorder answered ${answer.status}`);
    return answer;
  };
  const writes: PasswordWrites = {
    activate: (password) => keeping('admin', password, () => http.activate(password)),
    changePassword: (credentials, user, password) =>
      keeping(user, password, () => http.changePassword(credentials, user, password)),
    addUser: (credentials, user) => keeping(user.name, user.password, () => http.addUser(credentials, user)),
    emailCertification: (code, password) =>
      password === undefined
        ? http.emailCertification(code)
        : keeping('admin', password, () => http.emailCertification(code, password)),
  };
  // The brand is a promise of this file, and no member.
  return { ...http, ...writes } as KeptHttp;
}
