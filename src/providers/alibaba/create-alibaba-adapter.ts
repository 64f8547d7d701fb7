import type { ProviderConfig } from '../../contracts/provider.ts';
import type { AppError } from '../../errors/index.ts';
import { baseUrlOf } from '../base-url.ts';
import { createChatCompletionsAdapter } from '../chat-completions/create-chat-completions-adapter.ts';
import { refineErrors, withReason } from '../native/refine-errors.ts';
import type { CreateAdapter, ProviderDeps } from '../provider.ts';
import { compatibleDialect } from './compatible-dialect.ts';
import { createDashScopeAdapter } from './dashscope-adapter.ts';
import { CODING_PLAN_HOST, isRegionalHost } from './regions.ts';

/** DashScope's compatible API, or its own where the config asks for `native`. */
export const createAlibabaAdapter: CreateAdapter = (config, keyName, deps) => {
  const adapter =
    config.api === 'native'
      ? createDashScopeAdapter(config, keyName, deps)
      : createChatCompletionsAdapter(config, keyName, deps, compatibleDialect(config));
  return refineErrors(adapter, config.label, (error) => withKeyReason(error, config, keyName, deps));
};

/** A refused key may be right, at another host: the plan's keys have their own, and the others belong to one region. */
async function withKeyReason(
  error: AppError,
  config: ProviderConfig,
  keyName: string | null,
  { secret }: ProviderDeps,
): Promise<AppError> {
  const refused = error.code === 'provider/auth' && typeof error.details['status'] === 'number';
  if (!refused || error.details['reason'] !== undefined || keyName === null) return error;
  const key = (await secret(keyName)).trim();
  const { host } = new URL(baseUrlOf(config));
  if (key.startsWith('sk-sp-') !== (host === CODING_PLAN_HOST) && key.startsWith('sk-'))
    return withReason(error, 'key-kind');
  return key.startsWith('sk-') && isRegionalHost(host) ? withReason(error, 'region') : error;
}
