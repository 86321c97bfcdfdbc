import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { harnessFacts, suiteDigests } from './facts.ts';
import { ROOT } from './root.ts';

/** What git says of the suite; undefined without git, or where it refuses the folder of another owner. */
function head(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

t.test('a run says what made it, who started it and which commit of the suite it was', async (t) => {
  const facts = await harnessFacts();
  t.match(facts, { version: /^\d+\.\d+\.\d+$/, node: process.version, platform: /^\w+ \w+$/ });
  if (facts.by !== undefined) t.match(facts.by, /\S/);
  // The commit of a project around it is not that of the suite.
  const commit = existsSync(join(ROOT, '.git')) ? head() : undefined;
  t.equal(facts.commit?.replace(/-dirty$/, ''), commit);
});

t.test('the files of harness and suites have one digest each, the same every time', async (t) => {
  const digests = await suiteDigests();
  t.match(digests, { harness: /^[0-9a-f]{64}$/, suites: /^[0-9a-f]{64}$/ });
  t.not(digests.harness, digests.suites);
  t.strictSame(await suiteDigests(), digests);
});
