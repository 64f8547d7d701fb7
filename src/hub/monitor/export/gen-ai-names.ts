import { cloudModelId, type ModelTask } from '../../../contracts/model.ts';
import type { ProviderKind } from '../../../contracts/provider.ts';

/** What the gen_ai conventions call a model and what was asked of it. */
export interface GenAiNames {
  readonly operation: 'chat' | 'embeddings';
  readonly provider: string;
  /** As its provider calls it. */
  readonly model: string;
}

export interface GenAiFacts {
  /** Of a label; undefined for one that is gone. */
  kindOf(label: string): ProviderKind | undefined;
  /** Of a Switchyard id; undefined for one that is gone. */
  taskOf(model: string): ModelTask | undefined;
}

/** The conventions name no value for the last three: those are ours. */
const PROVIDER_NAMES: Readonly<Partial<Record<ProviderKind, string>>> = {
  openai: 'openai',
  azure: 'azure.ai.openai',
  alibaba: 'alibaba.dashscope',
  baidu: 'baidu.qianfan',
};

const LOCAL_NAME = 'switchyard.local';

export function genAiNames(model: string, label: string, facts: GenAiFacts): GenAiNames {
  const kind = facts.kindOf(label);
  const prefix = cloudModelId(label, '');
  return {
    operation: facts.taskOf(model) === 'embedding' ? 'embeddings' : 'chat',
    provider: label === 'local' ? LOCAL_NAME : ((kind && PROVIDER_NAMES[kind]) ?? label),
    model: label !== 'local' && model.startsWith(prefix) ? model.slice(prefix.length) : model,
  };
}
