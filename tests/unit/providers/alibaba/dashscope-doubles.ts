import type { ProviderConfig } from '../../../../src/contracts/provider.ts';
import { createAlibabaAdapter } from '../../../../src/providers/alibaba/index.ts';
import type { ProviderAdapter, ProviderPart, ProviderReply } from '../../../../src/providers/provider.ts';
import { configOf, createScriptedProvider, type Answer, type ScriptedProvider } from '../native/scripted-provider.ts';

export const KEY = 'sk-0001aaaa';

export interface DashScope extends ScriptedProvider {
  readonly adapter: ProviderAdapter;
}

export function createDashScope(answer: Answer, over: Partial<ProviderConfig> = {}, key = KEY): DashScope {
  const provider = createScriptedProvider(answer, { KEY: key });
  const config = configOf({ kind: 'alibaba', api: 'native', ...over });
  return { ...provider, adapter: createAlibabaAdapter(config, 'KEY', provider.deps) };
}

let id = 0;

/** An event as DashScope writes it: no space after the colons, the status in a comment. */
export function event(data: unknown, type = 'result', status = 200): string {
  id += 1;
  return `id:${id}\nevent:${type}\n:HTTP_STATUS/${status}\ndata:${JSON.stringify(data)}\n\n`;
}

export interface Said {
  readonly content?: unknown;
  readonly reasoning?: string;
  readonly finish?: string | null;
  readonly tokens?: number;
  readonly format?: 'message' | 'text';
}

export function output({ content = '', reasoning, finish = 'null', tokens, format = 'message' }: Said): unknown {
  const message = { role: 'assistant', content, ...(reasoning === undefined ? {} : { reasoning_content: reasoning }) };
  return {
    output:
      format === 'text' ? { text: content, finish_reason: finish } : { choices: [{ message, finish_reason: finish }] },
    ...(tokens === undefined ? {} : { usage: { total_tokens: 22 + tokens, input_tokens: 22, output_tokens: tokens } }),
    request_id: 'r-1',
    code: '',
    message: '',
  };
}

export const says = (said: Said): string => event(output(said));

/** A text told in pieces, or all anew each time. */
export function told(
  pieces: readonly string[],
  how: 'pieces' | 'repeated',
  format: Said['format'] = 'message',
): string {
  return pieces
    .map((piece, index) =>
      says({
        content: how === 'pieces' ? piece : pieces.slice(0, index + 1).join(''),
        finish: index === pieces.length - 1 ? 'stop' : 'null',
        tokens: index + 1,
        format,
      }),
    )
    .join('');
}

export function replyOf(parts: readonly ProviderPart[]): ProviderReply {
  const last = parts.at(-1);
  if (last?.type !== 'finish') throw new Error('There is no finish.');
  return last.reply;
}
