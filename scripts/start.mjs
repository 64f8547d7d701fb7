/** `npm start`: builds the site when its sources changed, serves it with the right headers and says where. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { preview, runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const FIRST_PORT = 4173;
const LAST_PORT = FIRST_PORT + 50;

process.chdir(root);
await buildIfNeeded();
const server = await serve();
console.log(`\n  Switchyard is ready: ${server.resolvedUrls?.local[0] ?? ''}\n  Press Ctrl+C to stop.\n`);
// Open connections of a browser would keep the server from closing; it has nothing to lose.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));

async function buildIfNeeded() {
  const { module } = await runnerImport('./vite/build-id.ts', { root, configFile: false, logLevel: 'error' });
  const builtId = await readFile('dist/build-id.txt', 'utf8').catch(() => null);
  if (builtId === module.computeBuildId(root)) return;
  console.log(builtId === null ? 'Building Switchyard …' : 'The sources changed: building Switchyard again …');
  // In a process of its own: `runnerImport` has made this one a development process.
  const { status } = spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], {
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0) fail('The build failed.');
}

/** Takes the port of `--port N` or none; without it the first free one. */
async function serve() {
  const wanted = readPort(process.argv.slice(2));
  for (let port = wanted ?? FIRST_PORT; ; port += 1) {
    try {
      return await preview({ root, logLevel: 'warn', preview: { host: '127.0.0.1', port, strictPort: true } });
    } catch (error) {
      if (!isPortTaken(error)) throw error;
      if (wanted !== null || port >= LAST_PORT) fail(`Port ${port} is taken. Choose another: npm start -- --port N`);
    }
  }
}

function readPort(argv) {
  const index = argv.findIndex((each) => each === '--port' || each.startsWith('--port='));
  if (index < 0) return null;
  const port = Number(argv[index].includes('=') ? argv[index].split('=')[1] : argv[index + 1]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) fail('--port needs a number from 1 to 65535.');
  return port;
}

function isPortTaken(error) {
  return error instanceof Error && (error.code === 'EADDRINUSE' || error.message.includes('is already in use'));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
