import type { ProviderAdapter } from '../../../../src/providers/provider.ts';
import { createBaiduAdapter } from '../../../../src/providers/baidu/index.ts';
import {
  configOf,
  createScriptedProvider,
  json,
  streamed,
  type Answer,
  type ScriptedProvider,
} from '../native/scripted-provider.ts';

export const SECRETS = { KEY: 'api-key-0001', SECRET: 'secret-key-0002' };

export interface Wenxin extends ScriptedProvider {
  readonly adapter: ProviderAdapter;
  /** Another adapter of the same key, as the hub makes one per request. */
  another(): ProviderAdapter;
  tokenRequests(): number;
}

/** The legacy API with a token service that counts; `answer` gives the other answers. */
export function createWenxin(answer: Answer, issue?: Answer): Wenxin {
  let issued = 0;
  const provider = createScriptedProvider((sent, number) => {
    if (sent.url.pathname !== '/oauth/2.0/token') return answer(sent, number);
    issued += 1;
    return issue ? issue(sent, issued) : json({ access_token: `24.token-${issued}`, expires_in: 2_592_000 });
  }, SECRETS);
  const config = configOf({ kind: 'baidu', api: 'v1', secretKey: 'SECRET' });
  const another = (): ProviderAdapter => createBaiduAdapter(config, 'KEY', provider.deps);
  return { ...provider, adapter: another(), another, tokenRequests: () => issued };
}

export interface WenxinPacket {
  readonly result?: string;
  readonly is_end?: boolean;
  readonly is_truncated?: boolean;
  readonly need_clear_history?: boolean;
  readonly finish_reason?: string;
  readonly usage?: unknown;
}

export function packet(over: WenxinPacket): string {
  const whole = { id: 'as-x1', object: 'chat.completion', created: 1_700_000_000, is_end: false, ...over };
  return `data: ${JSON.stringify(whole)}\n\n`;
}

const usage = (completion: number): unknown => ({
  prompt_tokens: 2,
  completion_tokens: completion,
  total_tokens: 2 + completion,
});

export const GREETING = [
  packet({ result: '你好', usage: usage(2) }),
  packet({ result: ', world 🙂', usage: usage(5) }),
  packet({ result: '', is_end: true, usage: usage(6) }),
].join('');

export const greet: Answer = () => streamed(GREETING);
