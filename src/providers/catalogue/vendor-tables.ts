import { createModelTable, familyFacts, sameFacts, type ModelTable } from './model-table.ts';
import { alibabaModels } from './tables/alibaba.ts';
import { AZURE_ENDS } from './tables/azure-ends.ts';
import { BAIDU_MODELS } from './tables/baidu.ts';
import type { ModelFacts } from './tables/model-facts.ts';
import { OPENAI_MODELS } from './tables/openai.ts';
import type { Vendor } from './vendor.ts';

export function createVendorTables(): Readonly<Record<Vendor, ModelTable>> {
  return {
    openai: createModelTable(OPENAI_MODELS, sameFacts),
    azure: createModelTable(OPENAI_MODELS.map(onAzure), sameFacts),
    baidu: createModelTable(BAIDU_MODELS, familyFacts),
    'alibaba-beijing': createModelTable(alibabaModels('beijing'), familyFacts),
    'alibaba-international': createModelTable(alibabaModels('international'), familyFacts),
    'alibaba-elsewhere': createModelTable(alibabaModels('elsewhere'), familyFacts),
  };
}

/** Azure serves OpenAI's models by its own calendar; where that says nothing, nothing is known. */
function onAzure(facts: ModelFacts): ModelFacts {
  const { end: _end, successor: _successor, ...common } = facts;
  return { ...common, ...AZURE_ENDS.get(facts.name) };
}
