import type { Connect, Plugin } from 'vite';
import { securityHeaders, type HeaderMode } from '../src/pwa/security-headers.ts';
import { cacheControlFor } from './cache-rules.ts';
import { headersFile } from './headers-file.ts';

/** Sends the security headers with every answer of dev and preview, and writes `_headers` for static hosts. */
export function headers(): Plugin {
  return {
    name: 'switchyard:headers',
    configureServer(server) {
      server.middlewares.use(sendSecurityHeaders('development'));
    },
    configurePreviewServer(server) {
      server.middlewares.use(sendSecurityHeaders('production'));
      server.middlewares.use(sendCacheControl(server.config.base));
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '_headers', source: headersFile() });
    },
  };
}

function sendSecurityHeaders(mode: HeaderMode): Connect.NextHandleFunction {
  return (request, response, next) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    for (const [name, value] of securityHeaders(mode, pathname)) response.setHeader(name, value);
    next();
  };
}

function sendCacheControl(base: string): Connect.NextHandleFunction {
  return (request, response, next) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const value = cacheControlFor(`/${pathname.slice(base.length)}`);
    response.setHeader('Cache-Control', value);
    const writeHead = response.writeHead.bind(response);
    // A file that is missing for a moment must not stay missing for a year.
    response.writeHead = (status: number, ...rest: never[]) => {
      if (status >= 400) response.setHeader('Cache-Control', 'no-store');
      return writeHead(status, ...rest);
    };
    next();
  };
}
