import { parseArgs } from 'node:util';
import { SCENARIOS } from '../tests/servers/fake-providers/scenarios.ts';
import { startFakeProviders } from '../tests/servers/fake-providers/start-fake-providers.ts';

/** What a person types into Settings → Providers, per fake provider. */
const CARDS = [
  {
    name: 'OpenAI',
    at: 'openai',
    key: 'sk-any',
    models: 'gpt-6-luna, text-embedding-3-small',
    note: 'both APIs: chat and responses',
  },
  {
    name: 'Azure OpenAI',
    at: 'azure',
    key: 'any',
    models: 'any deployment name',
    note: 'dated API (api-version 2024-10-21) and v1',
  },
  {
    name: 'Baidu, Qianfan v2',
    at: 'baidu-v2',
    key: 'bce-v3/ALTAK-any/any',
    models: 'ernie-5.1, embedding-v1',
    note: '',
  },
  {
    name: 'Baidu, v1',
    at: 'baidu-v1',
    key: 'any, with a secret key',
    models: 'ernie-bot',
    note: 'no CORS, as the original: needs the proxy',
  },
  {
    name: 'Alibaba, compatible',
    at: 'alibaba-compatible',
    key: 'sk-any',
    models: 'qwen3.8-flash, text-embedding-v4',
    note: '',
  },
  {
    name: 'Alibaba, native',
    at: 'alibaba-native',
    key: 'sk-any',
    models: 'qwen3.8-flash, text-embedding-v4',
    note: '',
  },
  { name: 'OpenAI-compatible', at: 'compatible', key: 'none', models: 'any', note: 'as vLLM' },
  { name: 'Ollama', at: 'ollama', key: 'none', models: 'llama3.2:3b', note: 'origins of this machine only' },
  {
    name: 'LM Studio',
    at: 'lmstudio',
    key: 'none',
    models: 'qwen3-4b',
    note: 'CORS off, as shipped: the doctor has something to say',
  },
  {
    name: 'llama.cpp',
    at: 'llamacpp',
    key: 'none',
    models: 'gemma-3-4b-it-Q4_K_M.gguf',
    note: 'allows headers "*", which does not cover a key',
  },
] as const;

const { values } = parseArgs({
  options: { port: { type: 'string', default: '8788' }, interval: { type: 'string', default: '25' } },
});
const port = Number(values.port);
const fakes = await startFakeProviders({ port, settings: { chunkIntervalMs: Number(values.interval) } }).catch(
  (error: unknown) => {
    console.error(`Ports ${port} and ${port + 1} are needed: ${String(error)}`);
    process.exit(1);
  },
);

console.log(`Fake providers at ${fakes.url}. No key of yours is needed; nothing leaves this machine.\n`);
for (const { name, at, key, models, note } of CARDS) {
  console.log(`${name}${note === '' ? '' : ` (${note})`}`);
  console.log(`  base URL  ${fakes.urls[at]}\n  key       ${key}\n  models    ${models}\n`);
}
console.log(
  'A model name or a key that ends in -<scenario> changes the answer: gpt-6-luna-429-rate, my-deployment-async-filter.',
);
console.log('A key that begins with sk-bad is refused. Scenarios:\n');
for (const [name, { about }] of Object.entries(SCENARIOS)) console.log(`  ${name.padEnd(28)}${about}`);
console.log(`\nFor all requests until cleared: curl -X POST ${fakes.url}/control/scenario -d '{"scenario":"stall"}'`);
console.log(`and back: curl -X POST ${fakes.url}/control/reset`);

const stop = (): void => void fakes.close().then(() => process.exit(0));
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
