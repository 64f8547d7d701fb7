/** `npm run proxy -- --port N`: the relay for providers that do not answer web pages, on this machine. */
import { parseArgs } from 'node:util';
import { readSettings } from '../workers/proxy.ts';
import { createProxyServer } from './proxy-server.ts';

const USAGE = `npm run proxy -- [options]
  --port N           the port, 8787 unless said; 0 takes a free one
  --host ADDRESS     the address to listen at, 127.0.0.1 unless said
  --allow-origin O   a page that may use it, several times (or ALLOW_ORIGINS), http://localhost:* unless said
  --allow-host H     a host that it serves, several times (or ALLOW_HOSTS), the known providers unless said`;

const options = readOptions();
const server = createProxyServer(options.settings);
server.on('error', (error) => fail(`The proxy can’t listen at ${options.host}:${options.port}: ${error.message}`));
server.listen(options.port, options.host, () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const { allowOrigins, allowHosts } = options.settings;
  console.log(
    `\n  The proxy is ready: http://${options.host}:${port}\n  Put this address in Settings → Providers → Proxy.`,
  );
  console.log(
    `  Pages that may use it: ${allowOrigins.join(', ')}\n  Hosts that it serves: ${allowHosts.join(', ')}\n`,
  );
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8787' },
        host: { type: 'string', default: '127.0.0.1' },
        'allow-origin': { type: 'string', multiple: true },
        'allow-host': { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port needs a number from 0 to 65535.');
    const settings = readSettings({
      ALLOW_ORIGINS: values['allow-origin']?.join(',') ?? process.env['ALLOW_ORIGINS'],
      ALLOW_HOSTS: values['allow-host']?.join(',') ?? process.env['ALLOW_HOSTS'],
    });
    return { port, host: values.host, settings };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
