/** Draws the icons of the site into public/icons: `npx tsx scripts/make-icons.ts`. Run by a maintainer when the mark changes. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';

/** - `tile`: rounded square, for where icons are shown as they are; - `full`: to the edges, the mark inside the safe zone. */
type IconShape = 'tile' | 'full';

const ICONS_DIR = fileURLToPath(new URL('../public/icons/', import.meta.url));

const PNGS: readonly { readonly file: string; readonly sizePx: number; readonly shape: IconShape }[] = [
  { file: 'icon-192.png', sizePx: 192, shape: 'tile' },
  { file: 'icon-512.png', sizePx: 512, shape: 'tile' },
  { file: 'icon-maskable-512.png', sizePx: 512, shape: 'full' },
  // iOS rounds the corners itself and fills what is transparent with black.
  { file: 'apple-touch-icon-180.png', sizePx: 180, shape: 'full' },
];

writeFileSync(`${ICONS_DIR}icon.svg`, appIcon('tile'));
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const { file, sizePx, shape } of PNGS) {
    const page = await browser.newPage({ viewport: { width: sizePx, height: sizePx } });
    await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${appIcon(shape)}`);
    await page.screenshot({ path: `${ICONS_DIR}${file}`, omitBackground: true });
    await page.close();
  }
} finally {
  await browser.close();
}

/** The brand's track with a switch, on a tile. A maskable icon may lose all but a circle of 80 % of its width. */
function appIcon(shape: IconShape): string {
  const scale = shape === 'full' ? 0.98 : 1.1;
  const offset = ((32 - 26 * scale) / 2).toFixed(2);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none">
  <rect width="32" height="32" rx="${shape === 'full' ? 0 : 7.5}" fill="#2f5d50"/>
  <g transform="translate(${offset} ${offset}) scale(${scale})" stroke-width="2.4" stroke-linecap="round">
    <path d="M5 18c6 0 7-11 13-11h5" stroke="#7fc3a8"/>
    <path d="M3 18h20" stroke="#fbfaf7"/>
    <circle cx="5" cy="18" r="2.6" fill="#fbfaf7"/>
  </g>
</svg>
`;
}
