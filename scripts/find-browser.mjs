// Finds a Chromium for the tests, or installs one: $CHROMIUM_PATH, Playwright's own, the system's, Debian's package, Playwright's download.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {string | undefined} path of a browser that is there now */
export function installedBrowser() {
  const candidates = [process.env.CHROMIUM_PATH, chromium.executablePath(), ...SYSTEM_PATHS];
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
}

/** @returns {string} path of a browser, installed if there was none; throws with what was tried */
export function ensureBrowser() {
  const found = installedBrowser();
  if (found !== undefined) return found;
  for (const [command, ...args] of installCommands()) {
    console.log(`No Chromium found. Running: ${command} ${args.join(' ')}`);
    try {
      execFileSync(command, args, { stdio: 'inherit' });
    } catch {
      continue;
    }
    const installed = installedBrowser();
    if (installed !== undefined) return installed;
  }
  throw new Error('No Chromium for the browser tests. Install one, or name it in CHROMIUM_PATH.');
}

function* installCommands() {
  const debianRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (debianRoot) {
    yield [
      'sh',
      '-c',
      'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk',
    ];
  }
  yield [process.execPath, 'node_modules/playwright/cli.js', 'install', '--with-deps', 'chromium'];
  yield [process.execPath, 'node_modules/playwright/cli.js', 'install', 'chromium'];
}
