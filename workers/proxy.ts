/**
 * A relay for providers that do not answer web pages: `https://relay/https://api.openai.com/v1/models` passes the request on
 * to the host in its path, if that is on the list. For Cloudflare Workers, Deno, Bun, and Node through scripts/proxy.ts.
 * It keeps nothing and logs nothing.
 *
 * ALLOW_ORIGINS  pages that may use it, by comma: `https://chat.example.org, http://localhost:*`
 * ALLOW_HOSTS    hosts that it passes requests on to, instead of the known providers; `*.example.com` is every host below;
 *                a host with a port is exactly that port, and with an address of this machine or network also plain http
 */
export type ProxySettings = Readonly<Record<'allowHosts' | 'allowOrigins', readonly string[]> & { limitMs?: number }>;

const HOSTS = `api.openai.com *.api.openai.com *.openai.azure.com aip.baidubce.com qianfan.baidubce.com api.baiduqianfan.ai
  dashscope.aliyuncs.com dashscope-intl.aliyuncs.com dashscope-us.aliyuncs.com cn-hongkong.dashscope.aliyuncs.com
  coding.dashscope.aliyuncs.com *.maas.aliyuncs.com api.deepseek.com openrouter.ai api.groq.com api.moonshot.cn
  api.moonshot.ai api.mistral.ai`;
const ORIGINS = 'http://localhost:* http://127.0.0.1:*';
const MOST_BYTES = 20 * 1024 * 1024;
const LIMIT_MS = 10 * 60_000;
const ALWAYS = { vary: 'Origin', 'cross-origin-resource-policy': 'cross-origin' };

/** Names one by one: browsers know no wildcard inside them. */
const EXPOSED = `x-switchyard-proxy date retry-after retry-after-ms x-request-id apim-request-id x-ms-region x-baidu-request-id
  x-ratelimit-limit-requests x-ratelimit-limit-tokens x-ratelimit-remaining-requests x-ratelimit-remaining-tokens
  x-ratelimit-reset-requests x-ratelimit-reset-tokens openai-processing-ms openai-version x-should-retry`;
/** What says who asks or from where, and what belongs to one connection only. */
const NOT_SENT =
  /^(?:accept-encoding|cdn-loop|connection|content-length|cookie|expect|forwarded|host|keep-alive|origin|referer|te|trailer|transfer-encoding|true-client-ip|upgrade|via|(?:cf|proxy|sec|x-forwarded|x-real)-.*)$/u;
/** Fetch has unpacked the body; what is about origins, cookies and connections is the relay's own business. */
const NOT_RETURNED =
  /^(?:connection|content-encoding|content-length|keep-alive|transfer-encoding|set-cookie2?|alt-svc|x-switchyard-proxy|(?:access-control|cross-origin|proxy)-.*)$/u;

/** Settings from the environment. Throws when they would make an open relay. */
export function readSettings(variables: Readonly<Record<string, string | undefined>>): ProxySettings {
  const list = (text: string): readonly string[] => text.toLowerCase().match(/[^\s,]+/gu) ?? [];
  const allowHosts = list(variables['ALLOW_HOSTS'] ?? HOSTS);
  const allowOrigins = list(variables['ALLOW_ORIGINS'] ?? ORIGINS).map((origin) => origin.replace(/\/$/u, ''));
  const open = [...allowHosts, ...allowOrigins].find((each) => /^(?:null|\*|\*\.[^.]*|\w+:\/\/\*.*)$/u.test(each));
  if (open !== undefined) throw new Error(`"${open}" would open the proxy to everybody: name hosts and origins.`);
  return { allowHosts, allowOrigins };
}

/** Answers one request. */
export async function relay(request: Request, settings: ProxySettings): Promise<Response> {
  const origin = request.headers.get('origin') ?? '';
  const cors = corsHeaders(origin);
  const refuse = (status: number, code: string, message: string): Response =>
    new Response(JSON.stringify({ error: { code, message } }), {
      status,
      headers: { ...cors, 'content-type': 'application/json', 'x-switchyard-proxy': code },
    });
  if (!settings.allowOrigins.some((allowed) => matchesOrigin(origin, allowed))) {
    return refuse(403, 'origin-refused', 'This proxy does not serve this page: add its origin to ALLOW_ORIGINS.');
  }
  if (request.method === 'OPTIONS') return preflightAnswer(request, cors);
  if (request.method !== 'GET' && request.method !== 'POST') return refuse(405, 'method-refused', 'Only GET and POST.');
  const { pathname, search } = new URL(request.url);
  if (pathname === '/') return Response.json({ proxy: 'switchyard' }, { headers: cors });
  const target = readTarget(pathname.slice(1) + search);
  if (!target) return refuse(400, 'bad-target', 'The path must be the whole address of a provider, without user name.');
  if (!settings.allowHosts.some((allowed) => matchesHost(target, allowed))) {
    return refuse(403, 'host-refused', 'This proxy does not serve this host: add it to ALLOW_HOSTS.');
  }
  const body = await readBody(request);
  if (body === 'too-large') return refuse(413, 'too-large', `The request is larger than ${MOST_BYTES} bytes.`);
  const limit = AbortSignal.timeout(settings.limitMs ?? LIMIT_MS);
  try {
    const answer = await fetch(target.href, {
      method: request.method,
      headers: { ...kept(request.headers, NOT_SENT), 'accept-encoding': 'identity' },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, limit]),
    });
    const { status, statusText } = answer;
    const headers = { ...kept(answer.headers, NOT_RETURNED), ...cors, 'x-accel-buffering': 'no' };
    const isRedirect = status < 200 || (status >= 300 && status < 400);
    if (!isRedirect) return new Response(answer.body, { status, statusText, headers });
    await answer.body?.cancel();
    return refuse(502, 'upstream-redirect', 'The provider sent the request elsewhere, which is not followed.');
  } catch {
    // What a runtime says of it may hold the address, and the address a key.
    if (limit.aborted) return refuse(504, 'timeout', 'The provider did not answer in time.');
    return refuse(502, 'upstream-unreachable', 'The proxy could not reach the provider.');
  }
}

/** Some hosts of workers make one slash of two, which URL does not mind. */
function readTarget(text: string): URL | null {
  const target = /^https?:\//iu.test(text) ? URL.parse(text) : null;
  return target && target.username === '' && target.password === '' ? target : null;
}

/** Against the parsed address, which is the one that is fetched: no spelling of a host gets past. */
function matchesHost({ protocol, host, hostname, port }: URL, allowed: string): boolean {
  const isNear = hostname.startsWith('[') || /^[\d.]+$/u.test(hostname) || hostname === 'localhost';
  if (/:\d+$/u.test(allowed)) return host === allowed && (protocol === 'https:' || isNear);
  if (protocol !== 'https:' || port !== '' || isNear) return false;
  if (!allowed.startsWith('*.')) return hostname === allowed;
  return hostname.endsWith(allowed.slice(1)) && !hostname.startsWith('.');
}

function matchesOrigin(origin: string, allowed: string): boolean {
  if (!allowed.endsWith(':*')) return origin === allowed;
  const name = allowed.slice(0, -2);
  return origin === name || (origin.startsWith(`${name}:`) && /^\d+$/u.test(origin.slice(name.length + 1)));
}

function corsHeaders(origin: string): Record<string, string> {
  const exposed = EXPOSED.split(/\s+/u).join(', ');
  return { ...ALWAYS, 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed };
}

function preflightAnswer({ headers: asked }: Request, cors: Record<string, string>): Response {
  const headers = new Headers({ ...cors, 'access-control-allow-methods': 'GET, POST, OPTIONS' });
  headers.set('access-control-allow-headers', asked.get('access-control-request-headers') ?? '');
  headers.set('access-control-max-age', '600');
  return new Response(null, { status: 204, headers });
}

function kept(headers: Headers, dropped: RegExp): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => !dropped.test(name)));
}

/** Whole, because many providers want to know its length. */
async function readBody(request: Request): Promise<Blob | null | 'too-large'> {
  if (!request.body) return null;
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) return 'too-large';
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    if ((size += chunk.byteLength) > MOST_BYTES) return 'too-large';
    chunks.push(chunk);
  }
  return new Blob(chunks);
}

/** Cloudflare gives the variables with the request; elsewhere they are the process's. */
export default {
  /** Bun gives up after ten seconds of silence otherwise; models may think longer. */
  idleTimeout: 255,
  fetch(request: Request, variables?: Readonly<Record<string, string | undefined>>): Promise<Response> {
    const { process } = globalThis as { process?: { env: Record<string, string | undefined> } };
    const names = ['ALLOW_HOSTS', 'ALLOW_ORIGINS'];
    const read = names.map((name) => [name, variables?.[name] ?? process?.env[name]] as const);
    return relay(request, readSettings(Object.fromEntries(read)));
  },
};
