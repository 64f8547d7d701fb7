import type { CreateAdapter } from '../provider.ts';
import { createQianfanAdapter } from './qianfan-adapter.ts';
import { createWenxinAdapter } from './wenxin-adapter.ts';

/** Qianfan v2, or the legacy API where the config asks for `v1`. */
export const createBaiduAdapter: CreateAdapter = (config, keyName, deps) =>
  (config.api === 'v1' ? createWenxinAdapter : createQianfanAdapter)(config, keyName, deps);
