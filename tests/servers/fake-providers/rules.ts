import type { FakeProvider } from './providers.ts';
import { appliesTo, scenarioInfo, scenarioOfSuffix, type ScenarioName } from './scenarios.ts';

export type Endpoint = 'chat' | 'embeddings' | 'models' | 'other';

/** Which requests a scenario set by the control plane is for. */
export interface RuleScope {
  /** All when left out. */
  readonly provider?: FakeProvider;
  /** Part of path and query. */
  readonly path?: string;
  readonly model?: string;
  /** How many requests; without it, until it is cleared. */
  readonly times?: number;
}

export interface AskedOf {
  readonly provider: FakeProvider;
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly model: string;
  /** Null when the request has none. */
  readonly key: string | null;
}

export interface ScenarioRules {
  /** Rules with `times` are used up in the order in which they were set; one without replaces others of its scope. */
  set(scenario: ScenarioName, scope?: RuleScope): void;
  clear(): void;
  /** The scenario of a request: by rule, by the model's ending, by the key's, else `ok`. Uses up rules and times. */
  take(asked: AskedOf): ScenarioName;
}

interface Rule extends RuleScope {
  readonly scenario: ScenarioName;
  left: number;
}

export function createScenarioRules(): ScenarioRules {
  const rules: Rule[] = [];
  /** Failures so far, per scenario, provider, model and key, of scenarios that fail a few times only. */
  const failures = new Map<string, number>();

  const byRule = (asked: AskedOf): Rule | undefined => {
    const index = rules.findIndex((rule) => covers(rule, asked));
    const rule = rules[index];
    if (rule && --rule.left <= 0) rules.splice(index, 1);
    return rule;
  };
  const isOver = (scenario: ScenarioName, asked: AskedOf): boolean => {
    const { times } = scenarioInfo(scenario);
    if (times === undefined) return false;
    const counter = [scenario, asked.provider, asked.endpoint, asked.model, asked.key].join('\n');
    const so = failures.get(counter) ?? 0;
    if (so >= times) failures.delete(counter);
    else failures.set(counter, so + 1);
    return so >= times;
  };
  return {
    set(scenario, scope = {}) {
      if (scope.times === undefined) {
        const same = rules.filter(
          (rule) => rule.provider === scope.provider && rule.path === scope.path && rule.model === scope.model,
        );
        for (const rule of same) rules.splice(rules.indexOf(rule), 1);
      }
      rules.push({ ...scope, scenario, left: scope.times ?? Infinity });
    },
    clear() {
      rules.splice(0);
      failures.clear();
    },
    take(asked) {
      const rule = byRule(asked);
      const scenario = rule?.scenario ?? bySuffix(asked) ?? 'ok';
      // A rule that says how often is obeyed; by itself a scenario ends by its own count.
      return rule?.times === undefined && isOver(scenario, asked) ? 'ok' : scenario;
    },
  };
}

function covers(rule: Rule, asked: AskedOf): boolean {
  return (
    (rule.provider === undefined || rule.provider === asked.provider) &&
    (rule.path === undefined ? appliesTo(rule.scenario, asked.endpoint) : asked.path.includes(rule.path)) &&
    (rule.model === undefined || rule.model === asked.model)
  );
}

function bySuffix({ provider, endpoint, model, key }: AskedOf): ScenarioName | undefined {
  const ofModel = scenarioOfSuffix(model);
  if (ofModel !== undefined && appliesTo(ofModel, endpoint)) return ofModel;
  if (key === null || endpoint === 'other') return undefined;
  const ofKey = scenarioOfSuffix(key);
  if (ofKey !== undefined) return appliesTo(ofKey, endpoint) ? ofKey : undefined;
  // OpenAI was seen to refuse keys without CORS headers.
  return isBadKey(key) ? (provider === 'openai' ? '401-no-cors' : '401') : undefined;
}

/** Keys that no fake accepts. */
export function isBadKey(key: string): boolean {
  return /^(?:bce-v3\/)?(?:ALTAK-)?(?:sk-)?bad/u.test(key);
}
