// Installs an Appium server and its driver for apps of words, beside the project's own packages (73 MB, 301 packages):
// `npm run test:integration` drives them. `node scripts/setup/appium.mjs` does nothing twice, and prints the folder last.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, say, stop, textOf } from './system.mjs';

const PACKAGES = { appium: '3.8.0', '@appium/fake-driver': '6.2.4' };
const folder = join(root, '.resetbench', 'appium');

function isThere([name, version]) {
  const text = textOf(join(folder, 'node_modules', name, 'package.json'));
  return text !== undefined && JSON.parse(text).version === version;
}

if (!Object.entries(PACKAGES).every(isThere)) {
  mkdirSync(folder, { recursive: true });
  // The server takes the drivers of the package that it lies in.
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ private: true, dependencies: PACKAGES }, undefined, 2)}\n`,
  );
  const options = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'];
  if (!run('npm', ['install'].concat(options)))
    stop('Appium could not be installed', `npm install --prefix ${folder}`);
}
say(`Appium ${PACKAGES.appium} is there`);
console.log(folder);
