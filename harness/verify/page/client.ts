import { FILES, type RunFolder } from '../folder.ts';
import { type PublicKey, readPublicKey } from '../keys.ts';
import { verifyRun } from '../verify.ts';
import { filesOfDrop, filesOfInput, folderFrom } from './files.ts';
import { element, shown } from './show.ts';

/** What a person handed over. */
let folder: RunFolder | undefined;

function part<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

const zone = part('zone', HTMLElement);
const picked = part('folder', HTMLInputElement);
const keyFile = part('key-file', HTMLInputElement);
const keyText = part('key', HTMLTextAreaElement);
const certification = part('certification', HTMLInputElement);
const status = part('status', HTMLElement);
const result = part('result', HTMLElement);

picked.addEventListener('change', () => {
  if (picked.files !== null && picked.files.length > 0)
    take(folderFrom(filesOfInput(picked.files)), picked.files.length);
});
keyFile.addEventListener('change', async () => {
  keyText.value = (await keyFile.files?.[0]?.text()) ?? '';
  await look();
});
keyText.addEventListener('change', look);
certification.addEventListener('change', look);
for (const name of ['dragenter', 'dragover'] as const)
  zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.dataset.over = 'true';
  });
zone.addEventListener('dragleave', () => delete zone.dataset.over);
zone.addEventListener('drop', async (event) => {
  event.preventDefault();
  delete zone.dataset.over;
  if (event.dataTransfer === null) return;
  try {
    const files = await filesOfDrop(event.dataTransfer.items);
    take(folderFrom(files), files.size);
  } catch {
    tell(
      'This browser does not let a page from a disk read what is dropped on it: choose the folder instead.',
    );
  }
});

function take(next: RunFolder, count: number): void {
  folder = next;
  status.textContent = `${count} ${count === 1 ? 'file' : 'files'} to be looked at …`;
  void look();
}

/** The key that was named; `none` where the field is empty, undefined where what stands there is no key. */
async function namedKey(): Promise<PublicKey | 'none' | undefined> {
  return keyText.value.trim() === '' ? 'none' : readPublicKey(keyText.value);
}

let turn = 0;

/** Verifies what was handed over; of two that overlap the later one is shown. */
async function look(): Promise<void> {
  turn += 1;
  const own = turn;
  if (folder === undefined) return;
  const key = await namedKey();
  keyText.setAttribute('aria-invalid', String(key === undefined));
  if (key === undefined) return tell('This is no public key: it must be PEM, of Ed25519 or ECDSA P-256.');
  result.setAttribute('aria-busy', 'true');
  try {
    const paths = await folder.list();
    if (!paths.includes(FILES.events) && !paths.includes(FILES.attestation))
      return tell(`This is not the folder of a run: it has no ${FILES.events}.`);
    const verification = await verifyRun(folder, {
      keys: key === 'none' ? [] : [key],
      certification: certification.checked,
    });
    if (own !== turn) return;
    status.textContent = `${paths.length} files were looked at.`;
    result.replaceChildren(...shown(verification));
    document.getElementById('outcome')?.focus();
  } catch (error) {
    tell(`It could not be looked at: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    result.removeAttribute('aria-busy');
  }
}

function tell(text: string): void {
  status.textContent = '';
  result.replaceChildren(element('p', { class: 'alarm', role: 'alert' }, text));
}
