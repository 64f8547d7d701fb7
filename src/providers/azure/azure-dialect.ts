import type { ProviderConfig } from '../../contracts/provider.ts';
import { classifyFailure, type FailureRule } from '../chat-completions/classify-failure.ts';
import type { ChatDialect, DialectFailure } from '../chat-completions/dialect.ts';
import { openaiParameters } from '../openai/reasoning-models.ts';
import { fieldsOf } from '../wire/fields.ts';
import type { ErrorClass } from '../wire/provider-error.ts';
import { azureEndpoints, azureUrl } from './azure-endpoints.ts';

const EMBEDDING_BATCH = 2048;

/** Azure's own errors (reference §3.3); its `code` is often the status as text. */
const RULES: readonly FailureRule[] = [
  { code: /^DeploymentNotFound$/u, gives: { code: 'provider/model-not-found', reason: 'deployment' } },
  { code: /^AuthenticationTypeDisabled$/u, gives: { code: 'provider/auth', reason: 'entra-only' } },
  { statuses: [404], message: /resource not found/iu, gives: { code: 'provider/bad-request', reason: 'api-version' } },
  {
    statuses: [400, 404],
    message: /api[- ]version/iu,
    gives: { code: 'provider/bad-request', reason: 'api-version' },
  },
  {
    statuses: [403],
    message: /firewall|virtual network|public access|network acl|not allowed|private endpoint/iu,
    gives: { code: 'provider/permission', reason: 'firewall' },
  },
  { statuses: [429], message: /high demand|capacity/iu, gives: { code: 'provider/unavailable' } },
];

export function azureDialect(config: ProviderConfig): ChatDialect {
  return {
    chatUrl: azureEndpoints(config).chatUrl,
    embeddingsUrl: (model) => azureUrl(config, model, 'embeddings'),
    modelsUrl: null,
    authHeaders: (secret): Readonly<Record<string, string>> => (secret === null ? {} : { 'api-key': secret }),
    parameters: openaiParameters,
    classify: classifyAzureFailure,
    embeddingBatch: () => EMBEDDING_BATCH,
  };
}

function classifyAzureFailure(failure: DialectFailure): ErrorClass {
  const filters = filtersOf(failure.json);
  return filters ? { code: 'provider/content-filter', filters } : classifyFailure(failure, RULES);
}

/** The categories that a blocked prompt fell into; undefined where no filter spoke. Both spellings occur. */
function filtersOf(json: unknown): readonly string[] | undefined {
  const error = fieldsOf(fieldsOf(json)?.['error']);
  const inner = fieldsOf(error?.['innererror']);
  const results = fieldsOf(inner?.['content_filter_result']) ?? fieldsOf(inner?.['content_filter_results']);
  const blocked = error?.['code'] === 'content_filter' || inner?.['code'] === 'ResponsibleAIPolicyViolation';
  if (!blocked && !results) return undefined;
  return Object.entries(results ?? {})
    .filter(([, result]) => fieldsOf(result)?.['filtered'] === true)
    .map(([category]) => category.slice(0, 60))
    .slice(0, 20);
}
